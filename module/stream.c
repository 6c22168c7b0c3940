// SPDX-License-Identifier: GPL-2.0
/*
 * Bypass state of one inode: who enabled it, is it armed, paused
 *
 * Overview
 *   A stream is armed while its lower file is frozen (freeze.c), has a map
 *   (map.c), and its gate is open (gate.c). It is armed by ENABLE, and again by
 *   the first read that finds it disarmed and nothing in the way. It is
 *   disarmed when the last handle is disabled, when the volume is paused, and
 *   when somebody is about to change the file through the mount (writer.c).
 *
 * Order
 *   arm:     register with writer.c, hold, check, map, state, gate open
 *   disarm:  gate close, drain, map, hold, state, deregister
 *   So whoever is inside the gate finds hold and map, and a writer who has found
 *   no stream to disarm finds none armed until he is done.
 *
 * Locking
 *   bpio_stream.lock > bpio_volume.lock, writer.c's buckets, and whatever the
 *   lower file system takes when a file is flushed and mapped. Callers may hold
 *   locks of the upper inode, none of the lower one. A reader never waits for
 *   @lock: who cannot have it takes the other path.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "dispatch.h"
#include "handle.h"
#include "lowerfs.h"
#include "map.h"
#include "stack.h"
#include "stream.h"
#include "trace.h"
#include "veto.h"
#include "writer.h"

/* What did not depend on a writer is not looked at again for this long */
#define RETRY_AFTER	(HZ / 10)

static void layout_broken(struct bp_layout_owner *owner)
{
	struct bpio_stream *st =
		container_of(owner, struct bpio_stream, hold.owner);

	bpio_gate_close(&st->gate, BPIO_GATE_BROKEN);
	trace_bpio_broken(st->lower, BPIO_REASON_LAYOUT_BROKEN);
}

/* For reads that may not wait; who holds the lock is at it already */
static struct workqueue_struct *background;

static void arm_work(struct work_struct *work)
{
	struct bpio_stream *st = container_of(work, struct bpio_stream, work);

	if (mutex_trylock(&st->lock)) {
		if (st->count)
			bpio_stream_arm(st);
		mutex_unlock(&st->lock);
	}
	if (READ_ONCE(st->want_len))
		bpio_visit_learn(st, READ_ONCE(st->want_pos),
				 READ_ONCE(st->want_len), false);
}

static struct bpio_stream *stream_new(struct inode *inode)
{
	struct bpio_stream *st = kzalloc(sizeof(*st), GFP_KERNEL_ACCOUNT);

	if (!st)
		return NULL;
	if (bpio_gate_init(&st->gate)) {
		kfree(st);
		return NULL;
	}
	st->inode = inode;
	st->lower = bypassfs_lower_inode(inode);
	st->vol = &bypassfs_sb(inode->i_sb)->vol;
	st->count_dio = st->vol->fs && !st->vol->fs->moves_denied;
	st->hold.owner.broken = layout_broken;
	st->hold.creds = bypassfs_sb(inode->i_sb)->creds;
	mutex_init(&st->lock);
	refcount_set(&st->refs, 1);
	INIT_LIST_HEAD(&st->handles);
	INIT_WORK(&st->work, arm_work);
	return st;
}

/**
 * bpio_stream_put() - give a reference back
 * @st: the stream
 *
 * Context: Any but interrupts.
 */
void bpio_stream_put(struct bpio_stream *st)
{
	if (!refcount_dec_and_test(&st->refs))
		return;
	bpio_gate_exit(&st->gate);
	mutex_destroy(&st->lock);
	kfree(st);
}

/**
 * bpio_stream_get() - the stream of an inode, made if there is none yet
 * @inode: upper inode of a regular file that the caller has open
 *
 * Context: May sleep.
 * Return: the stream, which lives as long as the inode, or NULL when memory
 * is short.
 */
struct bpio_stream *bpio_stream_get(struct inode *inode)
{
	struct bypassfs_inode *bi = bypassfs_inode(inode);
	struct bpio_stream *st = bypassfs_stream(bi);
	struct bpio_stream *old;

