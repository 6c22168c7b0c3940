// SPDX-License-Identifier: GPL-2.0
/*
 * Bypass state of one mount
 */
#include <linux/blkdev.h>
#include <linux/fs.h>

#include "lowerfs.h"
#include "stream.h"
#include "trace.h"
#include "volume.h"

/**
 * bpio_volume_init() - a mount comes
 * @vol: zeroed
 * @sb: the upper super block
 * @lower_sb: the lower one
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int bpio_volume_init(struct bpio_volume *vol, struct super_block *sb,
		     struct super_block *lower_sb)
{
	vol->plain = alloc_percpu(struct bpio_counts);
	if (!vol->plain)
		return -ENOMEM;
	vol->sb = sb;
	vol->lower_sb = lower_sb;
	vol->fs = bpio_lower_fs(lower_sb);
	if (vol->fs) {
		vol->offset_mask = bdev_logical_block_size(lower_sb->s_bdev) - 1;
		vol->memory_mask = bdev_dma_alignment(lower_sb->s_bdev);
	}
	mutex_init(&vol->lock);
	INIT_LIST_HEAD(&vol->streams);
	return 0;
}

/**
 * bpio_volume_exit() - a mount goes; all its files are released
 * @vol: may be one that bpio_volume_init() never saw
 *
 * Context: May sleep.
 */
void bpio_volume_exit(struct bpio_volume *vol)
{
	if (!vol->plain)
		return;
	WARN_ON_ONCE(vol->active || !list_empty(&vol->streams));
	free_percpu(vol->plain);
	vol->plain = NULL;
}

/**
 * bpio_volume_pause() - pause the storage half of the mount (R45)
 * @vol: the mount; may be paused already (R47)
 *
 * On return no bypass read of the mount is in flight and none can start. Reads
 * go on skipping the filters (R48).
 *
 * Context: Sleeps until the reads in flight are done. Cannot fail (R50).
 */
void bpio_volume_pause(struct bpio_volume *vol)
{
	struct bpio_stream *st;

	mutex_lock(&vol->lock);
	/* Before the streams are disarmed: none is armed again, see arm_idle() */
	WRITE_ONCE(vol->paused, true);
	list_for_each_entry(st, &vol->streams, node) {
		mutex_lock(&st->lock);
		bpio_stream_disarm(st);
		mutex_unlock(&st->lock);
	}
	mutex_unlock(&vol->lock);
	trace_bpio_volume(vol->lower_sb, true);
}

/**
 * bpio_volume_resume() - the next reads may arm their files again (R51)
 * @vol: the mount; may be running
 *
 * Context: Sleeps. Cannot fail.
 */
void bpio_volume_resume(struct bpio_volume *vol)
{
	mutex_lock(&vol->lock);
	WRITE_ONCE(vol->paused, false);
	mutex_unlock(&vol->lock);
	trace_bpio_volume(vol->lower_sb, false);
}
