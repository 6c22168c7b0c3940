// SPDX-License-Identifier: GPL-2.0
/*
 * Volume drivers that are registered, and the mounts whose disk they claim
 *
 * Each driver is asked about the disk of each mount that can be bypassed,
 * whichever comes later. One lock for both lists; it is held while drivers are
 * asked, so a callback must not want it. What a driver does by itself, pause
 * and resume, goes without it: a claim that is in use that way is kept, and who
 * takes it away waits until it is not.
 */
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "driver.h"
#include "lowerfs.h"
#include "reason.h"
#include "volume.h"

/* Outermost: of @drivers and @mounts */
static DEFINE_MUTEX(registry);
static LIST_HEAD(drivers);
static LIST_HEAD(mounts);

/* Innermost: of @claims */
static DEFINE_SPINLOCK(claims_lock);
static LIST_HEAD(claims);
static u64 last_serial;

/**
 * struct registered - one driver
 * @node: in the list, in the order in which they came
 * @driver: I: it
 */
struct registered {
	struct list_head node;
	const struct bpio_driver *driver;
};

static void put(struct bpio_claim *claim)
{
	if (claim && refcount_dec_and_test(&claim->refs))
		complete(&claim->gone);
}

/* The first after @last, which is given back, with a reference */
static struct bpio_claim *next(const struct bpio_driver *driver, dev_t dev,
			       struct bpio_claim *last)
{
	u64 after = last ? last->serial : 0;
	struct bpio_claim *claim, *found = NULL;

	spin_lock(&claims_lock);
	list_for_each_entry(claim, &claims, all) {
		if (claim->serial > after && claim->driver == driver &&
		    claim->unit.bdev->bd_dev == dev) {
			found = claim;
			refcount_inc(&found->refs);
			break;
		}
	}
	spin_unlock(&claims_lock);
	put(last);
	return found;
}

/* See volume_driver.h */
void bpio_driver_pause(const struct bpio_driver *driver, dev_t dev,
		       enum bpio_reason reason, const char *text)
{
	struct bpio_pause why = { .reason = reason };
	struct bpio_claim *claim = NULL;
	struct bpio_pauser *pauser;

	if (!reason || !bpio_reason_known(reason))
		why.reason = BPIO_REASON_OTHER;
	if (text) {
		why.text_len = bpio_utf8_cut(text, BPIO_TEXT_MAX);
		memcpy(why.text, text, why.text_len);
	}
	while ((claim = next(driver, dev, claim))) {
		pauser = bpio_pauser_new(claim, driver->name, 0, &why);
		bpio_volume_pause(claim->vol, pauser);
	}
}
EXPORT_SYMBOL_GPL(bpio_driver_pause);

/* See volume_driver.h */
void bpio_driver_resume(const struct bpio_driver *driver, dev_t dev)
{
	struct bpio_claim *claim = NULL;

	while ((claim = next(driver, dev, claim)))
		bpio_volume_resume_own(claim->vol, claim, driver->name);
}
EXPORT_SYMBOL_GPL(bpio_driver_resume);

/* What is no errno would end in a mount that is neither there nor refused */
static int asks_for(const struct bpio_driver *driver, struct bpio_unit *unit)
{
	int ret = driver->attach(unit);

	if (ret <= 0 && ret >= -MAX_ERRNO)
		return ret;
	pr_err("bypassfs: volume driver %s: attach returned %d\n",
	       driver->name, ret);
	return -EINVAL;
}

/* What a driver does not claim is no error */
static int attach(struct bpio_volume *vol, const struct bpio_driver *driver)
{
	struct bpio_claim *claim = kzalloc(sizeof(*claim), GFP_KERNEL);
	int ret;

	if (!claim)
		return -ENOMEM;
	claim->unit.bdev = vol->lower_sb->s_bdev;
	claim->driver = driver;
	claim->vol = vol;
	refcount_set(&claim->refs, 1);
	init_completion(&claim->gone);
	ret = asks_for(driver, &claim->unit);
	if (ret) {
		kfree(claim);
		return ret == -ENODEV ? 0 : ret;
	}
	/* It can pause before it is asked: when it is, it may want to */
	spin_lock(&claims_lock);
	claim->serial = ++last_serial;
	list_add_tail(&claim->all, &claims);
	spin_unlock(&claims_lock);
	bpio_consent_join(claim);
	return 0;
}

static void detach(struct bpio_claim *claim)
{
	const struct bpio_driver *driver = claim->driver;
	struct bpio_volume *vol = claim->vol;

	if (bpio_consent_leave(claim) && !READ_ONCE(vol->paused))
		bpio_event_volume(vol, BPIO_EVENT_VOLUME_RESUMED,
				  BPIO_REASON_NONE, driver->name, 0,
				  READ_ONCE(vol->pauses.count));
	spin_lock(&claims_lock);
	list_del(&claim->all);
	spin_unlock(&claims_lock);
	put(claim);
	wait_for_completion(&claim->gone);
	bpio_volume_forget(vol, claim);
	if (driver->detach)
		driver->detach(&claim->unit);
	kfree(claim);
}

