// SPDX-License-Identifier: GPL-2.0
/*
 * Send a read to the disk
 *
 * Overview
 *   bpio_dispatch() takes a read or leaves it: when it names a reason, nothing
 *   has happened to the read's position and buffers, and the caller goes the
 *   other way.
 *
 *   The short way is for what most readers do: a synchronous read of up to
 *   BPIO_SHORT_PAGES pages into one buffer, all of it in one extent. One bio on
 *   the stack, no allocation, no lock. Everything else is dio.c's.
 *
 * Order of the short way
 *   Pin the buffer (it may fault: so before the visit), visit, look, submit,
 *   wait, end the visit, mark the pages dirty and unpin them.
 *
 *   The pages are marked dirty only after the disk has written into them, as
 *   unpin_user_pages_dirty_lock() is meant to be used: the pin keeps write-back
 *   from taking the early state for the final one.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/task_io_accounting_ops.h>

#include "dispatch.h"
#include "handle.h"
#include "map.h"
#include "span.h"
#include "stream.h"
#include "volume.h"

/* Not a reason: the short way cannot do it, dio.c may */
#define TOO_LONG	BPIO_REASON_MAX

static void short_end_io(struct bio *bio)
{
	struct task_struct *waiter = bio->bi_private;

	/* The bio is gone from the waiter's stack once he has seen this */
	WRITE_ONCE(bio->bi_private, NULL);
	blk_wake_io_task(waiter);
}

static void submit_and_wait(struct bio *bio)
{
	bio->bi_private = current;
	bio->bi_end_io = short_end_io;
	submit_bio(bio);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!READ_ONCE(bio->bi_private))
			break;
		io_schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static blk_status_t read_pages(struct bpio_map *map, sector_t sector,
			       struct page **pages, unsigned int offset,
			       size_t len, const struct kiocb *iocb)
{
	struct bio_vec vecs[BPIO_SHORT_PAGES];
	struct bio bio;
	size_t left = len;
	blk_status_t status;

	bio_init(&bio, map->bdev, vecs, BPIO_SHORT_PAGES,
		 REQ_OP_READ | REQ_SYNC | REQ_IDLE);
	bio.bi_iter.bi_sector = sector;
	bio.bi_ioprio = iocb->ki_ioprio;
	while (left) {
		unsigned int n = min_t(size_t, left, PAGE_SIZE - offset);

		__bio_add_page(&bio, *pages++, n, offset);
		offset = 0;
		left -= n;
	}
	task_io_account_read(len);
	submit_and_wait(&bio);
	status = bio.bi_status;
	bio_uninit(&bio);
	return status;
}

/* Inside the gate, the buffer pinned */
static ssize_t short_visit(struct bpio_stream *st, const struct kiocb *iocb,
			   struct page **pages, unsigned int offset,
			   size_t count, enum bpio_reason *reason)
{
	struct bpio_map *map = st->map;
	u64 pos = iocb->ki_pos;
	sector_t sector;
	size_t disk;

	*reason = bpio_visit_check(st);
	if (*reason)
		return 0;
	disk = bpio_span_disk(pos, count, map->size, st->vol->offset_mask);
	if (!disk)
		return 0;
	if (!bpio_map_look(map, pos, disk, &sector)) {
		*reason = TOO_LONG;
		return 0;
	}
	if (read_pages(map, sector, pages, offset, disk, iocb)) {
		*reason = BPIO_REASON_IO_ERROR;
		return 0;
	}
	return bpio_span_result(pos, disk, map->size);
}

static ssize_t short_read(struct bpio_handle *h, struct kiocb *iocb,
			  struct iov_iter *to, size_t count,
			  enum bpio_reason *reason)
{
	unsigned long addr = (unsigned long)to->ubuf + to->iov_offset;
	unsigned int offset = offset_in_page(addr);
	struct bpio_stream *st = h->stream;
	struct page *pages[BPIO_SHORT_PAGES];
	int pinned, nr = DIV_ROUND_UP(offset + count, PAGE_SIZE);
	ssize_t ret = 0;

	if (addr & st->vol->memory_mask) {
		*reason = BPIO_REASON_UNALIGNED;
		return 0;
	}
	pinned = pin_user_pages_fast(addr - offset, nr, FOLL_WRITE, pages);
	if (pinned < nr) {
		if (pinned > 0)
			unpin_user_pages(pages, pinned);
		*reason = BPIO_REASON_BUFFER;
		return 0;
	}
	*reason = bpio_visit_begin(st, false);
	if (!*reason) {
		bpio_gate_visit_begin(&st->gate);
		ret = short_visit(st, iocb, pages, offset, count, reason);
		bpio_gate_visit_end(&st->gate);
		bpio_visit_end(st);
	}
	unpin_user_pages_dirty_lock(pages, nr, ret > 0);
	if (!*reason) {
		iocb->ki_pos += ret;
		iov_iter_advance(to, ret);
	}
	return ret;
}

static bool is_short(struct kiocb *iocb, const struct iov_iter *to,
		     size_t count)
{
	return is_sync_kiocb(iocb) && iter_is_ubuf(to) &&
	       count <= (BPIO_SHORT_PAGES - 1) * PAGE_SIZE &&
	       !(iocb->ki_flags & (IOCB_NOWAIT | IOCB_HIPRI));
}

/**
 * bpio_dispatch() - read from the disk, past everything
 * @h: an enabled handle
 * @iocb: on the upper file, with IOCB_DIRECT
 * @to: the buffers
 * @reason: set to BPIO_REASON_NONE if the read was taken, or to why it was
 *	not; then @iocb and @to are as they were
 *
 * Context: Sleeps, unless IOCB_NOWAIT is set.
 * Return: bytes or -EIOCBQUEUED; when the read was not taken, nothing of use.
 */
ssize_t bpio_dispatch(struct bpio_handle *h, struct kiocb *iocb,
		      struct iov_iter *to, enum bpio_reason *reason)
{
	size_t count = iov_iter_count(to);
	ssize_t ret;

	*reason = BPIO_REASON_NONE;
	if (!count)
		return 0;
	if (!bpio_span_aligned(iocb->ki_pos, count,
			       h->stream->vol->offset_mask)) {
		*reason = BPIO_REASON_UNALIGNED;
		return 0;
	}
	/* If it objects, it does so again on the other path, which reports it */
	if (rw_verify_area(READ, h->lower, &iocb->ki_pos, count)) {
		*reason = BPIO_REASON_OTHER;
		return 0;
	}
	if (likely(is_short(iocb, to, count))) {
		ret = short_read(h, iocb, to, count, reason);
		if (likely(*reason != TOO_LONG))
			goto out_accessed;
	}
	ret = bpio_dio_read(h, iocb, to, reason);
out_accessed:
	if (!*reason)
		file_accessed(h->lower);
	return ret;
}
