// SPDX-License-Identifier: GPL-2.0
/*
 * Volume drivers that say what a test wants, and look whether they are asked when they
 * should be: ENABLE and DISABLE take turns, and of one unit only one thing at a time.
 */
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include "bpio_voldrv.h"
#include "filter.h"

/**
 * struct slot - one driver
 * @driver: what is registered
 * @registered: it is
 * @lock: of the rest
 * @conf: as it was registered
 * @say: what it says
 * @state: what it has seen
 */
struct slot {
	struct bpio_driver driver;
	bool registered;
	spinlock_t lock;	/* of the rest */
	struct bpio_voldrv_driver conf;
	struct bpio_voldrv_say say;
	struct bpio_voldrv_state state;
};

/**
 * struct seen - what a driver has seen of a unit
 * @slot: the driver
 * @enabled: an ENABLE that was not vetoed
 * @inside: callbacks that run
 */
struct seen {
	struct slot *slot;
	bool enabled;
	atomic_t inside;
};

static struct slot slots[BPIO_VOLDRV_DRIVERS];
static DEFINE_MUTEX(registering);

static void add(struct slot *s, u32 *what, int n)
{
	spin_lock(&s->lock);
	*what += n;
	spin_unlock(&s->lock);
}

static int attach(struct slot *s, struct bpio_unit *unit)
{
	struct seen *seen;

	if (s->conf.dev && s->conf.dev != new_encode_dev(unit->bdev->bd_dev))
		return -ENODEV;
	if (s->conf.attach)
		return s->conf.attach;
	seen = kzalloc(sizeof(*seen), GFP_KERNEL);
	if (!seen)
		return -ENOMEM;
	seen->slot = s;
	unit->private = seen;
	add(s, &s->state.units, 1);
	return 0;
}

#define ATTACH(n)						\
static int attach##n(struct bpio_unit *unit)			\
{								\
	return attach(&slots[n], unit);				\
}

ATTACH(0)
ATTACH(1)
ATTACH(2)
ATTACH(3)

static int (* const attaches[])(struct bpio_unit *unit) = {
	attach0, attach1, attach2, attach3,
};

static struct bpio_voldrv_say enter(struct seen *seen)
{
	struct bpio_voldrv_say say;

	spin_lock(&seen->slot->lock);
	say = seen->slot->say;
	spin_unlock(&seen->slot->lock);
	if (atomic_inc_return(&seen->inside) != 1)
		add(seen->slot, &seen->slot->state.wrong, 1);
	msleep(say.delay);
	return say;
}

static void leave(struct seen *seen)
{
	if (atomic_dec_return(&seen->inside))
		add(seen->slot, &seen->slot->state.wrong, 1);
}

static void answer(struct bpio_unit *unit, struct bpio_ask *ask,
		   const struct bpio_voldrv_say *say)
{
	struct seen *seen = unit->private;
	const char *text = say->flags & BPIO_VOLDRV_NO_TEXT ? NULL : say->text;
	int ret;

	if (say->flags & BPIO_VOLDRV_PAUSE)
		bpio_driver_pause(&seen->slot->driver, unit->bdev->bd_dev,
				  BPIO_REASON_REPLICATION, "from within");
	if (!say->veto)
		return;
	ret = bpio_driver_veto(ask, say->status, say->reason, text);
	if (say->flags & BPIO_VOLDRV_TWICE)
		ret = bpio_driver_veto(ask, -EIO, BPIO_REASON_OTHER, "again");
	spin_lock(&seen->slot->lock);
	seen->slot->state.vetoed = ret;
	spin_unlock(&seen->slot->lock);
}

static void enable(struct bpio_unit *unit, struct bpio_ask *ask)
{
	struct seen *seen = unit->private;
	struct bpio_voldrv_say say = enter(seen);
	struct slot *s = seen->slot;

	answer(unit, ask, &say);
	spin_lock(&s->lock);
	s->state.enables++;
	s->state.wrong += seen->enabled;
	s->state.enabled += !say.veto;
	seen->enabled = !say.veto;
	spin_unlock(&s->lock);
	leave(seen);
}

static void disable(struct bpio_unit *unit)
{
	struct seen *seen = unit->private;
	struct slot *s = seen->slot;

	enter(seen);
	spin_lock(&s->lock);
	s->state.disables++;
	s->state.wrong += !seen->enabled;
	s->state.enabled -= seen->enabled;
	seen->enabled = false;
	spin_unlock(&s->lock);
	leave(seen);
}

static void query(struct bpio_unit *unit, struct bpio_ask *ask)
{
	struct seen *seen = unit->private;
	struct bpio_voldrv_say say = enter(seen);

	answer(unit, ask, &say);
	add(seen->slot, &seen->slot->state.queries, 1);
	leave(seen);
}

static void detach(struct bpio_unit *unit)
{
	struct seen *seen = unit->private;

	if (seen->enabled || atomic_read(&seen->inside))
		add(seen->slot, &seen->slot->state.wrong, 1);
	add(seen->slot, &seen->slot->state.units, -1);
	kfree(seen);
}

static struct slot *slot_of(u32 number)
{
	return number < BPIO_VOLDRV_DRIVERS ? &slots[number] : NULL;
}

