// SPDX-License-Identifier: GPL-2.0
/*
 * Send a read to the disk
 *
 * Overview
 *   The short way is for what most readers do: a synchronous read of up to
 *   BPIO_SHORT_PAGES pages into one buffer, all of it in one extent. One bio on
 *   the stack, no allocation, no lock. Everything else is dio.c's.
 *
 * Order of the short way
 *   Pin the buffer (it may fault: so before the visit), visit, look, submit,
 *   wait, end the visit, mark the pages dirty and unpin them.
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

#include "compat/pin.h"
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

	/* Pairs with submit_and_wait(). Once he has seen this, the bio is gone. */
	smp_store_release(&bio->bi_private, NULL);
	blk_wake_io_task(waiter);
}

static void submit_and_wait(struct bio *bio)
{
	bio->bi_private = current;
	bio->bi_end_io = short_end_io;
	submit_bio(bio);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		/* Pairs with short_end_io(): bi_status is there */
		if (!smp_load_acquire(&bio->bi_private))
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
	submit_and_wait(&bio);
	status = bio.bi_status;
	bio_uninit(&bio);
	return status;
}

/* Inside the gate, the buffer pinned */
static ssize_t short_visit(struct bpio_handle *h, const struct kiocb *iocb,
			   struct page **pages, unsigned int offset,
			   size_t count, struct bpio_route *route)
{
	struct bpio_stream *st = h->stream;
	struct bpio_map *map = st->map;
	u64 pos = iocb->ki_pos;
	sector_t sector;
	size_t disk;

	if (!bpio_visit_check(h, route))
		return 0;
	disk = bpio_span_disk(pos, count, map->size, st->vol->offset_mask);
	if (!disk)
		return 0;
	if (!bpio_map_look(map, pos, disk, &sector)) {
		route->reason = TOO_LONG;
		return 0;
	}
	if (read_pages(map, sector, pages, offset, disk, iocb)) {
		route->reason = BPIO_REASON_IO_ERROR;
		return 0;
	}
	return bpio_span_result(pos, disk, map->size);
}

static void unpin(struct page **pages, int nr, bool dirty)
{
	for (; nr > 0; nr--, pages++) {
		if (dirty && !PageDirty(*pages))
			set_page_dirty_lock(*pages);
		bp_unpin(*pages);
	}
}

static ssize_t short_read(struct bpio_handle *h, struct kiocb *iocb,
			  struct iov_iter *to, size_t count,
			  struct bpio_route *route)
{
	unsigned long addr = (unsigned long)to->ubuf + to->iov_offset;
	unsigned int offset = offset_in_page(addr);
	struct bpio_stream *st = h->stream;
	struct page *pages[BPIO_SHORT_PAGES];
	int pinned, nr = DIV_ROUND_UP(offset + count, PAGE_SIZE);
	ssize_t ret = 0;

	if (addr & st->vol->memory_mask) {
		route->reason = BPIO_REASON_UNALIGNED;
		return 0;
	}
	pinned = bp_pin_fast(addr - offset, nr, pages);
	if (pinned < nr) {
		unpin(pages, pinned, false);
		route->reason = BPIO_REASON_BUFFER;
		return 0;
	}
	route->reason = bpio_visit_begin(st, false, false);
	if (!route->reason) {
		bpio_gate_visit_begin(&st->gate);
		ret = short_visit(h, iocb, pages, offset, count, route);
		bpio_gate_visit_end(&st->gate);
		bpio_visit_end(st, false);
	}
	unpin(pages, nr, ret > 0);
	if (!route->reason) {
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
 * @route: set; if it names a reason, what is left of the read is the lower file
 *	system's, and @iocb and @to are where it has to go on. Most often that
 *	is all of it; if the read is asynchronous, always.
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
	route->verified = false;
	route->reason = BPIO_REASON_NONE;
	if (!count)
		return 0;
	if (!bpio_span_aligned(iocb->ki_pos, count,
			       h->stream->vol->offset_mask)) {
		route->reason = BPIO_REASON_UNALIGNED;
		return 0;
	}
	/* If it objects, it does so again on the other path, which reports it */
	if (rw_verify_area(READ, h->lower, &iocb->ki_pos, count)) {
		route->reason = BPIO_REASON_OTHER;
		return 0;
	}
	route->verified = true;
	route->reason = TOO_LONG;
	if (likely(is_short(iocb, to, count)))
		ret = short_read(h, iocb, to, count, route);
	if (unlikely(route->reason == TOO_LONG))
		ret = bpio_dio_read(h, iocb, to, route);
	if (!route->reason)
		file_accessed(h->lower);
	return ret;
}
