// SPDX-License-Identifier: GPL-2.0
/*
 * Volume driver for snapshots of device-mapper devices
 *
 * As long as a volume has a snapshot, what is read of it should go through the
 * lower file system, which is told (frozen) when the next one is made. This is
 * how a volume driver looks that has a reason for some of the time:
 *
 *	the first snapshot, and each further one (R52):
 *		note it, so that ENABLE and QUERY are vetoed from now on;
 *		pause, which waits for the reads in flight;
 *		only then is the snapshot made.
 *	the last one has gone:
 *		forget it, so that nothing is vetoed any more;
 *		resume.
 *
 * Who makes snapshots tells it through /dev/bpio_volsnap: a line "add
 * MAJOR:MINOR NAME" before, and "del MAJOR:MINOR NAME" after. What is noted can
 * be read there. volsnap(8) does that around dmsetup(8).
 */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include "filter.h"

#define NAME_MAX_LEN	127
#define LINE_MAX_LEN	(NAME_MAX_LEN + 32)

/**
 * struct snapshot - one that exists, or is about to be made
 * @node: in @snapshots
 * @dev: of the volume, not of the snapshot
 * @name: unique for a volume
 */
struct snapshot {
	struct list_head node;
	dev_t dev;
	char name[NAME_MAX_LEN + 1];
};

/* One at a time: one that comes, and the last that goes, do not cross */
static DEFINE_MUTEX(changing);

/* Of @snapshots; never held while something is paused or resumed */
static DEFINE_SPINLOCK(lock);
static LIST_HEAD(snapshots);

static struct snapshot *find(dev_t dev, const char *name)
{
	struct snapshot *s;

	list_for_each_entry(s, &snapshots, node)
		if (s->dev == dev && (!name || !strcmp(s->name, name)))
			return s;
	return NULL;
}

static bool has_snapshot(dev_t dev)
{
	bool has;

	spin_lock(&lock);
	has = find(dev, NULL);
	spin_unlock(&lock);
	return has;
}

static int volsnap_attach(struct bpio_unit *unit)
{
	/* Nothing in the kernel's interface says it more plainly */
	return strncmp(unit->bdev->bd_disk->disk_name, "dm-", 3) ? -ENODEV : 0;
}

/* ENABLE and QUERY: the same answer, and no state */
static void volsnap_ask(struct bpio_unit *unit, struct bpio_ask *ask)
{
	if (has_snapshot(unit->bdev->bd_dev))
		bpio_driver_veto(ask, -EBUSY, BPIO_REASON_SNAPSHOT,
				 "the volume has a snapshot");
}

static const struct bpio_driver volsnap = {
	.name		= KBUILD_MODNAME,
	.features	= BPIO_FEATURE_BYPASS,
	.attach		= volsnap_attach,
	.enable		= volsnap_ask,
	.query		= volsnap_ask,
};

/* When this returns the snapshot can be made. Under @changing. */
static int come(dev_t dev, const char *name)
{
	struct snapshot *s = kzalloc(sizeof(*s), GFP_KERNEL);
	bool known;

	if (!s)
		return -ENOMEM;
	s->dev = dev;
	strscpy(s->name, name, sizeof(s->name));
	spin_lock(&lock);
	known = find(dev, name);
	if (!known)
		list_add_tail(&s->node, &snapshots);
	spin_unlock(&lock);
	if (known) {
		kfree(s);
		return -EEXIST;
	}
	bpio_driver_pause(&volsnap, dev, BPIO_REASON_SNAPSHOT,
			  "the volume has a snapshot");
	return 0;
}

/* The snapshot has gone, or was not made. Under @changing. */
static int go(dev_t dev, const char *name)
{
	struct snapshot *s;

	spin_lock(&lock);
	s = find(dev, name);
	if (s)
		list_del(&s->node);
	spin_unlock(&lock);
	if (!s)
		return -ENOENT;
	kfree(s);
	if (!has_snapshot(dev))
		bpio_driver_resume(&volsnap, dev);
	return 0;
}

static bool is_word(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return true;
}

static int change(char *line)
{
	char *verb = strsep(&line, " "), *number = strsep(&line, " ");
	unsigned int major, minor;
	int used, ret = -EINVAL;

	if (!number || !line || !is_word(line) || strlen(line) > NAME_MAX_LEN)
		return ret;
	if (sscanf(number, "%u:%u%n", &major, &minor, &used) != 2 ||
	    number[used] || major >= BIT(12) || minor > MINORMASK)
		return ret;
	mutex_lock(&changing);
	if (!strcmp(verb, "add"))
		ret = come(MKDEV(major, minor), line);
	else if (!strcmp(verb, "del"))
		ret = go(MKDEV(major, minor), line);
	mutex_unlock(&changing);
	return ret;
}

static ssize_t volsnap_write(struct file *file, const char __user *buf,
			     size_t len, loff_t *ppos)
{
	char line[LINE_MAX_LEN + 1];
	int ret;

	if (!len || len > LINE_MAX_LEN)
		return -EINVAL;
	if (copy_from_user(line, buf, len))
		return -EFAULT;
	if (line[len - 1] == '\n')
		line[len - 1] = 0;
	line[len] = 0;
	ret = change(line);
	return ret ?: len;
}

static int volsnap_show(struct seq_file *m, void *unused)
{
	struct snapshot *s;

	spin_lock(&lock);
	list_for_each_entry(s, &snapshots, node)
		seq_printf(m, "%u:%u %s\n", MAJOR(s->dev), MINOR(s->dev),
			   s->name);
	spin_unlock(&lock);
	return 0;
}

static int volsnap_open(struct inode *inode, struct file *file)
{
	/* misc_open() leaves the device there, single_open() its own */
	file->private_data = NULL;
	return single_open(file, volsnap_show, NULL);
}

static const struct file_operations volsnap_fops = {
	.owner		= THIS_MODULE,
	.open		= volsnap_open,
	.read		= seq_read,
	.write		= volsnap_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static struct miscdevice volsnap_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= KBUILD_MODNAME,
	.fops	= &volsnap_fops,
	.mode	= 0600,
};

static int __init volsnap_init(void)
{
	int ret = bpio_driver_register(&volsnap);

	if (ret)
		return ret;
	ret = misc_register(&volsnap_device);
	if (ret)
		bpio_driver_unregister(&volsnap);
	return ret;
}
module_init(volsnap_init);

static void __exit volsnap_exit(void)
{
	struct snapshot *s, *next;

	misc_deregister(&volsnap_device);
	bpio_driver_unregister(&volsnap);
	list_for_each_entry_safe(s, next, &snapshots, node)
		kfree(s);
}
module_exit(volsnap_exit);

MODULE_DESCRIPTION("bypassfs: no bypass past the file system while a volume has snapshots");
MODULE_LICENSE("GPL");
