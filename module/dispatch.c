// SPDX-License-Identifier: GPL-2.0
/*
 * Send a read to the disk, and say why if that cannot be
 */
#include <linux/fs.h>
#include <linux/uio.h>

#include "compat/atime.h"
#include "dispatch.h"
#include "handle.h"
#include "span.h"
#include "stream.h"
#include "volume.h"

/**
 * bpio_dispatch() - read from the disk, past everything
 * @h: an enabled handle
 * @iocb: on the upper file, with IOCB_DIRECT
 * @to: the buffers
 * @route: set, but for who was asked; if it names a reason, what is left
 *	of the read is the lower file system's, and @iocb and @to are where it
 *	has to go on. Most often that is all of it; if the read is asynchronous,
 *	always.
 *
 * Context: Sleeps, unless IOCB_NOWAIT is set.
 * Return: bytes, or -EIOCBQUEUED.
 */
ssize_t bpio_dispatch(struct bpio_handle *h, struct kiocb *iocb,
		      struct iov_iter *to, struct bpio_route *route)
{
	size_t count = iov_iter_count(to);
	ssize_t ret = 0;

	route->path = BPIO_PATH_FULL;
	if (!route->seen)
		route->filtered = BPIO_REASON_NONE;
	route->reason = BPIO_REASON_NONE;
	if (!count)
		return 0;
	if (!bpio_span_aligned(iocb->ki_pos, count,
			       h->stream->vol->offset_mask)) {
		route->reason = BPIO_REASON_UNALIGNED;
		return 0;
	}
	/* The other path reports it */
	if (!route->verified && !route->refused)
		route->refused = rw_verify_area(READ, h->lower, &iocb->ki_pos,
						count);
	if (route->refused) {
		route->reason = BPIO_REASON_OTHER;
		return 0;
	}
	route->verified = true;
	ret = bpio_dio_read(h, iocb, to, route);
	if (!route->reason)
		bp_accessed(h->lower);
	return ret;
}
