// SPDX-License-Identifier: GPL-2.0
/*
 * The lower file systems whose blocks can be held in place
 *
 * A file system is here because somebody went through every way in which it
 * moves or frees a block of a file to which write access is denied, and each
 * way has a test under qemu/tests/bypass. That it answers bmap() proves nothing.
 *
 *   ext4  (also ext2 and ext3 disks that it mounts). Truncation, fallocate, and
 *	EXT4_IOC_MOVE_EXT need a file open for writing. There is no clone or
 *	dedupe. Changing the index format (chattr -e) leaves data blocks alone;
 *	fs-verity writes behind the end of the file only.
 *   xfs   FIDEDUPERANGE replaces blocks through descriptors that are open for
 *	reading, and so can online repair. Both break layout leases first and
 *	then wait for direct I/O (inode_dio_wait()).
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/magic.h>

#include "lowerfs.h"

static const struct bpio_lower_fs table[] = {
	{ .magic = EXT4_SUPER_MAGIC, .moves_denied = true,
	  .dio_zero_is_journal = true },
	{ .magic = XFS_SUPER_MAGIC },
};

/**
 * bpio_lower_fs() - what is known about a lower file system
 * @sb: its super block
 *
 * Context: Any.
 * Return: its entry, or NULL if it cannot be bypassed.
 */
const struct bpio_lower_fs *bpio_lower_fs(const struct super_block *sb)
{
	int i;

	if (!sb->s_bdev)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].magic == sb->s_magic)
			return &table[i];
	return NULL;
}