static long add_driver(const void __user *arg)
{
	struct bpio_voldrv_driver conf;
	struct slot *s;
	long ret;

	if (copy_from_user(&conf, arg, sizeof(conf)))
		return -EFAULT;
	conf.name[sizeof(conf.name) - 1] = 0;
	s = slot_of(conf.number);
	if (!s || s->registered)
		return -EBUSY;
	s->conf = conf;
	memset(&s->say, 0, sizeof(s->say));
	memset(&s->state, 0, sizeof(s->state));
	s->driver = (struct bpio_driver) {
		.name = s->conf.name,
		.features = conf.features,
		.attach = conf.flags & BPIO_VOLDRV_NO_ATTACH ? NULL :
			  attaches[conf.number],
		.detach = detach,
		.enable = conf.flags & BPIO_VOLDRV_NO_ENABLE ? NULL : enable,
		.disable = disable,
		.query = conf.flags & BPIO_VOLDRV_NO_QUERY ? NULL : query,
	};
	ret = bpio_driver_register(&s->driver);
	s->registered = !ret;
	return ret;
}

static void remove_driver(struct slot *s)
{
	if (s->registered)
		bpio_driver_unregister(&s->driver);
	s->registered = false;
}

static long say(const void __user *arg)
{
	struct bpio_voldrv_say *say = memdup_user(arg, sizeof(*say));
	struct slot *s;

	if (IS_ERR(say))
		return PTR_ERR(say);
	say->text[sizeof(say->text) - 1] = 0;
	s = slot_of(say->number);
	if (s) {
		spin_lock(&s->lock);
		s->say = *say;
		spin_unlock(&s->lock);
	}
	kfree(say);
	return s ? 0 : -EINVAL;
}

static long state(void __user *arg)
{
	struct bpio_voldrv_state out;
	struct slot *s;

	if (copy_from_user(&out, arg, sizeof(out)))
		return -EFAULT;
	s = slot_of(out.number);
	if (!s)
		return -EINVAL;
	spin_lock(&s->lock);
	out = s->state;
	spin_unlock(&s->lock);
	return copy_to_user(arg, &out, sizeof(out)) ? -EFAULT : 0;
}

static long pause_or_resume(bool pause, const void __user *arg)
{
	struct bpio_voldrv_pause *p = memdup_user(arg, sizeof(*p));
	struct slot *s;
	dev_t dev;

	if (IS_ERR(p))
		return PTR_ERR(p);
	p->text[sizeof(p->text) - 1] = 0;
	s = slot_of(p->number);
	dev = new_decode_dev(p->dev);
	if (s && pause)
		bpio_driver_pause(&s->driver, dev, p->reason,
				  *p->text ? p->text : NULL);
	else if (s)
		bpio_driver_resume(&s->driver, dev);
	kfree(p);
	return s ? 0 : -EINVAL;
}

static long locked_ioctl(unsigned int cmd, void __user *ptr)
{
	struct slot *s;
	u32 number;
	long ret = 0;

	mutex_lock(&registering);
	if (cmd == BPIO_VOLDRV_REGISTER) {
		ret = add_driver(ptr);
	} else if (get_user(number, (u32 __user *)ptr)) {
		ret = -EFAULT;
	} else {
		s = slot_of(number);
		if (s)
			remove_driver(s);
	}
	mutex_unlock(&registering);
	return ret;
}

static long voldrv_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *ptr = (void __user *)arg;

	switch (cmd) {
	case BPIO_VOLDRV_REGISTER:
	case BPIO_VOLDRV_UNREGISTER:
		return locked_ioctl(cmd, ptr);
	case BPIO_VOLDRV_SAY:
		return say(ptr);
	case BPIO_VOLDRV_STATE:
		return state(ptr);
	case BPIO_VOLDRV_PAUSES:
	case BPIO_VOLDRV_RESUMES:
		return pause_or_resume(cmd == BPIO_VOLDRV_PAUSES, ptr);
	default:
		return -ENOTTY;
	}
}

/* One test at a time: when it closes the device, all its drivers go */
static int voldrv_release(struct inode *inode, struct file *file)
{
	int i;

	mutex_lock(&registering);
	for (i = 0; i < BPIO_VOLDRV_DRIVERS; i++)
		remove_driver(&slots[i]);
	mutex_unlock(&registering);
	return 0;
}

static const struct file_operations voldrv_fops = {
	.owner		= THIS_MODULE,
	.release	= voldrv_release,
	.unlocked_ioctl	= voldrv_ioctl,
};

static struct miscdevice voldrv_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= KBUILD_MODNAME,
	.fops	= &voldrv_fops,
};

static int __init voldrv_init(void)
{
	int i;

	for (i = 0; i < BPIO_VOLDRV_DRIVERS; i++)
		spin_lock_init(&slots[i].lock);
	return misc_register(&voldrv_device);
}
module_init(voldrv_init);

static void __exit voldrv_exit(void)
{
	misc_deregister(&voldrv_device);
}
module_exit(voldrv_exit);

MODULE_DESCRIPTION("bypassfs: volume drivers for tests");
MODULE_LICENSE("GPL");
