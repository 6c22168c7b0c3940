// SPDX-License-Identifier: GPL-2.0
/*
 * Bios of a read that is not short, from submission to completion
 *
 * Overview
 *   The reader's buffer is a list of pieces of pages, pinned or registered. A
 *   bio takes its place in that list and no more. There is one bio for each run
 *   of neighbours on the disk; what the device cannot take at once, the block
 *   layer splits.
 *
 *   The state of an asynchronous read is in front of its first bio, and both
 *   come from a cache of each CPU if the caller can do with that.
 *
 * Errors
 *   An error of the disk reaches a reader only after the lower file system has
 *   tried as well: for a synchronous read in read.c, for an asynchronous one in
 *   a worker, into the buffer that is still pinned, and still inside the gate.
 *   That the device is busy is no error: who may not wait is told so.
 *
 * Polling
 *   A polled read completes when somebody looks, mostly its sender. A drain does
 *   not count on him: it looks itself, see bpio_dio_poll(). For that each open
 *   file has a list of places, of which a polled read takes one, and gives it
 *   back when it ends. With all of them taken, further ones end in interrupts.
 *
 *   Who polls does not wait for the device to have room: he may be the one who has
 *   to look until it has. So his reads are turned down instead, and what would
 *   always be, since it has to be split, he is told at once to leave to a worker.
 *   The reads of his workers can wait, and are not polled. Who has no worker, since
 *   he has asked not to wait himself (RWF_NOWAIT), gets that as his EAGAIN.
 *
 *   A polled read is a request of its own. As a part of another file's it could
 *   not be looked for. And before 6.2 a bio that came from a CPU's cache must not
 *   end in an interrupt, as part of a request that is not polled would.
 */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/sched.h>

#include "compat/kiocb.h"
#include "compat/poll.h"
#include "dio.h"
#include "handle.h"
#include "map.h"
#include "stream.h"
#include "visit.h"
#include "volume.h"

/* The first bio of an asynchronous read, with all of it; and any further bio */
struct bio_set bpio_first_bios;
static struct bio_set more_bios;
static struct workqueue_struct *late_queue;

/**
 * bpio_dio_reason() - why has the disk not done it?
 * @dio: with a status that is not BLK_STS_OK
 *
 * Context: Any.
 * Return: for those who count.
 */
enum bpio_reason bpio_dio_reason(const struct bpio_dio *dio)
{
	if (dio->lost)
		return BPIO_REASON_REARMING;
	switch (dio->status) {
	case BLK_STS_AGAIN:
		return BPIO_REASON_NOWAIT;
	case BLK_STS_RESOURCE:
		return BPIO_REASON_NO_MEMORY;
	default:
		return BPIO_REASON_IO_ERROR;
	}
}

/**
 * bpio_dio_free() - give back what bpio_dio_alloc() took, and the buffer
 * @dio: asynchronous, and not in flight
 *
 * Context: Any.
 */
void bpio_dio_free(struct bpio_dio *dio)
{
	bpio_buffer_release(&dio->buf, false);
	bio_put(&dio->bio);
}

static void dio_unpin_work(struct work_struct *work)
{
	struct bpio_dio *dio = container_of(work, struct bpio_dio, work);

	bpio_buffer_dirty(&dio->buf);
	bpio_dio_free(dio);
}

/* The disk has failed: perhaps the lower file system knows better */
static void dio_again_work(struct work_struct *work)
{
	struct bpio_dio *dio = container_of(work, struct bpio_dio, work);
	struct kiocb iocb, *orig = dio->iocb;
	long ret;

	bp_kiocb_clone(&iocb, orig, dio->h->lower);
	iocb.ki_flags &= ~IOCB_NOWAIT;
	/* Who may object was asked when it was sent */
	ret = dio->h->lower->f_op->read_iter(&iocb, &dio->iter);
	bpio_gate_leave(&dio->h->stream->gate);
	orig->ki_pos = iocb.ki_pos;
	bpio_count(dio->h->counts, dio->route.filtered ?
		   BPIO_PATH_TRADITIONAL : BPIO_PATH_FILTERS_SKIPPED,
		   bpio_dio_reason(dio), ret);
	bpio_buffer_dirty(&dio->buf);
	bpio_dio_free(dio);
	orig->ki_complete(orig, ret);
}

