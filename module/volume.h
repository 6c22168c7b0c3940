/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_VOLUME_H
#define BPIO_VOLUME_H

#include <linux/blk_types.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "chain.h"
#include "count.h"
#include "driver.h"
#include "pause.h"
#include "watch.h"

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
 * @short_opf: I: of the bios of short reads
 * @lock: innermost of the bypass locks: drivers, then stream, then volume
 * @handles: V: all handles of the mount, enabled or not
 * @asked: V: streams with an ENABLE that others have not answered yet
 * @active: V: enabled handles of the mount, read without the lock (R19)
 * @paused: V: storage half paused, read without the lock
 * @pauses: V: of the storage half
 * @blocks: V: filters that must see each read (R71), the first is named
 * @attaching: one that comes or goes at a time
 * @round: L: number of the last that came
 * @filtering: filters that are attached
 * @drivers: of what it lies on
 * @watches: who waits for events
 * @dead: A: the lower file system was shut down, and stays so
 * @pulse: looks after that as long as anything is armed
 * @plain: per-CPU: reads of handles that have no counters of their own
 * @retired: V: sums of released handles
 *
 * I: set when mounted. V: written under @lock. L: under @attaching. A: a flag
 * of its own.
 */
struct bpio_volume {
	struct super_block *sb;
	struct super_block *lower_sb;
	const struct bpio_lower_fs *fs;
	unsigned int offset_mask;
	unsigned int memory_mask;
	blk_opf_t short_opf;
	spinlock_t lock;	/* of the V fields */
	struct list_head handles;
	struct list_head asked;
	unsigned int active;
	bool paused;
	bool dead;
	struct bpio_pauses pauses;
	struct list_head blocks;
	struct mutex attaching;	/* outermost of the bypass locks */
	unsigned int round;
	struct bpio_filtering filtering;
	struct bpio_drivers drivers;
	struct bpio_watches watches;
	struct delayed_work pulse;
	struct bpio_counts __percpu *plain;
	struct bpio_counts retired;
};

int bpio_volume_init(struct bpio_volume *vol, struct super_block *sb,
		     struct super_block *lower_sb);
void bpio_volume_exit(struct bpio_volume *vol);
void bpio_volume_pause(struct bpio_volume *vol, struct bpio_pauser *pauser);
void bpio_volume_resume(struct bpio_volume *vol, const void *owner,
			const char *who, pid_t pid,
			struct bpio_results *results);
void bpio_volume_resume_own(struct bpio_volume *vol, const void *owner,
			    const char *who);
void bpio_volume_forget(struct bpio_volume *vol, const void *owner);
void bpio_volume_disarm(struct bpio_volume *vol, enum bpio_reason why);
bool bpio_volume_refuse(struct bpio_volume *vol, struct bpio_result *result);
void bpio_volume_refuse_paused(struct bpio_volume *vol,
			       struct bpio_result *result);
void bpio_volume_check(struct bpio_volume *vol);
void bpio_volume_sum(struct bpio_volume *vol, const struct bpio_stream *st,
		     struct bpio_counts *sum);

#endif /* BPIO_VOLUME_H */
