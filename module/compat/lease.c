// SPDX-License-Identifier: GPL-2.0
/*
 * Layout leases on a lower file
 *
 * A file system that hands out layouts (XFS) breaks these leases before it
 * changes the blocks of a file, and waits for direct I/O after that. Until 6.8
 * a lease is a struct file_lock (COMPAT_HAS_LOCK_CORE says which).
 */
#include <linux/fs.h>
#include <linux/sched.h>

#include "compat.h"
#include "lease.h"

#ifdef COMPAT_HAS_LOCK_CORE
#include <linux/filelock.h>

#define bp_lease		file_lease
#define bp_lease_alloc		locks_alloc_lease
#define bp_lease_free		locks_free_lease
#define bp_setlease		kernel_setlease
#define bp_lease_owner(fl)	((fl)->c.flc_owner)
#define bp_lease_ops		lease_manager_operations

static void lease_fill(struct file_lease *fl, struct file *file, void *owner)
{
	fl->c.flc_flags = FL_LAYOUT;
	fl->c.flc_type = F_RDLCK;
	fl->c.flc_owner = owner;
	fl->c.flc_pid = current->tgid;
	fl->c.flc_file = file;
}
#else
#define bp_lease		file_lock
#define bp_lease_alloc		locks_alloc_lock
#define bp_lease_free		locks_free_lock
#define bp_setlease		vfs_setlease
#define bp_lease_owner(fl)	((fl)->fl_owner)
#define bp_lease_ops		lock_manager_operations

static void lease_fill(struct file_lock *fl, struct file *file, void *owner)
{
	fl->fl_flags = FL_LAYOUT;
	fl->fl_type = F_RDLCK;
	fl->fl_end = OFFSET_MAX;
	fl->fl_owner = owner;
	fl->fl_pid = current->tgid;
	fl->fl_file = file;
}
#endif

/* Under flc_lock. true: the lease is gone now, the breaker need not wait. */
static bool lease_break(struct bp_lease *fl)
{
	struct bp_layout_owner *owner = bp_lease_owner(fl);

	owner->broken(owner);
	return true;
}

static const struct bp_lease_ops lease_ops = {
	.lm_break	= lease_break,
	.lm_change	= lease_modify,
};

/**
 * bp_layout_lease() - be told before the blocks of a file change
 * @file: an open file of a file system that breaks layouts
 * @owner: its @broken is called once, under a spinlock, and ends the lease
 *
 * Context: Sleeps. Needs CAP_LEASE or to be the file's owner.
 * Return: 0 or a negative errno.
 */
int bp_layout_lease(struct file *file, struct bp_layout_owner *owner)
{
	struct bp_lease *fl = bp_lease_alloc();
	int ret;

	if (!fl)
		return -ENOMEM;
	lease_fill(fl, file, owner);
	fl->fl_lmops = &lease_ops;
	ret = bp_setlease(file, F_RDLCK, &fl, NULL);
	if (fl)
		bp_lease_free(fl);
	return ret;
}

/**
 * bp_layout_unlease() - give a lease back; a broken one is gone already
 * @file: as given to bp_layout_lease()
 * @owner: likewise; not called any more on return
 *
 * Context: Sleeps. Needs the rights that taking it needed: 6.1 asks for them in
 * this direction as well.
 */
void bp_layout_unlease(struct file *file, struct bp_layout_owner *owner)
{
	void *priv = owner;

	bp_setlease(file, F_UNLCK, NULL, &priv);
}
