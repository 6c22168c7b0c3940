// SPDX-License-Identifier: GPL-2.0
/*
 * passioctl.c - which ioctls of the lower file system are passed on
 *
 * An ioctl may do anything to the lower file system, so only those on this list
 * go through: they act on the one file, or need no more than the caller has, and
 * the lower file system checks that itself. Flags, FIEMAP, clone and freeze are
 * ioctls too, but come to us as operations of their own.
 */
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/fscrypt.h>
#include <linux/fsverity.h>

#include "stack.h"
#include "writer.h"
#include "compat/compat.h"

enum passing {
	REFUSED,
	PASSED,
	CHANGES,	/* the file's data or how they are to be read */
};

static enum passing classify(unsigned int cmd)
{
	switch (cmd) {
	case FS_IOC_GETVERSION:
	case FS_IOC32_GETVERSION:
	case FS_IOC_GETFSLABEL:
	case FITRIM:
	case FS_IOC_MEASURE_VERITY:
	case FS_IOC_READ_VERITY_METADATA:
	case FS_IOC_GET_ENCRYPTION_PWSALT:
	case FS_IOC_GET_ENCRYPTION_POLICY:
	case FS_IOC_GET_ENCRYPTION_POLICY_EX:
	case FS_IOC_GET_ENCRYPTION_KEY_STATUS:
	case FS_IOC_GET_ENCRYPTION_NONCE:
	case FS_IOC_ADD_ENCRYPTION_KEY:
	case FS_IOC_REMOVE_ENCRYPTION_KEY:
	case FS_IOC_REMOVE_ENCRYPTION_KEY_ALL_USERS:
		return PASSED;
	case FS_IOC_SETVERSION:
	case FS_IOC32_SETVERSION:
	case FS_IOC_ENABLE_VERITY:
	case FS_IOC_SET_ENCRYPTION_POLICY:
		return CHANGES;
	default:
		return REFUSED;
	}
}

static long pass(struct file *lower, unsigned int cmd, unsigned long arg,
		 bool compat)
{
	long ret = -ENOTTY;

	if (compat && lower->f_op->compat_ioctl)
		ret = lower->f_op->compat_ioctl(lower, cmd, arg);
	else if (!compat && lower->f_op->unlocked_ioctl)
		ret = lower->f_op->unlocked_ioctl(lower, cmd, arg);
	return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}

static long dispatch(struct file *file, unsigned int cmd, unsigned long arg,
		     void __user *ptr, bool compat)
{
	struct file *lower = bypassfs_lower_file(file);
	struct bpio_writer w;
	long ret;

	ret = bpio_ioctl(file, cmd, ptr);
	if (ret != -ENOIOCTLCMD)
		return ret;

	switch (classify(cmd)) {
	case PASSED:
		return pass(lower, cmd, arg, compat);
	case CHANGES:
		bpio_writer_begin(&w, file_inode(lower));
		ret = pass(lower, cmd, arg, compat);
		bpio_writer_end(&w);
		bypassfs_refresh(file_inode(file));
		return ret;
	default:
		return -ENOTTY;
	}
}

/**
 * bypassfs_ioctl() - file_operations.unlocked_ioctl, also of directories
 * @file: the upper file
 * @cmd: which
 * @arg: its argument
 *
 * Context: May sleep.
 * Return: As the ioctl has it; -ENOTTY for what is neither ours nor passed on.
 */
long bypassfs_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return dispatch(file, cmd, arg, (void __user *)arg, false);
}

/**
 * bypassfs_compat_ioctl() - the same for 32-bit programs
 * @file: the upper file
 * @cmd: which
 * @arg: its argument
 *
 * Context: May sleep.
 * Return: As the ioctl has it; -ENOTTY for what is neither ours nor passed on.
 */
long bypassfs_compat_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	return dispatch(file, cmd, arg, compat_ptr(arg), true);
}
