// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the four paths a read takes
 *
 *   not enabled, or not O_DIRECT ---------------> traditional
 *   enabled: to the disk, if short.c or
 *	      dispatch.c can --------------------> full (lower-skipped when the
 *						   stream is paused)
 *	      and if not, for any reason --------> filters-skipped (traditional
 *						   when the stream is paused)
 *
 * The left column is seen.c's, where filters see the read if there are any.
 * What dispatch.c cannot do, or cannot finish, the other path does from there,
 * and so the read returns what the other path would have returned alone.
 */
#include <linux/fs.h>
#include <linux/uio.h>

#include "dispatch.h"
#include "handle.h"
#include "seen.h"
#include "skip.h"
#include "stack.h"
#include "stream.h"
#include "trace.h"

/**
 * bpio_read_long() - a read that could not go the short way
 * @h: the handle
 * @iocb: on the upper file
 * @to: the buffers
 * @route: reason of an error of the disk if there was one; who has agreed
 *
 * Context: Sleeps, unless IOCB_NOWAIT is set.
 * Return: bytes, -EIOCBQUEUED, or a negative errno, as of the lower file.
 */
ssize_t bpio_read_long(struct bpio_handle *h, struct kiocb *iocb,
		       struct iov_iter *to, struct bpio_route *route)
{
	loff_t pos = iocb->ki_pos;
	ssize_t ret = 0;

	if (route->reason != BPIO_REASON_IO_ERROR)
		ret = bpio_dispatch(h, iocb, to, route);
	if (unlikely(route->reason))
		ret = bpio_skip_sum(ret, bpio_skip_read(h, iocb, to, route));
	else
		route->reason = route->filtered;
	/* What is queued is counted when it ends */
	if (likely(ret != -EIOCBQUEUED))
		bpio_count(h->counts, route->path, route->reason, ret);
	trace_bpio_read(h->stream->lower, pos, route->path, route->reason, ret);
	return ret;
}

static noinline ssize_t plain_read(struct bpio_handle *h, struct kiocb *iocb,
				   struct iov_iter *to)
{
	struct bpio_route route = { .reason = BPIO_REASON_NOT_ENABLED };
	struct bpio_counts __percpu *counts;
	ssize_t ret;

	if (h && READ_ONCE(h->enabled))
		route.reason = BPIO_REASON_NOT_DIRECT;
	counts = h ? h->counts :
		     bypassfs_sb(file_inode(iocb->ki_filp)->i_sb)->vol.plain;
	ret = bpio_seen_read(NULL, iocb, to, counts, &route);
	if (ret != -EIOCBQUEUED)
		bpio_count(counts, route.path, route.reason, ret);
	return ret;
}

/**
 * bypassfs_read_iter() - ->read_iter of regular files
 * @iocb: on an upper file
 * @to: the buffers
 *
 * Context: Sleeps, unless IOCB_NOWAIT is set.
 * Return: bytes, -EIOCBQUEUED, or a negative errno, as of the lower file.
 */
ssize_t bypassfs_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct bpio_handle *h =
		bypassfs_handle(bypassfs_file(iocb->ki_filp));

	if (!h || !READ_ONCE(h->enabled) || !(iocb->ki_flags & IOCB_DIRECT))
		return plain_read(h, iocb, to);
	return is_sync_kiocb(iocb) ? bpio_read(h, iocb, to) :
				     bpio_read_queue(h, iocb, to);
}
