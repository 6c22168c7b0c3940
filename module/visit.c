// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a read into the gate, and what it finds there
 *
 * A visit begins before the map is looked at and ends when the last byte has
 * arrived. In between hold and map are there, and the lower file stands still.
 *
 * What may block for as long as a user likes (faulting in his buffer) is done
 * before, since a drain waits for all visits: see buffer.c.
 */
#include <linux/fs.h>

#include "dispatch.h"
#include "handle.h"
#include "map.h"
#include "stream.h"
#include "visit.h"
#include "volume.h"

/*
 * A read is counted as direct I/O of the lower inode where the lower file system
 * can change the layout: see the end of freeze.c's banner
 */
static enum bpio_reason enter(struct bpio_stream *st)
{
	bool inside;

	if (unlikely(bpio_gate_closed(&st->gate)))
		return BPIO_REASON_REARMING;
	if (!st->count_dio)
		return bpio_gate_enter(&st->gate) ? BPIO_REASON_NONE :
						    BPIO_REASON_REARMING;
	/*
	 * Who has the inode's lock may be waiting for the count to become 0,
	 * and shall not have to wait for ever
	 */
	if (!inode_trylock_shared(st->lower))
		return BPIO_REASON_LAYOUT_BROKEN;
	/* First the count, then the gate */
	inode_dio_begin(st->lower);
	inside = bpio_gate_enter(&st->gate);
	inode_unlock_shared(st->lower);
	if (inside)
		return BPIO_REASON_NONE;
	inode_dio_end(st->lower);
	return BPIO_REASON_REARMING;
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
	enum bpio_reason reason = enter(st);

	if (likely(reason != BPIO_REASON_REARMING))
		return reason;
	reason = bpio_stream_rearm(st, nowait);
	return reason ?: enter(st);
}

/**
 * bpio_visit_check() - is there still nothing against reading the disk?
 * @h: the handle; the caller is inside
 * @route: set
 *
 * What DISABLE, STREAM_PAUSE and a filter that attaches change is looked at
 * here, where they wait for who has seen the old: a read that filters have to
 * see, and have not, turns round.
 *
 * Context: Any.
 * Return: true if there is nothing.
 */
bool bpio_visit_check(const struct bpio_handle *h, struct bpio_route *route)
{
	const struct bpio_stream *st = h->stream;

	if (!route->seen)
		route->filtered = bpio_stream_filtered(st);
	route->path = route->filtered ? BPIO_PATH_LOWER_SKIPPED :
					BPIO_PATH_FULL;
	if (unlikely(route->filtered && !route->seen &&
		     bpio_gate_closed(&st->vol->filtering.plain_reads)))
		route->reason = route->filtered;
	else if (unlikely(!READ_ONCE(h->enabled)))
		route->reason = BPIO_REASON_NOT_ENABLED;
	else if (unlikely(IS_VERITY(st->lower)))
		route->reason = BPIO_REASON_VERITY;
	else if (unlikely(!bpio_visit_clean(st)))
		route->reason = BPIO_REASON_WRITER;
	else
		route->reason = BPIO_REASON_NONE;
	return !route->reason;
}

static bool closed(void *arg)
{
	struct bpio_stream *st = arg;

	return bpio_gate_closed(&st->gate);
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
		bpio_stream_kick(st);
		return BPIO_REASON_NOWAIT;
	}
	if (bpio_gate_closed(&st->gate) || !bpio_gate_enter(&st->gate))
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
