// SPDX-License-Identifier: GPL-2.0
/*
 * Bypass state of one mount
 */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/uio.h>

#include "filter.h"
#include "handle.h"
#include "lowerfs.h"
#include "reason.h"
#include "stack.h"
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

static bool kept_idle(const struct bpio_volume *vol)
{
	return READ_ONCE(vol->paused) || READ_ONCE(vol->dead) ||
	       READ_ONCE(vol->drivers.vetoed);
}

/**
 * bpio_volume_disarm() - no bypassed read is in flight on return
 * @vol: the mount; what keeps its streams idle was set before
 * @why: that
 *
 * Context: Sleeps until the reads in flight are done. Cannot fail.
 */
void bpio_volume_disarm(struct bpio_volume *vol, enum bpio_reason why)
{
	struct bpio_stream *st;

	/* Pairs with arm_idle(): it sees that, or we see it arming */
	smp_mb();
	/* If it is not so any more, who has changed it wants them to arm */
	while (kept_idle(vol) && (st = busy_stream(vol))) {
		mutex_lock(&st->lock);
		bpio_stream_disarm(st, why);
		mutex_unlock(&st->lock);
		bpio_stream_put(st);
	}
}

/*
 * Nothing public tells that a file system was shut down, but its reads fail. A read
 * of nothing takes the inode's lock unless it is direct, and who has that may wait for
 * reads in flight, and these for who polls them and waits for us.
 */
static bool fails(struct file *lower)
{
	struct iov_iter nothing;
	struct kiocb iocb;

	iov_iter_kvec(&nothing, ITER_DEST, NULL, 0, 0);
	init_sync_kiocb(&iocb, lower);
	iocb.ki_flags |= IOCB_DIRECT;
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
	if (READ_ONCE(vol->dead)) {
		bpio_event_volume(vol, BPIO_EVENT_SHUT_DOWN,
				  BPIO_REASON_SHUT_DOWN, "", 0,
				  vol->pauses.count);
		bpio_volume_disarm(vol, BPIO_REASON_SHUT_DOWN);
	} else {
		bpio_stream_pulse(&vol->pulse);
	}
}

static void pulse(struct work_struct *work)
{
	bpio_volume_check(container_of(work, struct bpio_volume, pulse.work));
}

/*
 * Whoever sends a short read sends nothing else before it is back. So there is
 * no gain in looking for what it could be merged with, but where a head has to
 * move.
 */
static blk_opf_t short_opf(struct block_device *bdev)
{
	blk_opf_t opf = REQ_OP_READ | REQ_SYNC | REQ_IDLE;

	return bdev_nonrot(bdev) ? opf | REQ_NOMERGE : opf;
}

/**
 * bpio_volume_init() - a mount comes
 * @vol: zeroed
 * @sb: the upper super block
 * @lower_sb: the lower one
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM, or what a driver of the disk says.
 */
int bpio_volume_init(struct bpio_volume *vol, struct super_block *sb,
		     struct super_block *lower_sb)
{
	int ret;

	vol->plain = alloc_percpu(struct bpio_counts);
	if (!vol->plain)
		return -ENOMEM;
	if (bpio_chain_init(&vol->filtering, sb->s_stack_depth - 1)) {
		free_percpu(vol->plain);
		vol->plain = NULL;
		return -ENOMEM;
	}
	vol->sb = sb;
	vol->lower_sb = lower_sb;
	vol->fs = bpio_lower_fs(lower_sb);
	if (vol->fs) {
		vol->offset_mask = bdev_logical_block_size(lower_sb->s_bdev) - 1;
		vol->memory_mask = bdev_dma_alignment(lower_sb->s_bdev);
		vol->short_opf = short_opf(lower_sb->s_bdev);
	}
	spin_lock_init(&vol->lock);
	INIT_DELAYED_WORK(&vol->pulse, pulse);
	INIT_LIST_HEAD(&vol->handles);
	INIT_LIST_HEAD(&vol->asked);
	INIT_LIST_HEAD(&vol->blocks);
	mutex_init(&vol->attaching);
	bpio_pauses_init(&vol->pauses);
	bpio_watches_init(&vol->watches);
	bpio_drivers_init(&vol->drivers);
	ret = bpio_driver_mount(vol);
	if (ret)
		bpio_volume_exit(vol);
	return ret;
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
	bpio_driver_umount(vol);
	cancel_delayed_work_sync(&vol->pulse);
	WARN_ON_ONCE(vol->active || !list_empty(&vol->handles) ||
		     !list_empty(&vol->blocks) ||
		     !list_empty(&vol->watches.list));
	bpio_pauses_clear(&vol->pauses);
	bpio_chain_exit(&vol->filtering);
	free_percpu(vol->plain);
	vol->plain = NULL;
}

/**
 * bpio_volume_pause() - pause the storage half of the mount (R45)
 * @vol: the mount; may be paused already (R47)
 * @pauser: who; the mount's from now on
 *
 * On return no bypass read of the mount is in flight and none can start. Reads
 * go on skipping the filters (R48).
 *
 * Context: Sleeps until the reads in flight are done. Cannot fail (R50).
 */
void bpio_volume_pause(struct bpio_volume *vol, struct bpio_pauser *pauser)
{
	const struct bpio_pauser told = *pauser;
	unsigned int count;

	spin_lock(&vol->lock);
	bpio_pauses_add(&vol->pauses, pauser);
	count = vol->pauses.count;
	WRITE_ONCE(vol->paused, true);
	spin_unlock(&vol->lock);
	bpio_event_volume(vol, BPIO_EVENT_VOLUME_PAUSED, told.reason, told.who,
			  told.pid, count);
	bpio_volume_disarm(vol, BPIO_REASON_VOLUME_PAUSED);
	trace_bpio_volume(vol->lower_sb, true);
}

