// SPDX-License-Identifier: GPL-2.0
/*
 * The short way of a read to the disk
 *
 * Overview
 *   What most readers do: a synchronous read of a few pages into one buffer,
 *   all of it in one extent, of a file that is armed, with nothing in the way.
 *   One bio on the stack, no allocation, no lock, nothing written that other
 *   CPUs write. Whatever is not exactly so is left to the long way (read.c,
 *   dispatch.c), which finds out why, and reports it; so nothing here has a
 *   reason.
 *
 * Order
 *   Ask who may object, pin the buffer (it may fault: so before the visit),
 *   enter the gate, look, submit, wait, leave the gate, mark the pages dirty and
 *   unpin them.
 *
 *   The pages are marked dirty only after the disk has written into them, and
 *   before they are unpinned, so that nobody takes an early state for the
 *   final.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "compat/atime.h"
#include "compat/pin.h"
#include "compat/plug.h"
#include "compat/uninit.h"
#include "dispatch.h"
#include "handle.h"
#include "map.h"
#include "stream.h"
#include "trace.h"
#include "visit.h"
#include "volume.h"

/* Not a reason: the long way finds one, or none */
#define LONG_WAY	BPIO_REASON_MAX

/* No more than a kernel stack has room for without a thought */
#define PAGES		4U

/**
 * struct buffer - a few pages of a reader's memory, pinned
 * @pages: all of it
 * @nr: of @pages
 * @offset: into the first
 * @len: bytes
 */
struct buffer {
	struct page *pages[PAGES];
	unsigned int nr;
	unsigned int offset;
	size_t len;
};

static void end_io(struct bio *bio)
{
	struct task_struct *waiter = bio->bi_private;

	/* Pairs with submit_and_wait(). Once he has seen this, the bio is gone. */
	smp_store_release(&bio->bi_private, NULL);
	blk_wake_io_task(waiter);
}

