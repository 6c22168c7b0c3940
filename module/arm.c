// SPDX-License-Identifier: GPL-2.0
/*
 * Arm and disarm the storage half of a stream
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
 *   So whoever is inside the gate finds hold and map, and a writer who has
 *   found no stream to disarm finds none armed until he is done.
 */
#include <linux/fs.h>
#include <linux/jiffies.h>

#include "dispatch.h"
#include "handle.h"
#include "lowerfs.h"
#include "map.h"
#include "stream.h"
#include "trace.h"
#include "veto.h"
#include "volume.h"
#include "watch.h"
#include "writer.h"

/* What did not depend on a writer is not looked at again for this long */
#define RETRY_AFTER	(HZ / 10)

static struct workqueue_struct *background;

static void layout_broken(struct bp_layout_owner *owner)
{
	struct bpio_stream *st =
		container_of(owner, struct bpio_stream, hold.owner);

	bpio_gate_close(&st->gate, BPIO_GATE_BROKEN);
	trace_bpio_broken(st->lower, BPIO_REASON_LAYOUT_BROKEN);
	bpio_event_stream(st, BPIO_EVENT_BROKEN, BPIO_REASON_LAYOUT_BROKEN, "",
			  0, st->pauses.count);
	/* Who breaks it waits for reads that may wait for somebody to look */
	if (READ_ONCE(st->polled))
		queue_work(background, &st->broken_work);
}

/* Looks until all are out. @work could be waiting for who broke it. */
static void broken_work(struct work_struct *work)
{
	struct bpio_stream *st =
		container_of(work, struct bpio_stream, broken_work);

	mutex_lock(&st->lock);
	if (bpio_stream_broken(st))
		bpio_stream_disarm(st, BPIO_REASON_LAYOUT_BROKEN);
	mutex_unlock(&st->lock);
}

/* For reads that may not wait; who holds the lock is at it already */
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

/**
 * bpio_stream_prepare() - a new stream: who is called when, on what it depends
 * @st: the stream
 *
 * Context: Any.
 */
void bpio_stream_prepare(struct bpio_stream *st)
{
	st->hold.owner.broken = layout_broken;
	INIT_WORK(&st->work, arm_work);
	INIT_WORK(&st->broken_work, broken_work);
}

/**
 * bpio_stream_polled() - its first polled read is about to be sent
 * @st: the stream; the caller is inside
 *
 * Context: Any.
 */
void bpio_stream_polled(struct bpio_stream *st)
{
	WRITE_ONCE(st->polled, true);
	/* Pairs with bpio_gate_close(): layout_broken() sees this, or we see that */
	smp_mb();
	if (bpio_stream_broken(st))
		queue_work(background, &st->broken_work);
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

/**
 * bpio_stream_lower() - an open lower file
 * @st: its lock is held
 *
 * Any open file of the inode will do: they all name the same lower inode.
 *
 * Context: Any.
 * Return: borrowed from a handle; NULL if it has none.
 */
struct file *bpio_stream_lower(struct bpio_stream *st)
{
	struct bpio_handle *h;

	lockdep_assert_held(&st->lock);
	h = list_first_entry_or_null(&st->handles, struct bpio_handle, node);
	return h ? h->lower : NULL;
}

static enum bpio_reason hold_and_map(struct bpio_stream *st)
{
	enum bpio_reason reason;

	/* The lease is taken after this, and can be broken from then on */
	bpio_gate_open(&st->gate, BPIO_GATE_BROKEN);
	reason = bpio_hold_take(&st->hold, bpio_stream_lower(st), st->vol->fs);
	if (reason)
		return reason;
	reason = bpio_veto_layout(st->vol, st->hold.file, NULL);
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
	reason = bpio_veto_storage(st->vol, bpio_stream_lower(st), NULL);
	if (reason)
		return reason;
	bpio_state_move(&st->state, BPIO_STATE_ARMING);
	/* Pairs with bpio_volume_disarm(): it sees that, or we see why not */
	smp_mb();
	reason = BPIO_REASON_WRITER;
	if (READ_ONCE(st->vol->dead)) {
		reason = BPIO_REASON_SHUT_DOWN;
	} else if (READ_ONCE(st->vol->paused)) {
		reason = BPIO_REASON_VOLUME_PAUSED;
	} else if (READ_ONCE(st->vol->drivers.vetoed)) {
		reason = BPIO_REASON_VOLUME_VETOED;
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
		bpio_stream_disarm(st, BPIO_REASON_LAYOUT_BROKEN);
	}
	st->reason = arm_idle(st);
	st->retry = jiffies + RETRY_AFTER;
	trace_bpio_arm(st->lower, st->reason);
	if (!st->reason)
		bpio_event_stream(st, BPIO_EVENT_ARMED, BPIO_REASON_NONE, "", 0,
				  st->pauses.count);
	return st->reason;
}

/**
 * bpio_stream_disarm() - no read of a stream goes to the disk from now on
 * @st: its lock is held; nothing to do is no error
 * @why: what it makes way for
 *
 * Context: Sleeps until the reads in flight are done. Cannot fail.
 */
void bpio_stream_disarm(struct bpio_stream *st, enum bpio_reason why)
{
	lockdep_assert_held(&st->lock);

	if (st->state != BPIO_STATE_ARMED)
		return;
	bpio_state_move(&st->state, BPIO_STATE_DRAINING);
	bpio_gate_close(&st->gate, BPIO_GATE_DISARMED);
	bpio_stream_drain_gate(st);
	bpio_map_free(st->map);
	st->map = NULL;
	bpio_hold_drop(&st->hold);
	bpio_state_move(&st->state, BPIO_STATE_IDLE);
	bpio_writer_forget(st);
	trace_bpio_disarm(st->lower, why);
	bpio_event_stream(st, BPIO_EVENT_DISARMED, why, "", 0,
			  st->pauses.count);
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
	if (READ_ONCE(st->vol->drivers.vetoed))
		return BPIO_REASON_VOLUME_VETOED;
	if (atomic_read(&st->lower->i_writecount) > 0)
		return BPIO_REASON_WRITER;
	if (last && last != BPIO_REASON_WRITER &&
	    last != BPIO_REASON_VOLUME_PAUSED &&
	    last != BPIO_REASON_VOLUME_VETOED &&
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

/**
 * bpio_arm_init() - at module load
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int bpio_arm_init(void)
{
	background = alloc_workqueue("bypassfs", WQ_UNBOUND, 0);
	return background ? 0 : -ENOMEM;
}

/**
 * bpio_arm_exit() - at module unload; no stream is left
 *
 * Context: May sleep.
 */
void bpio_arm_exit(void)
{
	destroy_workqueue(background);
}
