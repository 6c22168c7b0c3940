// SPDX-License-Identifier: GPL-2.0
/*
 * Filters that must see each read of a mount
 *
 * A filter that does not support the bypass keeps the filter half of the whole
 * mount from being bypassed for as long as it is attached (R71). The storage
 * half goes on: what the filter has seen may come straight from the disk.
 *
 * The block is there before any stream is looked at, and a stream that comes
 * into the mount looks at the block, both under the volume's lock. So none is
 * missed. Then each is drained, one after the other, under no lock but that of
 * those who attach.
 */
#include <linux/export.h>
#include <linux/fs.h>

#include "attach.h"
#include "filter.h"
#include "handle.h"
#include "stack.h"
#include "stream.h"
#include "volume.h"

/* Context: under the volume's lock. Says so to all streams; twice is no harm. */
static void tell_streams(struct bpio_volume *vol, bool blocked)
{
	struct bpio_handle *h;

	list_for_each_entry(h, &vol->handles, vol_node) {
		if (blocked)
			bpio_gate_close(&h->stream->skip, BPIO_GATE_BLOCKED);
		else
			bpio_gate_open(&h->stream->skip, BPIO_GATE_BLOCKED);
	}
}

static struct bpio_stream *find_stream(struct bpio_volume *vol,
				       unsigned int round)
{
	struct bpio_stream *st;
	struct bpio_handle *h;

	list_for_each_entry(h, &vol->handles, vol_node)
		if (h->stream->round != round)
			return h->stream;
	list_for_each_entry(st, &vol->asked, ask_node)
		if (st->round != round)
			return st;
	return NULL;
}

/* A stream that this round has not come to yet, with a reference, or NULL */
static struct bpio_stream *next_stream(struct bpio_volume *vol,
				       unsigned int round)
{
	struct bpio_stream *next;

	spin_lock(&vol->lock);
	next = find_stream(vol, round);
	if (next) {
		next->round = round;
		refcount_inc(&next->refs);
	}
	spin_unlock(&vol->lock);
	return next;
}

/* Context: under @attaching, which makes a round of it */
static void each_stream(struct bpio_volume *vol,
			void (*fn)(struct bpio_stream *st, const void *arg),
			const void *arg)
{
	unsigned int round = ++vol->round;
	struct bpio_stream *st;

	while ((st = next_stream(vol, round))) {
		fn(st, arg);
		bpio_stream_put(st);
	}
}

/**
 * bpio_attach_each_stream() - for each stream that has handles, or will have
 * @vol: the mount
 * @fn: what to do, once for each
 * @arg: for @fn
 *
 * Context: Sleeps; @fn under no lock but that of those who attach.
 */
void bpio_attach_each_stream(struct bpio_volume *vol,
			     void (*fn)(struct bpio_stream *st, const void *arg),
			     const void *arg)
{
	mutex_lock(&vol->attaching);
	each_stream(vol, fn, arg);
	mutex_unlock(&vol->attaching);
}

static void drain(struct bpio_stream *st, const void *arg)
{
	mutex_lock(&st->lock);
	bpio_stream_drain(st);
	mutex_unlock(&st->lock);
}

/**
 * bpio_attach_drain() - what goes to the disk on its own now is done on return
 * @vol: the mount
 *
 * Context: Sleeps.
 */
void bpio_attach_drain(struct bpio_volume *vol)
{
	bpio_attach_each_stream(vol, drain, NULL);
}

static void drain_both(struct bpio_stream *st, const void *arg)
{
	drain(st, arg);
	bpio_stream_drain_skip(st);
}

/**
 * bpio_attach_block() - keep reads of a mount from skipping filters (R71)
 * @sb: super block of a bypassfs mount, which the caller keeps
 * @block: with @who set; the core's until bpio_attach_unblock()
 *
 * On return no read that skips filters is in flight and none starts. Readers
 * see no error. ENABLE and QUERY are refused in the name of @block->who, and
 * handles that are enabled stay so. Further blocks may come; the first is
 * named.
 *
 * Context: Sleeps until the reads in flight are done. The caller holds no lock
 * that a read takes.
 * Return: 0, or -EINVAL if @sb is not a bypassfs mount, or there is no name.
 */
int bpio_attach_block(struct super_block *sb, struct bpio_block *block)
{
	struct bpio_volume *vol = bypassfs_volume(sb);

	if (!vol || !block->who || !*block->who)
		return -EINVAL;
	mutex_lock(&vol->attaching);
	spin_lock(&vol->lock);
	list_add_tail(&block->node, &vol->blocks);
	tell_streams(vol, true);
	spin_unlock(&vol->lock);
	each_stream(vol, drain_both, NULL);
	mutex_unlock(&vol->attaching);
	bpio_event_volume(vol, BPIO_EVENT_ATTACH_BLOCKED,
			  BPIO_REASON_ATTACH_BLOCKED, block->who, 0,
			  vol->pauses.count);
	return 0;
}
EXPORT_SYMBOL_GPL(bpio_attach_block);

/**
 * bpio_attach_unblock() - the opposite (R73)
 * @sb: as given to bpio_attach_block()
 * @block: likewise; the caller's again on return
 *
 * When the last block is gone, handles that are enabled bypass again, without a
 * new ENABLE.
 *
 * Context: May sleep.
 */
void bpio_attach_unblock(struct super_block *sb, struct bpio_block *block)
{
	struct bpio_volume *vol = bypassfs_volume(sb);

	if (WARN_ON_ONCE(!vol))
		return;
	mutex_lock(&vol->attaching);
	spin_lock(&vol->lock);
	list_del(&block->node);
	if (list_empty(&vol->blocks))
		tell_streams(vol, false);
	spin_unlock(&vol->lock);
	mutex_unlock(&vol->attaching);
	bpio_event_volume(vol, BPIO_EVENT_ATTACH_UNBLOCKED, BPIO_REASON_NONE,
			  block->who, 0, vol->pauses.count);
}
EXPORT_SYMBOL_GPL(bpio_attach_unblock);
