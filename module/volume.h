/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_VOLUME_H
#define BPIO_VOLUME_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "count.h"

struct bpio_lower_fs;
struct bpio_stream;
struct super_block;

/**
 * struct bpio_volume - bypass state of one mount
 * @sb: I: our super block
 * @lower_sb: I: the one below
 * @fs: I: what makes the lower file system safe to bypass; NULL if nothing does
 * @offset_mask: I: bits of offset and length that must be 0 for the disk
 * @memory_mask: I: bits of a buffer's address that must be 0 for the disk
 * @lock: innermost of the bypass locks: stream, then volume
 * @handles: V: all handles of the mount, enabled or not
 * @active: V: enabled handles of the mount, read without the lock (R19)
 * @paused: A: storage half paused
 * @dead: A: the lower file system was shut down, and stays so
 * @pulse: looks after that as long as anything is armed
 * @plain: per-CPU: reads of handles that have no counters of their own
 * @retired: V: sums of released handles
 *
 * I: set when mounted. V: written under @lock. A: a flag of its own.
 */
struct bpio_volume {
	struct super_block *sb;
	struct super_block *lower_sb;
	const struct bpio_lower_fs *fs;
	unsigned int offset_mask;
	unsigned int memory_mask;
	spinlock_t lock;	/* of the V fields */
	struct list_head handles;
	unsigned int active;
	bool paused;
	bool dead;
	struct delayed_work pulse;
	struct bpio_counts __percpu *plain;
	struct bpio_counts retired;
};

int bpio_volume_init(struct bpio_volume *vol, struct super_block *sb,
		     struct super_block *lower_sb);
void bpio_volume_exit(struct bpio_volume *vol);
void bpio_volume_pause(struct bpio_volume *vol);
void bpio_volume_resume(struct bpio_volume *vol);
void bpio_volume_check(struct bpio_volume *vol);
void bpio_volume_sum(struct bpio_volume *vol, const struct bpio_stream *st,
		     struct bpio_counts *sum);

#endif /* BPIO_VOLUME_H */
