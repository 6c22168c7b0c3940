// SPDX-License-Identifier: GPL-2.0
/*
 * Bypass state of one inode, and who has enabled it
 *
 * Halves
 *   The storage half is armed and disarmed by arm.c, the filter half paused by
 *   pause.c. This is who has enabled it: the stream is made by the first ENABLE
 *   of an inode, and lives as long as the inode does.
 *
 * Locking
 *   bpio_stream.lock > bpio_volume.lock, writer.c's buckets, and whatever the
 *   lower file system takes when a file is flushed and mapped. Callers may hold
 *   locks of the upper inode, none of the lower one. A reader never waits for
 *   @lock: who cannot have it takes the other path. The lock of volume drivers
 *   (consent.c) is outside of all of these.
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "dispatch.h"
#include "handle.h"
#include "lowerfs.h"
#include "stack.h"
#include "stream.h"
#include "watch.h"

static struct bpio_stream *stream_new(struct inode *inode)
{
	struct bpio_stream *st = kzalloc(sizeof(*st), GFP_KERNEL_ACCOUNT);

	if (!st)
		return NULL;
	if (bpio_gate_init(&st->gate))
		goto out_free;
	if (bpio_gate_init(&st->skip))
		goto out_gate;
	st->inode = inode;
	st->lower = bypassfs_lower_inode(inode);
	st->vol = &bypassfs_sb(inode->i_sb)->vol;
	st->count_dio = st->vol->fs && !st->vol->fs->moves_denied;
	st->hold.creds = bypassfs_sb(inode->i_sb)->creds;
	mutex_init(&st->lock);
	refcount_set(&st->refs, 1);
	mutex_init(&st->skip_lock);
	INIT_LIST_HEAD(&st->handles);
	bpio_pauses_init(&st->pauses);
	bpio_stream_prepare(st);
	bpio_gate_open(&st->skip, BPIO_GATE_DISARMED);
	return st;

out_gate:
	bpio_gate_exit(&st->gate);
out_free:
	kfree(st);
	return NULL;
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
	bpio_pauses_clear(&st->pauses);
	bpio_gate_close(&st->skip, BPIO_GATE_DISARMED);
	bpio_gate_exit(&st->skip);
	bpio_gate_exit(&st->gate);
	mutex_destroy(&st->skip_lock);
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
 * bpio_stream_drain_gate() - wait until nobody is inside the gate
 * @st: its lock is held, its gate is closed and stays so
 *
 * A polled read comes out when somebody looks whether it is done, and its
 * sender may be who waits here.
 *
 * Context: Sleeps. Cannot fail.
 */
void bpio_stream_drain_gate(struct bpio_stream *st)
{
	struct bpio_handle *h;

	lockdep_assert_held(&st->lock);

	while (!bpio_gate_drain_for(&st->gate, READ_ONCE(st->polled) ? 1 :
							HZ / 10))
		list_for_each_entry(h, &st->handles, node)
			bpio_dio_poll(h);
}

/**
 * bpio_stream_drain() - what is inside the gate now is out on return
 * @st: its lock is held
 *
 * Context: Sleeps. New reads may be inside again.
 */
void bpio_stream_drain(struct bpio_stream *st)
{
	lockdep_assert_held(&st->lock);

	bpio_gate_close(&st->gate, BPIO_GATE_DRAINING);
	bpio_stream_drain_gate(st);
	bpio_gate_open(&st->gate, BPIO_GATE_DRAINING);
}

/**
 * bpio_stream_drain_skip() - what is inside the skip gate now is out on return
 * @st: its lock is not held: see pause.c
 *
 * Context: Sleeps. New reads may be inside again, unless it is closed.
 */
void bpio_stream_drain_skip(struct bpio_stream *st)
{
	mutex_lock(&st->skip_lock);
	bpio_gate_close(&st->skip, BPIO_GATE_DRAINING);
	bpio_gate_drain(&st->skip);
	bpio_gate_open(&st->skip, BPIO_GATE_DRAINING);
	mutex_unlock(&st->skip_lock);
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
		/* Pairs with bpio_attach_block(): it sees us, or we see it */
		if (list_empty(&st->vol->blocks))
			bpio_gate_open(&st->skip, BPIO_GATE_BLOCKED);
		else
			bpio_gate_close(&st->skip, BPIO_GATE_BLOCKED);
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
	if (!last)
		return;
	cancel_work_sync(&st->work);
	/* It was disarmed with the last of them. What a new one needs is not cancelled. */
	flush_work(&st->broken_work);
}