static void do_late(struct bpio_dio *dio, work_func_t fn)
{
	INIT_WORK(&dio->work, fn);
	queue_work(late_queue, &dio->work);
}

/*
 * Nobody but its sender can send it again. It can be turned down later: when a limit
 * of its control group has held it back.
 */
static bool turned_down(const struct bpio_dio *dio, blk_status_t status)
{
	return status == BLK_STS_AGAIN && in_task() && dio->waiter == current;
}

/* At the end of the last bio, in any context */
static __always_inline void complete_async(struct bpio_dio *dio,
					   blk_status_t status)
{
	struct bpio_stream *st = dio->h->stream;
	struct kiocb *orig = dio->iocb;
	long ret = dio->len;

	if (dio->polled) {
		WRITE_ONCE(orig->private, NULL);
		WRITE_ONCE(*dio->polled, NULL);
	}
	if (likely(!status)) {
		orig->ki_pos += ret;
		bpio_count(dio->h->counts, dio->route.path,
			   dio->route.filtered, ret);
	} else if (turned_down(dio, status)) {
		ret = -EAGAIN;
	} else {
		dio->status = status;
		/* Stays inside, but the lower file system may wait for this */
		if (st->count_dio)
			inode_dio_end(st->lower);
		do_late(dio, dio_again_work);
		return;
	}
	bpio_visit_end(st);
	if (!dio->buf.nr)
		bio_put(&dio->bio);
	else if (likely(bpio_buffer_is_dirty(&dio->buf)))
		bpio_dio_free(dio);
	else
		do_late(dio, dio_unpin_work);
	orig->ki_complete(orig, ret);
}

static void dio_put(struct bpio_dio *dio)
{
	struct task_struct *waiter;

	if (!atomic_dec_and_test(&dio->bios))
		return;
	if (dio->async) {
		complete_async(dio, READ_ONCE(dio->status));
		return;
	}
	waiter = dio->waiter;
	/* Pairs with bpio_dio_wait(). Once he has seen this, it is gone. */
	smp_store_release(&dio->waiter, NULL);
	blk_wake_io_task(waiter);
}

/* Of an asynchronous read's only bio */
static void end_only(struct bio *bio)
{
	struct bpio_dio *dio = container_of(bio, struct bpio_dio, bio);

	complete_async(dio, bio->bi_status);
}

static void end_io(struct bio *bio)
{
	struct bpio_dio *dio = bio->bi_private;

	if (unlikely(bio->bi_status))
		WRITE_ONCE(dio->status, bio->bi_status);
	if (bio != &dio->bio)
		bio_put(bio);
	dio_put(dio);
}

/**
 * bpio_dio_wait() - wait until a synchronous read has ended
 * @dio: submitted
 *
 * Context: Sleeps.
 */
void bpio_dio_wait(struct bpio_dio *dio)
{
	/* Pairs with dio_put(): what it has read is there */
	while (smp_load_acquire(&dio->waiter)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(dio->waiter))
			io_schedule();
	}
	__set_current_state(TASK_RUNNING);
}

/* Where in the list of pieces, and where on the disk */
static void aim(struct bio *bio, const struct bpio_dio *dio, const struct iov_iter *iter,
		sector_t sector, size_t len)
{
	bio->bi_io_vec = (struct bio_vec *)iter->bvec;
	bio->bi_vcnt = iter->nr_segs;
	bio->bi_iter.bi_bvec_done = iter->iov_offset;
	bio->bi_iter.bi_size = len;
	bio->bi_iter.bi_sector = sector;
	bio->bi_ioprio = dio->iocb->ki_ioprio;
	/* The list is not its own */
	bio_set_flag(bio, BIO_CLONED);
}

/* More than one piece of memory: can a device take all of it at once? */
static noinline bool pieces_fit(const struct bio *bio,
				const struct queue_limits *lim)
{
	unsigned int nr = 0, end = 0;
	struct bvec_iter iter;
	struct bio_vec piece;

	bio_for_each_bvec(piece, bio, iter) {
		if (nr && (end | piece.bv_offset) & lim->virt_boundary_mask)
			return false;
		end = piece.bv_offset + piece.bv_len;
		nr += (piece.bv_len - 1) / lim->max_segment_size + 1;
	}
	return nr <= lim->max_segments;
}

