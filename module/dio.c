// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of any length and kind: what they need before they go to the disk
 *
 * Overview
 *   The reader's buffer is pinned (buffer.c), or was registered. Then comes the
 *   visit: into the gate, look, submit (send.c).
 *
 *   A synchronous read goes in pieces of at most BPIO_BUFFER_PIECE; what a
 *   piece cannot do, the lower file system does, from there on. An asynchronous
 *   one goes in one piece or not at all, completes from the last bio's end, and
 *   until then stays inside the gate.
 */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/uio.h>

#include "compat/uninit.h"
#include "dio.h"
#include "handle.h"
#include "map.h"
#include "span.h"
#include "stream.h"
#include "visit.h"
#include "volume.h"

/* Is all of the range mapped? *learn: that is not known yet */
static bool mapped(struct bpio_dio *dio, u64 pos, size_t disk, bool *learn)
{
	int covers = bpio_map_covers(dio->h->stream->map, pos, disk);

	*learn = covers < 0;
	if (covers > 0)
		return true;
	dio->route.reason = BPIO_REASON_UNMAPPED;
	return false;
}

/* One visit. -EIOCBQUEUED: @dio is not ours any more, and @told is its route. */
static ssize_t visit(struct bpio_dio *dio, size_t len, bool *learn,
		     struct bpio_route *told)
{
	struct bpio_stream *st = dio->h->stream;
	sector_t sector = 0;
	ssize_t ret = 0;
	size_t disk;

	dio->route.reason = bpio_visit_begin(st, dio->iocb->ki_flags &
					     IOCB_NOWAIT);
	if (dio->route.reason)
		return 0;
	bpio_gate_visit_begin(&st->gate);
	if (!bpio_visit_check(dio->h, &dio->route))
		goto out_end_visit;
	disk = bpio_span_disk(dio->pos, len, st->map->size,
			      st->vol->offset_mask);
	if (!disk)
		goto out_end_visit;
	if (!bpio_map_look(st->map, dio->pos, disk, &sector) &&
	    !mapped(dio, dio->pos, disk, learn))
		goto out_end_visit;
	dio->len = bpio_span_result(dio->pos, disk, st->map->size);
	if (dio->async) {
		*told = dio->route;
		/* It goes on in whoever completes it */
		bpio_gate_visit_end(&st->gate);
		bpio_dio_submit(dio, st->map, sector, disk);
		return -EIOCBQUEUED;
	}
	bpio_dio_submit(dio, st->map, sector, disk);
	bpio_dio_wait(dio);
	if (dio->status)
		dio->route.reason = bpio_dio_reason(dio);
	else
		ret = dio->len;
out_end_visit:
	bpio_gate_visit_end(&st->gate);
	bpio_visit_end(st);
	return ret;
}

static ssize_t visit_and_learn(struct bpio_dio *dio, size_t len,
			       struct bpio_route *told)
{
	bool nowait = dio->iocb->ki_flags & IOCB_NOWAIT;
	struct bpio_stream *st = dio->h->stream;
	bool learn = false;
	ssize_t ret;

	ret = visit(dio, len, &learn, told);
	if (ret == -EIOCBQUEUED || !learn)
		return ret;
	dio->route.reason = bpio_visit_learn(st, dio->pos, len, nowait);
	if (dio->route.reason)
		return 0;
	learn = false;
	ret = visit(dio, len, &learn, told);
	/* Another map, just made: that it says nothing does not mean a hole */
	if (ret != -EIOCBQUEUED && learn)
		dio->route.reason = BPIO_REASON_REARMING;
	return ret;
}

/* The reader's buffer from where it stands, pinned if it is user memory */
static enum bpio_reason prepare(struct bpio_dio *dio, const struct iov_iter *to,
				size_t len, gfp_t gfp)
{
	switch (bpio_buffer_take(&dio->buf, &dio->iter, to, len, gfp)) {
	case 0:
		return BPIO_REASON_NONE;
	case -ENOMEM:
		return BPIO_REASON_NO_MEMORY;
	default:
		return BPIO_REASON_BUFFER;
	}
}

/* No more of the buffer is pinned than the file can fill */
static size_t wanted(struct bpio_handle *h, u64 pos, size_t count)
{
	return bpio_span_disk(pos, count, i_size_read(h->stream->lower),
			      h->stream->vol->offset_mask);
}

/*
 * A read that reaches past the end is one of the whole buffer all the same: the
 * lower file system zeroes what it does not fill, and reports if it cannot.
 */
static bool tail_is_there(const struct iov_iter *to, size_t filled)
{
	struct iov_iter tail = *to;

	if (!filled || filled == iov_iter_count(to) || !user_backed_iter(to))
		return true;
	iov_iter_advance(&tail, filled);
	return !fault_in_iov_iter_writeable(&tail, iov_iter_count(&tail));
}

