// SPDX-License-Identifier: GPL-2.0
/*
 * The short way of an asynchronous read to the disk
 *
 * Overview
 *   As short.c, for AIO and io_uring: a read into a registered buffer, or into a
 *   few pages of one other, all of it in one extent, of a file that is armed,
 *   with nothing in the way. Its state and its only bio are one allocation.
 *   Whatever is not exactly so is left to the long way.
 *
 * Order
 *   Ask who may object, pin the buffer and mark it dirty, enter the gate, look,
 *   submit. The rest is bios.c's, at the bio's end.
 */
#include <linux/bio.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/uio.h>

#include "compat/atime.h"
#include "compat/iter.h"
#include "compat/pin.h"
#include "compat/uninit.h"
#include "dio.h"
#include "handle.h"
#include "stream.h"
#include "trace.h"
#include "visit.h"
#include "volume.h"

/* A bio has room for as many in itself */
#define PAGES	4

/* Its first byte where the disk can have it, and no piece that ends in a sector */
static __always_inline bool bvec_aligned(const struct iov_iter *to,
					 const struct bpio_volume *vol)
{
	const struct bio_vec *vec = to->bvec;

	if (likely(iov_iter_count(to) <= vec->bv_len - to->iov_offset))
		return !((vec->bv_offset + to->iov_offset) & vol->memory_mask);
	return iov_iter_is_aligned(to, vol->memory_mask, vol->offset_mask);
}

static __always_inline bool is_short(const struct bpio_stream *st,
				     const struct kiocb *iocb,
				     const struct iov_iter *to)
{
	const struct bpio_volume *vol = st->vol;
	size_t count = iov_iter_count(to);
	unsigned long addr;

	if (!count || st->count_dio ||
	    ((iocb->ki_pos | count) & vol->offset_mask))
		return false;
	if (iov_iter_is_bvec(to))
		return bvec_aligned(to, vol);
	return bp_iter_one(to, &addr) && count <= (PAGES - 1) * PAGE_SIZE &&
	       !(addr & vol->memory_mask);
}

/* Returns false if not all of it could be; then who frees @dio unpins the rest */
static noinline bool pin(struct bpio_dio *dio, const struct iov_iter *to)
{
	size_t n, offset, left = iov_iter_count(to);
	struct page *pages[PAGES] bp_uninitialized;
	unsigned long addr = 0;
	int i, got, nr;

	bp_iter_one(to, &addr);
	offset = offset_in_page(addr);
	nr = DIV_ROUND_UP(offset + left, PAGE_SIZE);
	got = bp_pin_fast(addr - offset, nr, pages);
	for (i = 0; i < got; i++) {
		n = min_t(size_t, left, PAGE_SIZE - offset);
		dio->buf.vecs[i] = (struct bio_vec) {
			.bv_page	= pages[i],
			.bv_len		= n,
			.bv_offset	= offset,
		};
		left -= n;
		offset = 0;
	}
	dio->buf.nr = max(got, 0);
	dio->buf.len = iov_iter_count(to) - left;
	if (unlikely(got != nr))
		return false;
	bpio_buffer_dirty(&dio->buf);
	iov_iter_bvec(&dio->iter, ITER_DEST, dio->buf.vecs, nr, dio->buf.len);
	return true;
}

static __always_inline struct bpio_dio *prepare(struct bpio_handle *h,
						struct kiocb *iocb,
						const struct iov_iter *to)
{
	bool nowait = iocb->ki_flags & IOCB_NOWAIT;
	bool user = user_backed_iter(to);
	struct bpio_dio *dio;

	dio = bpio_dio_alloc(h->stream->vol->lower_sb->s_bdev, iocb,
			     user ? PAGES : 0,
			     nowait ? GFP_NOWAIT | __GFP_NOWARN : GFP_KERNEL);
	if (unlikely(!dio))
		return NULL;
	dio->iocb = iocb;
	dio->h = h;
	dio->async = true;
	dio->pos = iocb->ki_pos;
	dio->len = iov_iter_count(to);
	dio->route = (struct bpio_route) {
		.path = BPIO_PATH_FULL,
		.verified = true,
	};
	dio->polled = NULL;
	dio->lost = false;
	if (!user) {
		dio->iter = *to;
	} else if (unlikely(!pin(dio, to))) {
		bpio_dio_free(dio);
		return NULL;
	}
	return dio;
}

/* It goes out in whoever completes it, and then nothing of it is left */
static __always_inline void send(struct bpio_dio *dio, sector_t sector)
{
	bp_accessed(dio->h->lower);
	if (trace_bpio_read_enabled())
		trace_bpio_read(dio->h->stream->lower, dio->pos,
				BPIO_PATH_FULL, BPIO_REASON_NONE, -EIOCBQUEUED);
	bpio_dio_queue(dio, sector, dio->len);
}

/* False: the caller still has it */
static __always_inline bool visit(struct bpio_dio *dio)
{
	struct bpio_handle *h = dio->h;
	struct bpio_stream *st = h->stream;
	sector_t sector;
	bool clear;

	if (unlikely(!bpio_visit_try(st)))
		return false;
	bpio_gate_visit_begin(&st->gate);
	clear = bpio_visit_clear(h) &&
		bpio_visit_look(st, dio->pos, dio->len, &sector);
	bpio_gate_visit_end(&st->gate);
	if (likely(clear))
		send(dio, sector);
	else
		bpio_gate_leave(&st->gate);
	return clear;
}

static noinline ssize_t long_way(struct bpio_handle *h, struct kiocb *iocb,
				 struct iov_iter *to, bool verified, int refused)
{
	struct bpio_route route = { .verified = verified, .refused = refused };

	return bpio_read_long(h, iocb, to, &route);
}

/**
 * bpio_read_queue() - read an open file whose bypass is enabled
 * @h: its handle
 * @iocb: on the upper file, with IOCB_DIRECT, asynchronous
 * @to: the buffers
 *
 * Context: Sleeps, unless IOCB_NOWAIT is set.
 * Return: bytes, -EIOCBQUEUED, or a negative errno, as of the lower file.
 */
ssize_t bpio_read_queue(struct bpio_handle *h, struct kiocb *iocb,
			struct iov_iter *to)
{
	size_t count = iov_iter_count(to);
	struct bpio_dio *dio;
	int refused;

	if (unlikely(!is_short(h->stream, iocb, to)))
		return long_way(h, iocb, to, false, 0);
	refused = bpio_handle_may_read(h, iocb, count);
	if (unlikely(refused))
		return long_way(h, iocb, to, false, refused);
	dio = prepare(h, iocb, to);
	if (unlikely(!dio))
		return long_way(h, iocb, to, true, 0);
	if (likely(visit(dio)))
		return -EIOCBQUEUED;
	bpio_dio_free(dio);
	return long_way(h, iocb, to, true, 0);
}