	if (st)
		return st;
	st = stream_new(inode);
	if (!st)
		return NULL;
	old = cmpxchg(&bi->stream, NULL, st);
	if (!old)
		return st;
	bpio_stream_put(st);
	return old;
}

/**
 * bpio_stream_free() - the inode goes
 * @bi: its last file was released long ago
 *
 * Context: May sleep.
 */
void bpio_stream_free(struct bypassfs_inode *bi)
{
	struct bpio_stream *st = bi->stream;

	if (!st)
		return;
	WARN_ON_ONCE(st->state != BPIO_STATE_IDLE || st->count);
	bi->stream = NULL;
	bpio_stream_put(st);
}

/**
 * bpio_stream_broken() - did the lower file system take the layout back?
 * @st: the stream
 *
 * Context: Any.
 * Return: true if it did and the stream was not disarmed since.
 */
bool bpio_stream_broken(const struct bpio_stream *st)
{
	return atomic_read(&st->gate.closed) & BPIO_GATE_BROKEN;
}

/* Any open file of the inode will do: they all name the same lower inode */
static struct file *any_lower(struct bpio_stream *st)
{
	return list_first_entry(&st->handles, struct bpio_handle, node)->lower;
}

static enum bpio_reason hold_and_map(struct bpio_stream *st)
{
	enum bpio_reason reason;

	/* The lease is taken after this, and can be broken from then on */
	bpio_gate_open(&st->gate, BPIO_GATE_BROKEN);
	reason = bpio_hold_take(&st->hold, any_lower(st), st->vol->fs);
	if (reason)
		return reason;
	reason = bpio_veto_layout(st->vol, st->hold.file);
	if (!reason) {
		st->map = bpio_map_new(st->lower);
		if (!st->map)
			reason = BPIO_REASON_NO_MEMORY;
	}
	if (reason)
		bpio_hold_drop(&st->hold);
	return reason;
}

static enum bpio_reason arm_idle(struct bpio_stream *st)
{
	enum bpio_reason reason;

	/*
	 * First without the hold: a file that will not do is not denied to
	 * writers for the moment that it takes to see that.
	 */
	reason = bpio_veto_storage(st->vol, any_lower(st));
	if (reason)
		return reason;
	bpio_state_move(&st->state, BPIO_STATE_ARMING);
	/* Pairs with disarm_all(): it sees us arming, or we see why not to */
	smp_mb();
	reason = BPIO_REASON_WRITER;
	if (READ_ONCE(st->vol->dead)) {
		reason = BPIO_REASON_SHUT_DOWN;
	} else if (READ_ONCE(st->vol->paused)) {
		reason = BPIO_REASON_VOLUME_PAUSED;
	} else if (bpio_writer_admit(st)) {
		reason = hold_and_map(st);
		if (reason)
			bpio_writer_forget(st);
	}
	if (reason) {
		bpio_state_move(&st->state, BPIO_STATE_IDLE);
		return reason;
	}
	bpio_state_move(&st->state, BPIO_STATE_ARMED);
	bpio_gate_open(&st->gate, BPIO_GATE_DISARMED);
	bpio_stream_pulse(&st->vol->pulse);
	return BPIO_REASON_NONE;
}

/**
 * bpio_stream_arm() - let enabled reads of a stream go to the disk
 * @st: has an enabled handle; its lock is held
 *
 * Context: Sleeps; see bpio_hold_take().
 * Return: BPIO_REASON_NONE if it is armed now, or why it is not.
 */
enum bpio_reason bpio_stream_arm(struct bpio_stream *st)
{
	lockdep_assert_held(&st->lock);

	if (st->state == BPIO_STATE_ARMED) {
		if (!bpio_stream_broken(st))
			return BPIO_REASON_NONE;
		bpio_stream_disarm(st);
	}
	st->reason = arm_idle(st);
	st->retry = jiffies + RETRY_AFTER;
	trace_bpio_arm(st->lower, st->reason);
	return st->reason;
}