static void set_opens(struct bpio_stream *st)
{
	WRITE_ONCE(st->opens, st->count + st->asking);
	if (st->opens)
		return;
	/* Nobody is left whom a pause could stop */
	bpio_pauses_clear(&st->pauses);
	bpio_gate_open(&st->skip, BPIO_GATE_PAUSED);
}

/**
 * bpio_stream_ask() - others are about to be asked about an ENABLE
 * @st: the stream
 *
 * From now on it counts, for pauses and for those who look at the count. So
 * whoever sees to it that it is vetoed from now on, and then finds nobody
 * counted, knows that nobody who was asked before will be enabled.
 *
 * Context: Sleeps.
 */
void bpio_stream_ask(struct bpio_stream *st)
{
	mutex_lock(&st->lock);
	if (!st->asking++) {
		spin_lock(&st->vol->lock);
		list_add(&st->ask_node, &st->vol->asked);
		spin_unlock(&st->vol->lock);
	}
	set_opens(st);
	mutex_unlock(&st->lock);
	/* Pairs with bpio_open_count(): it counts us, or we are vetoed */
	smp_mb();
}

/**
 * bpio_stream_answered() - they were, and it is enabled or not
 * @st: the stream
 *
 * Context: Sleeps.
 */
void bpio_stream_answered(struct bpio_stream *st)
{
	mutex_lock(&st->lock);
	if (!--st->asking) {
		spin_lock(&st->vol->lock);
		list_del(&st->ask_node);
		spin_unlock(&st->vol->lock);
	}
	set_opens(st);
	mutex_unlock(&st->lock);
}

static void count_enabled(struct bpio_stream *st, struct bpio_handle *h,
			  int change)
{
	WRITE_ONCE(h->enabled, change > 0);
	WRITE_ONCE(st->count, st->count + change);
	WRITE_ONCE(st->opens, st->count + st->asking);
	spin_lock(&st->vol->lock);
	WRITE_ONCE(st->vol->active, st->vol->active + change);
	spin_unlock(&st->vol->lock);
	bpio_event_stream(st, change > 0 ? BPIO_EVENT_ENABLED :
			  BPIO_EVENT_DISABLED, BPIO_REASON_NONE, "",
			  change > 0 ? task_tgid_nr(current) : 0,
			  st->count ? st->pauses.count : 0);
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
	bool already;

	/* Volume drivers may take their time: asked under no lock of ours */
	bpio_consent_get(st->vol);
	mutex_lock(&st->lock);
	already = h->enabled;
	if (!already)
		count_enabled(st, h, 1);
	reason = bpio_stream_arm(st);
	mutex_unlock(&st->lock);
	if (already)
		bpio_consent_put(st->vol);
	return reason;
}

/**
 * bpio_stream_disable() - one handle less, and none of its reads in flight
 * @st: the stream
 * @h: one of its handles; if it is not enabled nothing changes (R37)
 * @closed: the open file is gone, and so are its reads
 *
 * Context: Sleeps until the stream's reads in flight are done (R39). Cannot
 * fail (R38).
 */
void bpio_stream_disable(struct bpio_stream *st, struct bpio_handle *h,
			 bool closed)
{
	bool was;

	mutex_lock(&st->lock);
	was = h->enabled;
	if (was) {
		count_enabled(st, h, -1);
		if (!st->count)
			bpio_stream_disarm(st, BPIO_REASON_NOT_ENABLED);
		else if (!closed)
			bpio_stream_drain(st);
		set_opens(st);
	}
	mutex_unlock(&st->lock);
	if (was)
		bpio_consent_put(st->vol);
	/* Even if another task has disabled it: he may still be waiting */
	if (!closed)
		bpio_stream_drain_skip(st);
}
