// SPDX-License-Identifier: GPL-2.0
/*
 * Read the lower file, past the filters
 *
 * Overview
 *   What the disk is not asked for, the lower file system is, and if the filter
 *   half is bypassed no filter sees it. Such a read is inside the stream's skip
 *   gate until it completes: a pause, or a filter that is attached, closes that
 *   gate and waits for who is inside.
 *
 * Nobody waits for a user
 *   Faulting pages in can take as long as a user likes, and so can a listener
 *   that is asked for permission. Both are done with before the gate: the
 *   buffer is pinned (buffer.c), the permission asked. What cannot be pinned,
 *   or begins inside a block, or is too long and asynchronous, goes the
 *   traditional way.
 */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/uio.h>

#include "buffer.h"
#include "dispatch.h"
#include "handle.h"
#include "seen.h"
#include "skip.h"
#include "stack.h"
#include "stream.h"

/*
 * Cut at page boundaries, a buffer that begins inside a block is in pieces that
 * direct I/O does not take, where it takes the whole.
 */
static bool cut_well(const struct bpio_buffer *buf, const struct bpio_volume *vol)
{
	struct block_device *bdev = vol->lower_sb->s_bdev;
	unsigned int i, mask;

	mask = (bdev ? bdev_logical_block_size(bdev) : SECTOR_SIZE) - 1;
	for (i = 0; i < buf->nr; i++)
		if (buf->vecs[i].bv_offset & mask)
			return false;
	return true;
}

/* @iter is over the first @len bytes, pinned if they are user memory */
static bool prepare(const struct bpio_volume *vol, struct bpio_buffer *buf,
		    struct iov_iter *iter, struct kiocb *iocb,
		    const struct iov_iter *to, size_t len)
{
	gfp_t gfp = iocb->ki_flags & IOCB_NOWAIT ? GFP_NOWAIT | __GFP_NOWARN :
						   GFP_KERNEL;

	if (bpio_buffer_take(buf, iter, to, len, gfp))
		return false;
	if (!cut_well(buf, vol)) {
		bpio_buffer_release(buf, false);
		return false;
	}
	/* Its end may be where nobody can do that */
	if (!is_sync_kiocb(iocb))
		bpio_buffer_dirty(buf);
	return true;
}

static bool enter(struct bpio_handle *h)
{
	struct bpio_gate *gate = &h->stream->skip;

	if (bpio_gate_closed(gate) || !bpio_gate_enter(gate))
		return false;
	if (READ_ONCE(h->enabled))
		return true;
	bpio_gate_leave(gate);
	return false;
}

/* False: no way past the filters. Else @ret is what the lower file returned. */
static bool try(struct bpio_handle *h, struct kiocb *iocb, struct iov_iter *to,
		size_t len, enum bpio_reason reason, ssize_t *ret)
{
	struct bypassfs_read_end end = {
		.gate = &h->stream->skip,
		.counts = h->counts,
		.path = BPIO_PATH_FILTERS_SKIPPED,
		.reason = reason,
		.verified = true,
	};
	struct iov_iter iter;
	bool inside;

	if (bpio_gate_closed(end.gate) ||
	    !prepare(h->stream->vol, &end.buf, &iter, iocb, to, len))
		return false;
	inside = enter(h);
	if (inside) {
		bpio_gate_visit_begin(end.gate);
		*ret = bypassfs_lower_read(h->lower, iocb, &iter, &end);
		bpio_gate_visit_end(end.gate);
		if (*ret == -EIOCBQUEUED)
			return true;
		bpio_gate_leave(end.gate);
		if (*ret > 0) {
			bpio_buffer_dirty(&end.buf);
			iov_iter_advance(to, *ret);
		}
	}
	bpio_buffer_release(&end.buf, false);
	return inside;
}

/**
 * bpio_skip_sum() - what a read returns of which a part was done before
 * @got: bytes of that part
 * @ret: what the rest has returned
 *
 * An error is one of the whole read, as it is for direct I/O of the lower file
 * system.
 *
 * Context: Any.
 * Return: bytes, -EIOCBQUEUED, or a negative errno.
 */
ssize_t bpio_skip_sum(ssize_t got, ssize_t ret)
{
	if (!got)
		return ret;
	return ret >= 0 || ret == -EAGAIN ? got + max_t(ssize_t, ret, 0) : ret;
}

/**
 * bpio_skip_read() - read the lower file, past the filters if that is possible
 * @h: an enabled handle
 * @iocb: on the upper file
 * @to: the buffers
 * @route: with the reason; its path is set
 *
 * Context: May sleep, unless @iocb has IOCB_NOWAIT.
 * Return: bytes, -EIOCBQUEUED, or a negative errno, as of the lower file.
 */
ssize_t bpio_skip_read(struct bpio_handle *h, struct kiocb *iocb,
		       struct iov_iter *to, struct bpio_route *route)
{
	size_t len, left = iov_iter_count(to);
	ssize_t ret, got = 0;

	if (route->refused)
		return route->refused;
	if (!route->verified) {
		ret = rw_verify_area(READ, h->lower, &iocb->ki_pos, left);
		if (ret)
			return ret;
	}
	while (left) {
		len = is_sync_kiocb(iocb) ? min(left, BPIO_BUFFER_PIECE) : left;
		if (!try(h, iocb, to, len, route->reason, &ret))
			break;
		route->path = BPIO_PATH_FILTERS_SKIPPED;
		if (ret != len)
			return bpio_skip_sum(got, ret);
		got += ret;
		left -= ret;
	}
	if (got && !left)
		return got;
	/* Asked already */
	route->verified = true;
	return bpio_skip_sum(got, bpio_seen_read(h, iocb, to, h->counts, route));
}