static void dio_init(struct bpio_dio *dio, struct bpio_handle *h,
		     struct kiocb *iocb, const struct bpio_route *route)
{
	dio->iocb = iocb;
	dio->h = h;
	dio->pos = iocb->ki_pos;
	dio->status = BLK_STS_OK;
	dio->lost = false;
	dio->route = *route;
	dio->polled = NULL;
}

static ssize_t read_piece(struct bpio_handle *h, struct kiocb *iocb,
			  struct iov_iter *to, size_t len,
			  struct bpio_route *route)
{
	struct bpio_dio dio bp_uninitialized;
	ssize_t ret = 0;

	dio_init(&dio, h, iocb, route);
	dio.async = false;
	dio.buf = (struct bpio_buffer) {};
	dio.route.reason = prepare(&dio, to, len, GFP_KERNEL);
	if (!dio.route.reason) {
		bio_init(&dio.bio, h->stream->vol->lower_sb->s_bdev, NULL, 0,
			 REQ_OP_READ | REQ_SYNC | REQ_IDLE);
		ret = visit_and_learn(&dio, len, NULL);
		bio_uninit(&dio.bio);
		bpio_buffer_release(&dio.buf, ret > 0);
	}
	*route = dio.route;
	if (ret > 0) {
		iocb->ki_pos += ret;
		iov_iter_advance(to, ret);
	}
	return ret;
}

static ssize_t read_sync(struct bpio_handle *h, struct kiocb *iocb,
			 struct iov_iter *to, struct bpio_route *route)
{
	ssize_t ret, total = 0;
	size_t len = wanted(h, iocb->ki_pos, iov_iter_count(to));

	if (!tail_is_there(to, len))
		return 0;
	do {
		len = wanted(h, iocb->ki_pos, iov_iter_count(to));
		len = min(len, BPIO_BUFFER_PIECE);
		/* At the end of the file there is nothing to do but to say so */
		ret = read_piece(h, iocb, to, len ?: min(iov_iter_count(to),
							 PAGE_SIZE), route);
		total += ret;
	} while (!route->reason && ret == len && len && iov_iter_count(to));
	return total;
}

static ssize_t read_async(struct bpio_handle *h, struct kiocb *iocb,
			  struct iov_iter *to, struct bpio_route *route)
{
	bool nowait = iocb->ki_flags & IOCB_NOWAIT;
	gfp_t gfp = nowait ? GFP_NOWAIT | __GFP_NOWARN : GFP_KERNEL;
	size_t len = wanted(h, iocb->ki_pos, iov_iter_count(to));
	unsigned int nr = 0;
	struct bpio_dio *dio;
	ssize_t ret = 0;

	if (!tail_is_there(to, len))
		return 0;
	if (user_backed_iter(to))
		nr = iov_iter_npages(to, BIO_MAX_VECS + 1);
	dio = bpio_dio_alloc(h->stream->vol->lower_sb->s_bdev, iocb, nr, gfp);
	if (!dio) {
		route->reason = BPIO_REASON_NO_MEMORY;
		return 0;
	}
	dio_init(dio, h, iocb, route);
	dio->async = true;
	dio->route.reason = prepare(dio, to, len ?: min(iov_iter_count(to),
							PAGE_SIZE), gfp);
	if (!dio->route.reason) {
		bpio_buffer_dirty(&dio->buf);
		ret = visit_and_learn(dio, iov_iter_count(&dio->iter), route);
		if (ret == -EIOCBQUEUED)
			return ret;
	}
	/* Refused after all, or at the end of the file */
	*route = dio->route;
	bpio_dio_free(dio);
	return 0;
}

/**
 * bpio_dio_read() - as bpio_dispatch(), for reads of any length and kind
 * @h: an enabled handle
 * @iocb: on the upper file
 * @to: the buffers
 * @route: as in bpio_dispatch(); its path is set already
 *
 * Context: Sleeps, unless IOCB_NOWAIT is set.
 * Return: as in bpio_dispatch().
 */
ssize_t bpio_dio_read(struct bpio_handle *h, struct kiocb *iocb,
		      struct iov_iter *to, struct bpio_route *route)
{
	const struct bpio_volume *vol = h->stream->vol;

	/* Until it is seen to do */
	route->reason = BPIO_REASON_BUFFER;
	if (!user_backed_iter(to) && !iov_iter_is_bvec(to))
		return 0;
	if (!iov_iter_is_aligned(to, vol->memory_mask, vol->offset_mask)) {
		route->reason = BPIO_REASON_UNALIGNED;
		return 0;
	}
	return is_sync_kiocb(iocb) ? read_sync(h, iocb, to, route) :
				     read_async(h, iocb, to, route);
}
