// SPDX-License-Identifier: GPL-2.0
/*
 * Bios of a read that is not short, on their way to the disk
 *
 * Overview
 *   The reader's buffer is a list of pieces of pages, pinned or registered. A
 *   bio takes its place in that list and no more. There is one bio for each run
 *   of neighbours on the disk; what the device cannot take at once, the block
 *   layer splits. At their end they are bios.c's.
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
 *   A read of who polls is a request of its own. As a part of one that is polled for
 *   another file it could not be looked for. And before 6.2 a bio that came from a
 *   CPU's cache must not end in an interrupt, as part of a request that is not
 *   polled would.
 */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/math64.h>
#include <linux/sched.h>

#include "compat/poll.h"
#include "dio.h"
#include "handle.h"
#include "map.h"
#include "stream.h"

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
	dio->bio.bi_opf |= REQ_NOMERGE;
	dio->polled = polled_slot(dio->h, &dio->bio);
	if (unlikely(!dio->polled))
		return;
	dio->bio.bi_opf |= REQ_POLLED;
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
	bio->bi_end_io = bpio_dio_end_only;
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
	bpio_dio_put(dio);
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
		bio->bi_end_io = bpio_dio_end;
		pos += n;
		if (pos == end)
			break;
		atomic_inc(&dio->bios);
		submit_bio(bio);
		iov_iter_advance(&iter, n);
		bio = bio_alloc_bioset(map->bdev, 0, REQ_OP_READ, gfp,
				       &bpio_more_bios);
		if (unlikely(!bio)) {
			WRITE_ONCE(dio->status, BLK_STS_RESOURCE);
			bpio_dio_put(dio);
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
		dio->bio.bi_end_io = bpio_dio_end_only;
		bio_wouldblock_error(&dio->bio);
	} else if (unlikely(!sector)) {
		submit_many(dio, map, len);
	} else if (dio->async) {
		bpio_dio_queue(dio, sector, len);
	} else {
		aim(&dio->bio, dio, &dio->iter, sector, len);
		dio->bio.bi_private = dio;
		dio->bio.bi_end_io = bpio_dio_end;
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
