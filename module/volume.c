// SPDX-License-Identifier: GPL-2.0
/*
 * Bypass state of one mount
 */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/uio.h>

#include "handle.h"
#include "lowerfs.h"
#include "stream.h"
#include "trace.h"
#include "volume.h"

/* A stream of the mount that is not idle, with a reference, or NULL */
static struct bpio_stream *busy_stream(struct bpio_volume *vol)
{
	struct bpio_stream *busy = NULL;
	struct bpio_handle *h;

	spin_lock(&vol->lock);
	list_for_each_entry(h, &vol->handles, vol_node) {
		if (READ_ONCE(h->stream->state) != BPIO_STATE_IDLE) {
			busy = h->stream;
			refcount_inc(&busy->refs);
			break;
		}
	}
	spin_unlock(&vol->lock);
	return busy;
}

/* For streams to stay idle, what keeps them so was set before */
static void disarm_all(struct bpio_volume *vol)
{
	struct bpio_stream *st;

	/* Pairs with arm_idle(): it sees that, or we see it arming */
	smp_mb();
	while ((st = busy_stream(vol))) {
		mutex_lock(&st->lock);
		bpio_stream_disarm(st);
		mutex_unlock(&st->lock);
		bpio_stream_put(st);
	}
}

/* Nothing public tells that a file system was shut down, but its reads fail */
static bool fails(struct file *lower)
{
	struct iov_iter nothing;
	struct kiocb iocb;

	iov_iter_kvec(&nothing, ITER_DEST, NULL, 0, 0);
	init_sync_kiocb(&iocb, lower);
	return lower->f_op->read_iter(&iocb, &nothing) == -EIO;
}

/**
 * bpio_volume_check() - was the lower file system shut down?
 * @vol: the mount
 *
 * Then nothing is armed any more, and readers get the errors that it gives.
 * Until it is noticed they get the bytes that are on the disk, which nobody can
 * change or free any more.
 *
 * Context: Sleeps.
 */
void bpio_volume_check(struct bpio_volume *vol)
{
	struct bpio_stream *st = busy_stream(vol);

	if (!st)
		return;
	mutex_lock(&st->lock);
	if (st->state == BPIO_STATE_ARMED && fails(st->hold.file))
		WRITE_ONCE(vol->dead, true);
	mutex_unlock(&st->lock);
	bpio_stream_put(st);
	if (READ_ONCE(vol->dead))
		disarm_all(vol);
	else
		bpio_stream_pulse(&vol->pulse);
}

static void pulse(struct work_struct *work)
{
	bpio_volume_check(container_of(work, struct bpio_volume, pulse.work));
}

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
	spin_lock_init(&vol->lock);
	INIT_DELAYED_WORK(&vol->pulse, pulse);
	INIT_LIST_HEAD(&vol->handles);
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
	cancel_delayed_work_sync(&vol->pulse);
	WARN_ON_ONCE(vol->active || !list_empty(&vol->handles));
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
	WRITE_ONCE(vol->paused, true);
	disarm_all(vol);
	trace_bpio_volume(vol->lower_sb, true);
}

/**
 * bpio_volume_resume() - the next reads may arm their files again (R51)
 * @vol: the mount; may be running
 *
 * Context: Any. Cannot fail.
 */
void bpio_volume_resume(struct bpio_volume *vol)
{
	WRITE_ONCE(vol->paused, false);
	trace_bpio_volume(vol->lower_sb, false);
}

/**
 * bpio_volume_sum() - add up what handles have counted
 * @vol: the mount
 * @st: only those of this stream, or NULL for all and for reads without one
 * @sum: what it is added to
 *
 * Context: Any but interrupts.
 */
void bpio_volume_sum(struct bpio_volume *vol, const struct bpio_stream *st,
		     struct bpio_counts *sum)
{
	struct bpio_handle *h;

	spin_lock(&vol->lock);
	bpio_counts_add(sum, st ? &st->retired : &vol->retired);
	list_for_each_entry(h, &vol->handles, vol_node)
		if (!st || h->stream == st)
			bpio_counts_sum(sum, h->counts);
	spin_unlock(&vol->lock);
	if (!st)
		bpio_counts_sum(sum, vol->plain);
}