/**
 * bpio_stream_disarm() - no read of a stream goes to the disk from now on
 * @st: its lock is held; nothing to do is no error
 *
 * Context: Sleeps until the reads in flight are done. Cannot fail.
 */
void bpio_stream_disarm(struct bpio_stream *st)
{
	lockdep_assert_held(&st->lock);

	if (st->state != BPIO_STATE_ARMED)
		return;
	bpio_state_move(&st->state, BPIO_STATE_DRAINING);
	bpio_gate_close(&st->gate, BPIO_GATE_DISARMED);
	bpio_gate_drain(&st->gate);
	bpio_map_free(st->map);
	st->map = NULL;
	bpio_hold_drop(&st->hold);
	bpio_state_move(&st->state, BPIO_STATE_IDLE);
	bpio_writer_forget(st);
	trace_bpio_disarm(st->lower, BPIO_REASON_NONE);
}

/**
 * bpio_stream_rearm() - a read found the gate closed: can that be changed?
 * @st: the stream
 * @nowait: the read may not wait, so somebody else shall do it
 *
 * Context: Sleeps unless @nowait.
 * Return: BPIO_REASON_NONE if the gate is worth another try, or why not.
 */
enum bpio_reason bpio_stream_rearm(struct bpio_stream *st, bool nowait)
{
	enum bpio_reason last = READ_ONCE(st->reason), reason;

	if (!st->vol->fs)
		return last ?: BPIO_REASON_FS_UNSUPPORTED;
	if (READ_ONCE(st->vol->paused))
		return BPIO_REASON_VOLUME_PAUSED;
	if (atomic_read(&st->lower->i_writecount) > 0)
		return BPIO_REASON_WRITER;
	if (last && last != BPIO_REASON_WRITER &&
	    last != BPIO_REASON_VOLUME_PAUSED &&
	    time_before(jiffies, READ_ONCE(st->retry)))
		return last;
	if (nowait) {
		bpio_stream_kick(st);
		return BPIO_REASON_REARMING;
	}
	if (!mutex_trylock(&st->lock))
		return BPIO_REASON_REARMING;
	/* Disabled since the read began? Then nobody would disarm it */
	reason = st->count ? bpio_stream_arm(st) : BPIO_REASON_NOT_ENABLED;
	mutex_unlock(&st->lock);
	return reason;
}

/**
 * bpio_stream_kick() - have it armed, and its map filled, in the background
 * @st: the stream; the caller is a read of one of its handles
 *
 * Context: Any.
 */
void bpio_stream_kick(struct bpio_stream *st)
{
	queue_work(background, &st->work);
}

/**
 * bpio_stream_pulse() - have a volume looked at in a second
 * @work: of the volume
 *
 * Context: Any.
 */
void bpio_stream_pulse(struct delayed_work *work)
{
	queue_delayed_work(background, work, HZ);
}

/* What was inside the gate is out when this returns; new reads may be inside */
static void drain(struct bpio_stream *st)
{
	bpio_gate_close(&st->gate, BPIO_GATE_DRAINING);
	bpio_gate_drain(&st->gate);
	bpio_gate_open(&st->gate, BPIO_GATE_DRAINING);
}

/**
 * bpio_stream_attach() - a handle of the stream was made
 * @st: the stream
 * @h: the handle
 * @slot: where the open file keeps it; may have been filled meanwhile
 *
 * Context: Sleeps.
 * Return: false if it had, and then nothing has changed.
 */
bool bpio_stream_attach(struct bpio_stream *st, struct bpio_handle *h,
			struct bpio_handle **slot)
{
	bool attach;

	mutex_lock(&st->lock);
	attach = !*slot;
	if (attach) {
		list_add(&h->node, &st->handles);
		spin_lock(&st->vol->lock);
		list_add(&h->vol_node, &st->vol->handles);
		spin_unlock(&st->vol->lock);
		/* Pairs with bypassfs_handle() */
		smp_store_release(slot, h);
	}
	mutex_unlock(&st->lock);
	return attach;
}

