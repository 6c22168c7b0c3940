/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_ATIME_H
#define BYPASSFS_COMPAT_ATIME_H

#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

/* Before 6.7, times were members that anybody could look at. */
#ifndef COMPAT_HAS_INODE_ATIME
static inline time64_t inode_get_atime_sec(const struct inode *inode)
{
	return inode->i_atime.tv_sec;
}

static inline time64_t inode_get_mtime_sec(const struct inode *inode)
{
	return inode->i_mtime.tv_sec;
}

static inline time64_t inode_get_ctime_sec(const struct inode *inode)
{
	return inode->i_ctime.tv_sec;
}
#endif

#define BP_DAY		(24 * 60 * 60)

/**
 * bp_accessed() - file_accessed(), but shorter when there is nothing to do
 * @file: read from
 *
 * On nearly all mounts an access time is only set if it is older than the last
 * change, or than a day (relatime). Where that is plain to see, the kernel is not
 * asked.
 *
 * Context: Sleeps.
 */
static inline void bp_accessed(struct file *file)
{
	const struct inode *inode = file_inode(file);
	time64_t atime = inode_get_atime_sec(inode);

	if (likely((file->f_path.mnt->mnt_flags & MNT_RELATIME) &&
		   atime > inode_get_mtime_sec(inode) &&
		   atime > inode_get_ctime_sec(inode) &&
		   ktime_get_real_seconds() - atime < BP_DAY))
		return;
	file_accessed(file);
}

#endif /* BYPASSFS_COMPAT_ATIME_H */