/* A line that no request may cross */
static noinline bool crosses_chunk(const struct bio *bio, unsigned int chunk)
{
	u64 first = bio->bi_iter.bi_sector + bio->bi_bdev->bd_start_sect;
	u32 inside;

	div_u64_rem(first, chunk, &inside);
	return inside + bio_sectors(bio) > chunk;
}

/*
 * Can it be turned down without loss? One that the block layer has to split always
 * is, however free the device.
 */
static __always_inline bool can_nowait(const struct bio *bio)
{
	const struct queue_limits *lim = &bdev_get_queue(bio->bi_bdev)->limits;
	const struct bio_vec *vec = bio->bi_io_vec;
	unsigned int len = bio->bi_iter.bi_size;

	if (unlikely(!bdev_nowait(bio->bi_bdev) ||
		     len >> SECTOR_SHIFT > lim->max_sectors))
		return false;
	if (unlikely(lim->chunk_sectors && crosses_chunk(bio, lim->chunk_sectors)))
		return false;
	if (likely(len <= vec->bv_len - bio->bi_iter.bi_bvec_done))
		return len <= lim->max_segment_size;
	return pieces_fit(bio, lim);
}

static bool wants_poll(const struct bpio_dio *dio)
{
	return dio->iocb->ki_flags & IOCB_HIPRI &&
	       bp_can_poll(dio->bio.bi_bdev);
}

/* A place in the list of those that a drain looks at */
static struct bio **polled_slot(struct bpio_handle *h, struct bio *bio)
{
	struct bio **slots = bpio_handle_polled(h);
	unsigned int at, i;

	if (unlikely(!slots))
		return NULL;
	at = READ_ONCE(h->poll_next);
	for (i = 0; i < BPIO_POLLED_MAX; i++) {
		struct bio **slot = &slots[at++ % BPIO_POLLED_MAX];

		if (likely(!READ_ONCE(*slot) && !cmpxchg(slot, NULL, bio))) {
			WRITE_ONCE(h->poll_next, at);
			return slot;
		}
	}
	return NULL;
}

static void make_polled(struct bpio_dio *dio)
{
	dio->polled = polled_slot(dio->h, &dio->bio);
	if (unlikely(!dio->polled))
		return;
	dio->bio.bi_opf |= REQ_POLLED | REQ_NOMERGE;
	WRITE_ONCE(dio->iocb->private, &dio->bio);
	if (unlikely(!READ_ONCE(dio->h->stream->polled)))
		bpio_stream_polled(dio->h->stream);
}

/* False: it is for his worker, see the banner */
static __always_inline bool turn_down_or_poll(struct bpio_dio *dio)
{
	if (unlikely(!can_nowait(&dio->bio)))
		return !wants_poll(dio);
	dio->bio.bi_opf |= REQ_NOWAIT;
	if (wants_poll(dio))
		make_polled(dio);
	return true;
}

/**
 * bpio_dio_queue() - send an asynchronous read to the disk in one bio
 * @dio: prepared, inside the gate; not the caller's any more
 * @sector: where it begins
 * @len: bytes, all of them in one extent
 *
 * Only so it can be polled, or turned down by a busy device without loss. What is
 * not polled ends in an interrupt, and before 6.2 must not go back to a CPU's
 * cache from there: that, too, is cleared.
 *
 * Context: Sleeps. If its kiocb has IOCB_NOWAIT, only for a device that is busy,
 * and only if what it is sent cannot be turned down.
 */
void bpio_dio_queue(struct bpio_dio *dio, sector_t sector, size_t len)
{
	struct bio *bio = &dio->bio;

	aim(bio, dio, &dio->iter, sector, len);
	bio->bi_end_io = end_only;
	dio->waiter = current;
	if (dio->iocb->ki_flags & IOCB_NOWAIT &&
	    unlikely(!turn_down_or_poll(dio))) {
		bio_wouldblock_error(bio);
		return;
	}
	if (!(bio->bi_opf & REQ_POLLED))
		bio_clear_polled(bio);
	submit_bio(bio);
}

/* The next bio cannot be sent: what a shrinker took is not worth a wait */
static void give_up(struct bpio_dio *dio, struct bio *bio)
{
	if (bio != &dio->bio)
		bio_put(bio);
	dio->lost = true;
	WRITE_ONCE(dio->status, BLK_STS_IOERR);
	dio_put(dio);
}

