/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_LOWERFS_H
#define BPIO_LOWERFS_H

#include <linux/types.h>

struct super_block;

/**
 * struct bpio_lower_fs - why the blocks of a lower file system can be read
 *	behind its back
 * @magic: its super block's magic number
 * @moves_denied: denying write access to a file keeps all of its blocks below
 *	its end in place. Where false, they also move by other ways, all of which
 *	break layout leases first and wait for direct I/O next.
 * @dio_zero_is_journal: a file without direct I/O that is not explained by
 *	anything visible journals its data
 */
struct bpio_lower_fs {
	unsigned long magic;
	bool moves_denied;
	bool dio_zero_is_journal;
};

const struct bpio_lower_fs *bpio_lower_fs(const struct super_block *sb);

#endif /* BPIO_LOWERFS_H */