static void detach_everywhere(const struct bpio_driver *driver)
{
	struct bpio_claim *claim, *tmp;
	struct bpio_volume *vol;

	list_for_each_entry(vol, &mounts, drivers.node)
		list_for_each_entry_safe(claim, tmp, &vol->drivers.claims, node)
			if (claim->driver == driver)
				detach(claim);
}

static int attach_everywhere(const struct bpio_driver *driver)
{
	struct bpio_volume *vol;
	int ret;

	list_for_each_entry(vol, &mounts, drivers.node) {
		ret = attach(vol, driver);
		if (ret) {
			detach_everywhere(driver);
			return ret;
		}
	}
	return 0;
}

static struct registered *find(const char *name)
{
	struct registered *r;

	list_for_each_entry(r, &drivers, node)
		if (!strcmp(r->driver->name, name))
			return r;
	return NULL;
}

static int refuse(const struct bpio_driver *driver, const char *module,
		  const char *why, int ret)
{
	pr_err("bypassfs: %s: volume driver \"%.*s\" is refused: %s\n", module,
	       BPIO_DRIVER_MAX, driver->name ?: "", why);
	return ret;
}

static int check(const struct bpio_driver *driver, const char *module)
{
	if (!bpio_name_valid(driver->name, module))
		return refuse(driver, module, "the name is not the module's",
			      -EINVAL);
	if (driver->features & ~BPIO_FEATURE_BYPASS)
		return refuse(driver, module, "unknown features", -EINVAL);
	if (!driver->attach)
		return refuse(driver, module, "it claims nothing", -EINVAL);
	if (!driver->enable != !driver->query)
		return refuse(driver, module,
			      "of enable and query it has but one", -EINVAL);
	return 0;
}

/* See volume_driver.h */
int bpio_driver_register_as(const struct bpio_driver *driver,
			    const char *module)
{
	struct registered *r;
	int ret = check(driver, module);

	if (ret)
		return ret;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	r->driver = driver;
	mutex_lock(&registry);
	ret = find(driver->name) ?
		refuse(driver, module, "the name is in use", -EEXIST) :
		attach_everywhere(driver);
	if (ret)
		kfree(r);
	else
		list_add_tail(&r->node, &drivers);
	mutex_unlock(&registry);
	return ret;
}
EXPORT_SYMBOL_GPL(bpio_driver_register_as);

/* See volume_driver.h */
void bpio_driver_unregister(const struct bpio_driver *driver)
{
	struct registered *r;

	mutex_lock(&registry);
	r = find(driver->name);
	if (!WARN_ON_ONCE(!r || r->driver != driver)) {
		list_del(&r->node);
		kfree(r);
		detach_everywhere(driver);
	}
	mutex_unlock(&registry);
}
EXPORT_SYMBOL_GPL(bpio_driver_unregister);

/**
 * bpio_drivers_init() - no drivers
 * @drivers: zeroed
 *
 * Context: Any.
 */
void bpio_drivers_init(struct bpio_drivers *drivers)
{
	mutex_init(&drivers->lock);
	INIT_LIST_HEAD(&drivers->claims);
	INIT_LIST_HEAD(&drivers->node);
}

/**
 * bpio_driver_mount() - a mount comes: all drivers are asked if its disk is
 * theirs
 * @vol: complete, and not in use yet
 *
 * Context: Sleeps.
 * Return: 0, -ENOMEM, or what an ->attach() has returned.
 */
int bpio_driver_mount(struct bpio_volume *vol)
{
	struct registered *r;
	int ret = 0;

	/* There is no storage half */
	if (!vol->fs)
		return 0;
	mutex_lock(&registry);
	list_add_tail(&vol->drivers.node, &mounts);
	list_for_each_entry(r, &drivers, node) {
		ret = attach(vol, r->driver);
		if (ret)
			break;
	}
	mutex_unlock(&registry);
	if (ret)
		bpio_driver_umount(vol);
	return ret;
}

/**
 * bpio_driver_umount() - a mount goes, nothing of it is enabled
 * @vol: may be one that bpio_driver_mount() never saw
 *
 * Context: Sleeps.
 */
void bpio_driver_umount(struct bpio_volume *vol)
{
	struct bpio_claim *claim, *tmp;

	mutex_lock(&registry);
	list_for_each_entry_safe(claim, tmp, &vol->drivers.claims, node)
		detach(claim);
	list_del_init(&vol->drivers.node);
	mutex_unlock(&registry);
}