static void submit_and_wait(struct bio *bio)
{
	bio->bi_private = current;
	bio->bi_end_io = end_io;
	bp_submit_one(bio);
	/* Pairs with end_io(): bi_status is there */
	while (smp_load_acquire(&bio->bi_private)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(bio->bi_private))
			io_schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static noinline enum bpio_reason read_disk(const struct bpio_stream *st,
					   sector_t sector,
					   const struct buffer *buf, u16 ioprio)
{
	unsigned int i, n, offset = buf->offset;
	struct bio_vec vecs[PAGES] bp_uninitialized;
	struct bio bio bp_uninitialized;
	size_t left = buf->len;
	blk_status_t status;

	for (i = 0; i < buf->nr; i++) {
		n = min_t(size_t, left, PAGE_SIZE - offset);
		vecs[i].bv_page = buf->pages[i];
		vecs[i].bv_len = n;
		vecs[i].bv_offset = offset;
		left -= n;
		offset = 0;
	}
	bio_init(&bio, st->map->bdev, vecs, buf->nr, st->vol->short_opf);
	bio.bi_vcnt = buf->nr;
	bio.bi_iter.bi_sector = sector;
	bio.bi_iter.bi_size = buf->len;
	bio.bi_ioprio = ioprio;
	submit_and_wait(&bio);
	status = bio.bi_status;
	bio_uninit(&bio);
	return status ? BPIO_REASON_IO_ERROR : BPIO_REASON_NONE;
}

/* Inside the gate, the buffer pinned */
static __always_inline enum bpio_reason visit(const struct bpio_handle *h,
					      u64 pos, const struct buffer *buf,
					      u16 ioprio)
{
	sector_t sector;

	if (unlikely(!bpio_visit_clear(h) ||
		     !bpio_visit_look(h->stream, pos, buf->len, &sector)))
		return LONG_WAY;
	return read_disk(h->stream, sector, buf, ioprio);
}

static __always_inline void unpin(const struct buffer *buf, bool dirty)
{
	unsigned int i;

	for (i = 0; i < buf->nr; i++) {
		if (dirty && unlikely(!PageDirty(buf->pages[i])))
			set_page_dirty_lock(buf->pages[i]);
		bp_unpin(buf->pages[i]);
	}
}

static __always_inline bool pin(struct buffer *buf, unsigned long addr)
{
	int nr;

	buf->offset = offset_in_page(addr);
	buf->nr = DIV_ROUND_UP(buf->offset + buf->len, PAGE_SIZE);
	nr = bp_pin_fast(addr - buf->offset, buf->nr, buf->pages);
	if (likely(nr == buf->nr))
		return true;
	buf->nr = max(nr, 0);
	unpin(buf, false);
	return false;
}

static __always_inline bool is_short(const struct bpio_stream *st,
				     struct kiocb *iocb,
				     const struct iov_iter *to)
{
	size_t count = iov_iter_count(to);

	return iter_is_ubuf(to) &&
	       count - 1 < (PAGES - 1) * PAGE_SIZE &&
	       !(iocb->ki_flags & IOCB_NOWAIT) && !st->count_dio &&
	       !((iocb->ki_pos | count) & st->vol->offset_mask);
}

/* BPIO_REASON_NONE: all of it is read. Else nothing has changed. */
static __always_inline enum bpio_reason short_read(struct bpio_handle *h,
						   const struct kiocb *iocb,
						   const struct iov_iter *to)
{
	struct buffer buf bp_uninitialized;
	struct bpio_stream *st = h->stream;
	enum bpio_reason reason = LONG_WAY;
	unsigned long addr;

	addr = (unsigned long)to->ubuf + to->iov_offset;
	buf.len = iov_iter_count(to);
	if (unlikely((addr & st->vol->memory_mask) || !pin(&buf, addr)))
		return LONG_WAY;
	if (likely(bpio_visit_try(st))) {
		bpio_gate_visit_begin(&st->gate);
		reason = visit(h, iocb->ki_pos, &buf, iocb->ki_ioprio);
		bpio_gate_visit_end(&st->gate);
		bpio_gate_leave(&st->gate);
	}
	unpin(&buf, !reason);
	return reason;
}

static noinline ssize_t long_way(struct bpio_handle *h, struct kiocb *iocb,
				 struct iov_iter *to, bool verified,
				 int refused, enum bpio_reason reason)
{
	struct bpio_route route = {
		.verified = verified,
		.refused = refused,
		.reason = reason,
	};

	return bpio_read_long(h, iocb, to, &route);
}

/**
 * bpio_read() - read an open file whose bypass is enabled
 * @h: its handle
 * @iocb: on the upper file, with IOCB_DIRECT, synchronous
 * @to: the buffers
 *
 * Context: Sleeps, unless IOCB_NOWAIT is set.
 * Return: bytes, or a negative errno, as of the lower file.
 */
ssize_t bpio_read(struct bpio_handle *h, struct kiocb *iocb,
		  struct iov_iter *to)
{
	size_t count = iov_iter_count(to);
	enum bpio_reason reason;
	int refused;

	if (unlikely(!is_short(h->stream, iocb, to)))
		return long_way(h, iocb, to, false, 0, LONG_WAY);
	refused = bpio_handle_may_read(h, iocb, count);
	if (unlikely(refused))
		return long_way(h, iocb, to, false, refused, LONG_WAY);
	reason = short_read(h, iocb, to);
	if (unlikely(reason))
		return long_way(h, iocb, to, true, 0, reason);
	bpio_count(h->counts, BPIO_PATH_FULL, BPIO_REASON_NONE, count);
	if (trace_bpio_read_enabled())
		trace_bpio_read(h->stream->lower, iocb->ki_pos, BPIO_PATH_FULL,
				BPIO_REASON_NONE, count);
	iocb->ki_pos += count;
	bp_accessed(h->lower);
	return count;
}