/**
 * bpio_stream_detach() - a handle of the stream goes, its counts stay
 * @st: the stream
 * @h: the handle, disabled, with no read in flight
 *
 * Context: Sleeps.
 */
void bpio_stream_detach(struct bpio_stream *st, struct bpio_handle *h)
{
	struct bpio_counts sum = {};
	bool last;

	bpio_counts_sum(&sum, h->counts);
	mutex_lock(&st->lock);
	list_del(&h->node);
	last = list_empty(&st->handles);
	spin_lock(&st->vol->lock);
	list_del(&h->vol_node);
	bpio_counts_add(&st->retired, &sum);
	bpio_counts_add(&st->vol->retired, &sum);
	spin_unlock(&st->vol->lock);
	mutex_unlock(&st->lock);
	/* Only reads of its handles start it, and there are none left */
	if (last)
		cancel_work_sync(&st->work);
}

static void count_enabled(struct bpio_stream *st, struct bpio_handle *h,
			  int change)
{
	WRITE_ONCE(h->enabled, change > 0);
	WRITE_ONCE(st->count, st->count + change);
	spin_lock(&st->vol->lock);
	WRITE_ONCE(st->vol->active, st->vol->active + change);
	spin_unlock(&st->vol->lock);
}

/**
 * bpio_stream_enable() - one more handle is enabled, and armed if possible
 * @st: the stream
 * @h: one of its handles; if it is enabled already nothing changes (R17)
 *
 * Context: Sleeps.
 * Return: BPIO_REASON_NONE if it is armed, or why it is not.
 */
enum bpio_reason bpio_stream_enable(struct bpio_stream *st,
				    struct bpio_handle *h)
{
	enum bpio_reason reason;

	mutex_lock(&st->lock);
	if (!h->enabled)
		count_enabled(st, h, 1);
	reason = bpio_stream_arm(st);
	mutex_unlock(&st->lock);
	return reason;
}

/**
 * bpio_stream_disable() - one handle less, and none of its reads in flight
 * @st: the stream
 * @h: one of its handles; if it is not enabled nothing changes (R37)
 *
 * Context: Sleeps until the stream's reads in flight are done (R39). Cannot
 * fail (R38).
 */
void bpio_stream_disable(struct bpio_stream *st, struct bpio_handle *h)
{
	mutex_lock(&st->lock);
	if (h->enabled) {
		count_enabled(st, h, -1);
		if (st->count) {
			drain(st);
		} else {
			bpio_stream_disarm(st);
			WRITE_ONCE(st->paused, false);
			st->pause_count = 0;
		}
	}
	mutex_unlock(&st->lock);
}

/**
 * bpio_stream_pause() - no read of the stream skips a filter on return (R55)
 * @st: ignored if no handle is enabled (R57)
 *
 * Context: Sleeps until the reads in flight are done. Cannot fail (R59).
 */
void bpio_stream_pause(struct bpio_stream *st)
{
	mutex_lock(&st->lock);
	if (st->count) {
		WRITE_ONCE(st->paused, true);
		st->pause_count++;
		drain(st);
	}
	mutex_unlock(&st->lock);
}

/**
 * bpio_stream_resume() - reads of the stream may skip the filters again (R61)
 * @st: ignored if not paused
 *
 * Context: Sleeps. Cannot fail.
 */
void bpio_stream_resume(struct bpio_stream *st)
{
	mutex_lock(&st->lock);
	WRITE_ONCE(st->paused, false);
	st->pause_count = 0;
	mutex_unlock(&st->lock);
}

/**
 * bpio_stream_init() - at module load
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int bpio_stream_init(void)
{
	background = alloc_workqueue("bypassfs", WQ_UNBOUND, 0);
	return background ? 0 : -ENOMEM;
}

/**
 * bpio_stream_exit() - at module unload; no stream is left
 *
 * Context: May sleep.
 */
void bpio_stream_exit(void)
{
	destroy_workqueue(background);
}
