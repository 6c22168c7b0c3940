/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Volume drivers: included by filter.h, the one header for modules beside
 * bypassfs
 *
 * A volume driver has a say in the storage half of those mounts whose block
 * device it claims: snapshots, replication, encryption of a whole disk. It does
 * not stand in the path of reads, but can keep them with the lower file system.
 * Filters are skipped all the same (R101).
 *
 * A driver is told of the mount, and not of each file: ENABLE when the first
 * file is enabled, which it can veto, and DISABLE after the last (R98). What
 * ENABLE would say it is asked with QUERY (R99). Drivers are asked in the order
 * in which they were registered, and the first to veto is named. Once vetoed,
 * always vetoed, until somebody resumes, or the last file is disabled.
 *
 * A driver that must not be bypassed any more does so in this order (R52):
 *
 *	see that later ENABLEs and QUERYs are vetoed;
 *	bpio_driver_pause(), each time, which waits for the reads in flight;
 *	do it;
 *	when the last reason has gone, veto no more and bpio_driver_resume().
 *
 * So an ENABLE that others have not answered yet meets the veto, or the pause.
 *
 * Callbacks sleep as they like; of a mount one runs at a time, and who enables
 * its first file or closes its last one waits. They may pause, and read and
 * write the device. They must not resume, register or unregister drivers or
 * filters, which wait for callbacks, nor mount, nor open, enable or close a file
 * of the mount. The driver holds no lock that it takes in a callback while it
 * resumes, registers or unregisters.
 */
#ifndef BPIO_VOLUME_DRIVER_H
#define BPIO_VOLUME_DRIVER_H

#include <linux/types.h>

#include <linux/bypassio.h>
#include <linux/bypassio_filters.h>

struct block_device;
struct bpio_ask;

/**
 * struct bpio_unit - the disk of a mount that a driver has claimed
 * @bdev: the block device of the lower file system
 * @private: the driver's
 *
 * Each mount has its own, also where two are over the same device.
 */
struct bpio_unit {
	struct block_device *bdev;
	void *private;
};

/**
 * struct bpio_driver - a volume driver
 * @name: as in struct bpio_filter
 * @features: BPIO_FEATURE_BYPASS, or 0: then no read of what it claims goes
 *	past the lower file system (R102)
 * @attach: 0 if @unit->bdev is its device, or belongs to it; -ENODEV if not.
 *	Any other error is that of the mount, or of the registration.
 * @detach: NULL, or the opposite: no callback of @unit runs or will run
 * @enable: NULL, or vetoes with bpio_driver_veto()
 * @disable: NULL, or the end of an ENABLE that it has not vetoed; cannot fail
 * @query: as @enable, and there if that is; enters no state
 */
struct bpio_driver {
	const char *name;
	unsigned int features;
	int (*attach)(struct bpio_unit *unit);
	void (*detach)(struct bpio_unit *unit);
	void (*enable)(struct bpio_unit *unit, struct bpio_ask *ask);
	void (*disable)(struct bpio_unit *unit);
	void (*query)(struct bpio_unit *unit, struct bpio_ask *ask);
};

/**
 * bpio_driver_register_as() - what bpio_driver_register() calls
 * @driver: see there
 * @module: name of the module that it is in
 *
 * Context: See there.
 * Return: See there.
 */
int bpio_driver_register_as(const struct bpio_driver *driver,
			    const char *module);

/**
 * bpio_driver_register() - have a say
 * @driver: as it is until bpio_driver_unregister()
 *
 * It is asked about each mount there is, and each that comes. If it vetoes, or
 * does not support the bypass, no bypassed read of a mount that it claims is in
 * flight on return, also where files were enabled before.
 *
 * Context: Sleeps.
 * Return: 0; -EINVAL for a name that is not the module's, unknown features, no
 * @attach, one of @enable and @query without the other, or an @attach that
 * returns no errno; -EEXIST for a name that is in use; -ENOMEM; what @attach has
 * returned. The kernel log says which.
 */
#define bpio_driver_register(driver)	\
	bpio_driver_register_as(driver, KBUILD_MODNAME)

/**
 * bpio_driver_unregister() - the opposite, at any time
 * @driver: registered
 *
 * On return none of its callbacks runs or will run, and no bpio_driver_pause()
 * or bpio_driver_resume() of it is under way. Where it had agreed it got a
 * DISABLE, though reads go on. Its vetoes and pauses are gone, and if nobody
 * else objects, files bypass again without a new ENABLE.
 *
 * Context: Sleeps. Not from a callback. Cannot fail.
 */
void bpio_driver_unregister(const struct bpio_driver *driver);

/**
 * bpio_driver_veto() - refuse an ENABLE, or foresee it in a QUERY (R99)
 * @ask: what @enable or @query was given
 * @status: negative errno
 * @reason: why
 * @text: the same for people, in English; cut if it is too long
 *
 * Context: Any, within the callback.
 * Return: 0, also if this callback has vetoed before, and that stays; -EINVAL
 * if @status is no errno, @reason none or unknown, or @text empty: then it is a
 * veto all the same, for BPIO_REASON_OTHER.
 */
int bpio_driver_veto(struct bpio_ask *ask, int status, enum bpio_reason reason,
		     const char *text);

/**
 * bpio_driver_pause() - pause the storage half of mounts (R45, R52)
 * @driver: who; nothing happens if it is not registered
 * @dev: of all mounts over this block device that it has claimed
 * @reason: why; one that is not known is told as BPIO_REASON_OTHER
 * @text: the same for people, or NULL
 *
 * None of their reads is in flight to the disk on return. It may be repeated.
 * Such a pause ends when the driver resumes or is unregistered; no
 * VOLUME_RESUME of others ends it. A mount that comes meanwhile is not paused,
 * but asks, and so meets the driver's veto.
 *
 * Context: Sleeps until the bypassed reads in flight are done: the caller holds
 * no lock that a read takes. Also from callbacks. Cannot fail.
 */
void bpio_driver_pause(const struct bpio_driver *driver, dev_t dev,
		       enum bpio_reason reason, const char *text);

/**
 * bpio_driver_resume() - the opposite (R51)
 * @driver: as in bpio_driver_pause()
 * @dev: likewise
 *
 * The driver's own pause ends, if there is one; those of others go on. If there
 * are none, all drivers are asked again, whoever has vetoed.
 *
 * Context: Sleeps. Not from a callback. Cannot fail.
 */
void bpio_driver_resume(const struct bpio_driver *driver, dev_t dev);

#endif /* BPIO_VOLUME_DRIVER_H */