static void submit_many(struct bpio_dio *dio, struct bpio_map *map, size_t len)
{
	bool nowait = dio->iocb->ki_flags & IOCB_NOWAIT;
	gfp_t gfp = nowait ? GFP_NOWAIT | __GFP_NOWARN : GFP_NOIO;
	u64 pos = dio->pos, end = pos + len;
	struct iov_iter iter = dio->iter;
	struct bio *bio = &dio->bio;
	struct blk_plug plug;
	sector_t sector;
	size_t n;

	bio_clear_polled(bio);
	blk_start_plug(&plug);
	for (;;) {
		n = bpio_map_run(map, pos, end - pos, &sector);
		if (unlikely(!n)) {
			give_up(dio, bio);
			goto out;
		}
		aim(bio, dio, &iter, sector, n);
		bio->bi_private = dio;
		bio->bi_end_io = end_io;
		pos += n;
		if (pos == end)
			break;
		atomic_inc(&dio->bios);
		submit_bio(bio);
		iov_iter_advance(&iter, n);
		bio = bio_alloc_bioset(map->bdev, 0, REQ_OP_READ, gfp,
				       &more_bios);
		if (unlikely(!bio)) {
			WRITE_ONCE(dio->status, BLK_STS_RESOURCE);
			dio_put(dio);
			goto out;
		}
	}
	submit_bio(bio);
out:
	blk_finish_plug(&plug);
}

/**
 * bpio_dio_submit() - send a read to the disk
 * @dio: prepared, inside the gate
 * @map: of its stream
 * @sector: where it begins, if all of it is in one extent, else 0
 * @len: bytes, all of them mapped
 *
 * If it is asynchronous, @dio is not the caller's any more.
 *
 * Context: As bpio_dio_queue().
 */
void bpio_dio_submit(struct bpio_dio *dio, struct bpio_map *map, sector_t sector,
		     size_t len)
{
	dio->waiter = current;
	atomic_set(&dio->bios, 1);
	if (unlikely(!sector && dio->async && wants_poll(dio) &&
		     dio->iocb->ki_flags & IOCB_NOWAIT)) {
		/* More than one bio: for his worker, see the banner */
		dio->bio.bi_end_io = end_only;
		bio_wouldblock_error(&dio->bio);
	} else if (unlikely(!sector)) {
		submit_many(dio, map, len);
	} else if (dio->async) {
		bpio_dio_queue(dio, sector, len);
	} else {
		aim(&dio->bio, dio, &dio->iter, sector, len);
		dio->bio.bi_private = dio;
		dio->bio.bi_end_io = end_io;
		submit_bio(&dio->bio);
	}
}

/**
 * bpio_dio_poll() - look which polled reads are done, if there are any
 * @h: the handle
 *
 * Context: Task context.
 */
void bpio_dio_poll(struct bpio_handle *h)
{
	struct bio *bio, **slots = READ_ONCE(h->polled);
	int i;

	if (!slots)
		return;
	for (i = 0; i < BPIO_POLLED_MAX; i++) {
		/* As iocb_bio_iopoll(): a bio that ends meanwhile stays a bio */
		rcu_read_lock();
		bio = READ_ONCE(slots[i]);
		if (bio)
			bio_poll(bio, NULL, BLK_POLL_ONESHOT);
		rcu_read_unlock();
	}
}

/**
 * bpio_dio_init() - at module load
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int bpio_dio_init(void)
{
	if (bioset_init(&bpio_first_bios, BIO_POOL_SIZE,
			offsetof(struct bpio_dio, bio), BIOSET_NEED_BVECS | BIOSET_PERCPU_CACHE))
		return -ENOMEM;
	if (bioset_init(&more_bios, BIO_POOL_SIZE, 0, 0))
		goto out_first;
	late_queue = alloc_workqueue("bypassfs-late", WQ_UNBOUND, 0);
	if (late_queue)
		return 0;
	bioset_exit(&more_bios);
out_first:
	bioset_exit(&bpio_first_bios);
	return -ENOMEM;
}

/**
 * bpio_dio_exit() - at module unload; no read is in flight
 *
 * Context: May sleep.
 */
void bpio_dio_exit(void)
{
	destroy_workqueue(late_queue);
	bioset_exit(&more_bios);
	bioset_exit(&bpio_first_bios);
}