/**
 * struct resume - what a resume, or an owner that goes, ends
 * @owner: whose own pause ends, if he has one
 * @plain: and those without an owner
 * @ask: the drivers are to be asked, also if he had none
 */
struct resume {
	const void *owner;
	bool plain;
	bool ask;
};

/* Ends what it ends. True if anything was in the way until now. */
static bool drop(struct bpio_volume *vol, const struct resume *r, bool *ask)
{
	bool was;

	spin_lock(&vol->lock);
	was = vol->paused || vol->drivers.vetoed;
	*ask = bpio_pauses_drop(&vol->pauses, r->owner, 0) || r->ask;
	if (r->plain)
		vol->pauses.plain = false;
	*ask &= was && !bpio_pauses_first(&vol->pauses);
	spin_unlock(&vol->lock);
	return was;
}

/* True if nothing is in the way: perhaps a driver has paused when asked */
static bool run(struct bpio_volume *vol, struct bpio_result *result)
{
	const struct bpio_pauser *first;
	bool vetoed;

	spin_lock(&vol->lock);
	vetoed = vol->drivers.vetoed;
	first = bpio_pauses_first(&vol->pauses);
	if (first) {
		if (result)
			bpio_pause_refuse(result, BPIO_REASON_VOLUME_PAUSED,
					  first);
	} else {
		bpio_pauses_clear(&vol->pauses);
		WRITE_ONCE(vol->paused, false);
		if (result && vetoed)
			*result = vol->drivers.veto;
	}
	spin_unlock(&vol->lock);
	return !first && !vetoed;
}

/*
 * The drivers are asked before anything can arm again. True if something was in
 * the way and nothing is any more; else @result says who still objects.
 */
static bool resume(struct bpio_volume *vol, const struct resume *r,
		   struct bpio_result *result)
{
	bool was, ask, runs;

	mutex_lock(&vol->drivers.lock);
	was = drop(vol, r, &ask);
	if (ask)
		bpio_consent_again(vol);
	runs = run(vol, result) && was;
	mutex_unlock(&vol->drivers.lock);
	if (runs)
		trace_bpio_volume(vol->lower_sb, false);
	return runs;
}

/**
 * bpio_volume_resume() - the next reads may arm their files again (R51)
 * @vol: the mount; may be running
 * @owner: whose own pause ends, if he has one
 * @who: name of the program or module that asks
 * @pid: of the program, or 0
 * @results: zeroed; the storage half says who still pauses, or vetoes
 *
 * Context: Sleeps. Cannot fail.
 */
void bpio_volume_resume(struct bpio_volume *vol, const void *owner,
			const char *who, pid_t pid,
			struct bpio_results *results)
{
	const struct resume r = { .owner = owner, .plain = true, .ask = true };

	if (resume(vol, &r, &results->storage))
		bpio_event_volume(vol, BPIO_EVENT_VOLUME_RESUMED,
				  BPIO_REASON_NONE, who, pid, 0);
}

/**
 * bpio_volume_resume_own() - the same, but the pauses of all others go on
 * @vol: the mount
 * @owner: whose pause ends, if he has one
 * @who: his name, or ""
 *
 * Context: Sleeps. Cannot fail.
 */
void bpio_volume_resume_own(struct bpio_volume *vol, const void *owner,
			    const char *who)
{
	const struct resume r = { .owner = owner, .ask = true };

	if (resume(vol, &r, NULL))
		bpio_event_volume(vol, BPIO_EVENT_VOLUME_RESUMED,
				  BPIO_REASON_NONE, who, 0, 0);
}

/**
 * bpio_volume_forget() - an owner of pauses goes
 * @vol: the mount
 * @owner: who may not have one
 *
 * Context: Sleeps. Cannot fail.
 */
void bpio_volume_forget(struct bpio_volume *vol, const void *owner)
{
	const struct resume r = { .owner = owner };

	if (resume(vol, &r, NULL))
		bpio_event_volume(vol, BPIO_EVENT_VOLUME_RESUMED,
				  BPIO_REASON_NONE, "", 0, 0);
}

/**
 * bpio_volume_refuse_paused() - fill in an answer if the mount is paused
 * @vol: the mount
 * @result: of the storage half, as in bpio_refuse()
 *
 * Context: Any but interrupts.
 */
void bpio_volume_refuse_paused(struct bpio_volume *vol,
			       struct bpio_result *result)
{
	const struct bpio_pauser *pauser;

	spin_lock(&vol->lock);
	pauser = bpio_pauses_first(&vol->pauses);
	if (pauser)
		bpio_pause_refuse(result, BPIO_REASON_VOLUME_PAUSED, pauser);
	else if (vol->paused)
		/* Just being resumed: the drivers are asked */
		bpio_refuse(result, BPIO_REASON_VOLUME_PAUSED, BYPASSFS_NAME);
	spin_unlock(&vol->lock);
}

/**
 * bpio_volume_refuse() - fill in an answer if a filter blocks the mount (R72)
 * @vol: the mount
 * @result: of the filter half, as in bpio_refuse()
 *
 * Context: Any but interrupts.
 * Return: true if one does.
 */
bool bpio_volume_refuse(struct bpio_volume *vol, struct bpio_result *result)
{
	const struct bpio_block *block;

	spin_lock(&vol->lock);
	block = list_first_entry_or_null(&vol->blocks, struct bpio_block, node);
	if (block)
		bpio_refuse(result, BPIO_REASON_ATTACH_BLOCKED, block->who);
	spin_unlock(&vol->lock);
	return block;
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
