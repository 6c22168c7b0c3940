// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a read into the gate, and what it finds there
 *
 * A visit begins before the map is looked at and ends when the last byte has
 * arrived. In between hold and map are there, and the lower file stands still.
 *
 * What may block for as long as a user likes (faulting in his buffer) is done
 * before, since a drain waits for all visits.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/workqueue.h>

#include "dispatch.h"
#include "map.h"
#include "stream.h"

static bool enter(struct bpio_stream *st)
{
	/* First the count, then the gate: see the end of freeze.c's banner */
	if (st->count_dio)
		inode_dio_begin(st->lower);
	if (likely(bpio_gate_enter(&st->gate)))
		return true;
	if (st->count_dio)
		inode_dio_end(st->lower);
	return false;
}

/**
 * bpio_visit_begin() - go in, and have the stream armed first if need be
 * @st: the stream
 * @nowait: do not sleep
 *
 * Context: Sleeps unless @nowait; see bpio_stream_rearm().
 * Return: BPIO_REASON_NONE when inside: the caller calls bpio_visit_end(), in
 * any context; or why not.
 */
enum bpio_reason bpio_visit_begin(struct bpio_stream *st, bool nowait)
{
	enum bpio_reason reason;

	if (likely(enter(st)))
		return BPIO_REASON_NONE;
	reason = bpio_stream_rearm(st, nowait);
	if (reason)
		return reason;
	return enter(st) ? BPIO_REASON_NONE : BPIO_REASON_REARMING;
}

/**
 * bpio_visit_end() - come out
 * @st: the stream; the caller holds an open file of it beyond this call
 *
 * Context: Any.
 */
void bpio_visit_end(struct bpio_stream *st)
{
	if (st->count_dio)
		inode_dio_end(st->lower);
	bpio_gate_leave(&st->gate);
}

/**
 * bpio_visit_check() - is there still nothing against reading the disk?
 * @st: the stream; the caller is inside
 *
 * Two things get past the write denial: fs-verity can be switched on, and pages
 * that were pinned for writing before it can still be dirtied.
 *
 * Context: Any.
 * Return: BPIO_REASON_NONE, or why not.
 */
enum bpio_reason bpio_visit_check(const struct bpio_stream *st)
{
	struct address_space *mapping = st->lower->i_mapping;

	if (unlikely(IS_VERITY(st->lower)))
		return BPIO_REASON_VERITY;
	if (unlikely(mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) ||
		     mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK)))
		return BPIO_REASON_WRITER;
	return BPIO_REASON_NONE;
}

static bool closed(void *arg)
{
	struct bpio_stream *st = arg;

	return atomic_read(&st->gate.closed);
}

/**
 * bpio_visit_learn() - fill in the map where a read has found nothing
 * @st: the stream
 * @pos: bytes
 * @len: bytes
 * @nowait: have it done in the background
 *
 * The caller is not inside. It looks again afterwards, from the beginning: this
 * goes in without the direct-I/O count, since asking for blocks may take the
 * lower inode's lock, whose holders wait for that count.
 *
 * Context: Sleeps unless @nowait; can be killed.
 * Return: BPIO_REASON_NONE, or why it is not worth another look.
 */
enum bpio_reason bpio_visit_learn(struct bpio_stream *st, u64 pos, u64 len,
				  bool nowait)
{
	int ret;

	if (nowait) {
		WRITE_ONCE(st->want_pos, pos);
		WRITE_ONCE(st->want_len, len);
		queue_work(system_unbound_wq, &st->work);
		return BPIO_REASON_NOWAIT;
	}
	if (!bpio_gate_enter(&st->gate))
		return BPIO_REASON_REARMING;
	bpio_gate_visit_begin(&st->gate);
	ret = bpio_map_fill(st->map, pos, len, closed, st);
	bpio_gate_visit_end(&st->gate);
	bpio_gate_leave(&st->gate);
	switch (ret) {
	case 0:
		return BPIO_REASON_NONE;
	case -ENOMEM:
		return BPIO_REASON_NO_MEMORY;
	case -EFBIG:
		return BPIO_REASON_MAP_FULL;
	case -EINTR:
		return BPIO_REASON_REARMING;
	default:
		return BPIO_REASON_IO_ERROR;
	}
}
