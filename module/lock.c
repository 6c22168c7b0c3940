// SPDX-License-Identifier: GPL-2.0
/*
 * lock.c - advisory locks and leases
 *
 * Locks are taken on the lower inode, in the name of the lower file, so that they
 * conflict with those of who works below, and are seen as such in /proc/locks.
 * The owner stays the caller's: the process for POSIX locks, the upper file for
 * those of an open file description, which bypassfs_release() takes off again.
 *
 * Leases stay on the upper inode: F_GETLEASE and the signal that a break sends
 * go by the file that the lease was taken on. So a lease is broken by opens
 * through the mount. Opens below do not break it, but one that is there already
 * stops it from being given.
 */
#include "stack.h"
#include "compat/compat.h"

/**
 * bypassfs_lock() - file_operations.lock
 * @file: the upper file
 * @cmd: F_GETLK, F_SETLK or F_SETLKW
 * @fl: the lock; for F_GETLK, also the answer
 *
 * Context: May sleep.
 * Return: 0, FILE_LOCK_DEFERRED, or a negative errno.
 */
int bypassfs_lock(struct file *file, int cmd, struct file_lock *fl)
{
	struct file *lower = bypassfs_lower_file(file);
	struct file *mine = compat_lock_file(fl);
	int err;

	compat_lock_file(fl) = lower;
	if (cmd == F_GETLK)
		err = vfs_test_lock(lower, fl);
	else
		err = vfs_lock_file(lower, cmd, fl, NULL);
	compat_lock_file(fl) = mine;
	return err;
}

/**
 * bypassfs_flock() - file_operations.flock
 * @file: the upper file
 * @cmd: F_SETLK or F_SETLKW
 * @fl: the lock
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int bypassfs_flock(struct file *file, int cmd, struct file_lock *fl)
{
	struct file *lower = bypassfs_lower_file(file);
	struct file *mine = compat_lock_file(fl);
	int err;

	compat_lock_file(fl) = lower;
	if (lower->f_op->flock)
		err = lower->f_op->flock(lower, cmd, fl);
	else
		err = locks_lock_file_wait(lower, fl);
	compat_lock_file(fl) = mine;
	return err;
}

/**
 * bypassfs_unlock() - take off all POSIX or description locks of an owner
 * @lower: the lower file
 * @owner: the owner, as when they were set
 *
 * The VFS looks for locks to take off in the inode itself. Where @lower is one of
 * ours as well, they are further down.
 *
 * Context: May sleep.
 */
void bypassfs_unlock(struct file *lower, fl_owner_t owner)
{
	while (file_inode(lower)->i_sb->s_type == &bypassfs_type)
		lower = bypassfs_lower_file(lower);
	locks_remove_posix(lower, owner);
}

/**
 * bypassfs_setlease() - file_operations.setlease
 * @file: the upper file
 * @arg: F_RDLCK, F_WRLCK or F_UNLCK
 * @lease: the lease, NULL for F_UNLCK
 * @priv: who is told when it is broken
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int bypassfs_setlease(struct file *file, compat_lease_arg arg,
		      struct file_lease **lease, void **priv)
{
	struct inode *lower = bypassfs_lower_inode(file_inode(file));
	int writers = file->f_mode & FMODE_WRITE ? 1 : 0;

	if (arg != F_UNLCK && atomic_read(&lower->i_writecount) > writers)
		return -EAGAIN;
	return generic_setlease(file, arg, lease, priv);
}
