// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of any length and kind, carried by iomap
 *
 * Overview
 *   iomap_dio_rw() splits, submits and completes; we tell it where the blocks
 *   are. It works on a copy of the kiocb that names the lower file, so that it
 *   takes size, direct-I/O count and page cache from the lower inode, and on a
 *   buffer that is pinned already (buffer.c), or was registered.
 *
 *   A synchronous read goes in pieces of at most BPIO_BUFFER_PIECE; what a
 *   piece cannot do, the lower file system does, from there on. An asynchronous
 *   one goes in one piece or not at all, completes from the last bio's end, and
 *   until then stays inside the gate.
 *
 *   An error of the disk reaches a reader only after the lower file system has
 *   tried as well: for a synchronous read in read.c, for an asynchronous one in
 *   a worker, into the buffer that is still pinned, and still inside the gate.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "buffer.h"
#include "compat/kiocb.h"
#include "dispatch.h"
#include "handle.h"
#include "map.h"
#include "span.h"
#include "stack.h"
#include "stream.h"
#include "volume.h"

/**
 * struct dio - a read, or a piece of one
 * @iocb: the copy that iomap works on
 * @orig: the reader's; keeps the upper file open
 * @h: the handle
 * @buf: pinned, or empty if the reader's is registered
 * @iter: over @buf, or over the reader's
 * @route: path and reason
 * @told: where the submitter of an asynchronous read finds @route, or NULL
 * @again: @iter as it was, for the lower file system
 * @pos: bytes; where it was
 * @work: what cannot be done at the end of the last bio
 */
struct dio {
	struct kiocb iocb;
	struct kiocb *orig;
	struct bpio_handle *h;
	struct bpio_buffer buf;
	struct iov_iter iter;
	struct bpio_route route;
	struct bpio_route *told;
	struct iov_iter again;
	loff_t pos;
	struct work_struct work;
};

static struct kmem_cache *dio_cache;
static struct workqueue_struct *late_queue;

static int dio_iomap_begin(struct inode *inode, loff_t pos, loff_t length,
			   unsigned int flags, struct iomap *iomap,
			   struct iomap *srcmap)
{
	struct iomap_iter *iter = container_of(iomap, struct iomap_iter, iomap);
	struct bpio_map *map = iter->private;
	struct bpio_extent e;

	if (!bpio_map_find(map, pos, &e) || !e.sector)
		return -ENOTBLK;
	iomap->type = IOMAP_MAPPED;
	iomap->bdev = map->bdev;
	iomap->addr = (u64)e.sector << SECTOR_SHIFT;
	iomap->offset = e.start;
	iomap->length = e.end - e.start;
	return 0;
}

static const struct iomap_ops dio_iomap_ops = {
	.iomap_begin	= dio_iomap_begin,
};

static void dio_free(struct dio *dio)
{
	bpio_buffer_unpin(&dio->buf);
	kmem_cache_free(dio_cache, dio);
}

static void dio_unpin_work(struct work_struct *work)
{
	struct dio *dio = container_of(work, struct dio, work);

	bpio_buffer_dirty(&dio->buf);
	dio_free(dio);
}

/* The disk has failed: perhaps the lower file system knows better */
static void dio_again_work(struct work_struct *work)
{
	struct dio *dio = container_of(work, struct dio, work);
	struct kiocb *orig = dio->orig;
	struct kiocb iocb;
	long ret;

	bp_kiocb_clone(&iocb, orig, dio->h->lower);
	iocb.ki_pos = dio->pos;
	iocb.ki_flags &= ~IOCB_NOWAIT;
	/* Who may object was asked when it was sent */
	ret = dio->h->lower->f_op->read_iter(&iocb, &dio->again);
	bpio_gate_leave(&dio->h->stream->gate);
	orig->ki_pos = iocb.ki_pos;
	bpio_count(dio->h->counts, dio->route.filtered ?
		   BPIO_PATH_TRADITIONAL : BPIO_PATH_FILTERS_SKIPPED,
		   BPIO_REASON_IO_ERROR, ret);
	bpio_buffer_dirty(&dio->buf);
	dio_free(dio);
	orig->ki_complete(orig, ret);
}

static void do_late(struct dio *dio, work_func_t fn)
{
	INIT_WORK(&dio->work, fn);
	queue_work(late_queue, &dio->work);
}

/* From the end of the last bio, in any context */
static void dio_complete(struct kiocb *iocb, long ret)
{
	struct dio *dio = container_of(iocb, struct dio, iocb);
	struct kiocb *orig = dio->orig;

	if (ret < 0) {
		/* Stays inside, but the lower file system may wait for this */
		inode_dio_end(dio->h->stream->lower);
		do_late(dio, dio_again_work);
		return;
	}
	orig->ki_pos = iocb->ki_pos;
	bpio_count(dio->h->counts, dio->route.path, dio->route.filtered, ret);
	bpio_visit_end(dio->h->stream, true);
	if (bpio_buffer_is_dirty(&dio->buf))
		dio_free(dio);
	else
		do_late(dio, dio_unpin_work);
	orig->ki_complete(orig, ret);
}

static enum bpio_reason reason_of(ssize_t error)
{
	switch (error) {
	case -EINVAL:
		return BPIO_REASON_UNALIGNED;
	case -EAGAIN:
		return BPIO_REASON_NOWAIT;
	case -ENOMEM:
		return BPIO_REASON_NO_MEMORY;
	default:
		return BPIO_REASON_IO_ERROR;
	}
}

/* Is all of the range mapped? *learn: that is not known yet */
static bool mapped(struct dio *dio, u64 pos, size_t disk, bool *learn)
{
	int covers = bpio_map_covers(dio->h->stream->map, pos, disk);

	*learn = covers < 0;
	if (covers > 0)
		return true;
	dio->route.reason = BPIO_REASON_UNMAPPED;
	return false;
}

/*
 * One visit, @len bytes from the position of @dio->iocb. If it is queued, @dio
 * is not ours any more.
 */
static ssize_t visit(struct dio *dio, size_t len, bool *learn)
{
	struct bpio_stream *st = dio->h->stream;
	bool sync = is_sync_kiocb(&dio->iocb);
	u64 pos = dio->iocb.ki_pos;
	ssize_t ret = 0;
	size_t disk;

	dio->route.reason = bpio_visit_begin(st, true, dio->iocb.ki_flags &
					     IOCB_NOWAIT);
	if (dio->route.reason)
		return 0;
	if (sync)
		bpio_gate_visit_begin(&st->gate);
	if (!bpio_visit_check(dio->h, &dio->route))
		goto out_end_visit;
	disk = bpio_span_disk(pos, len, st->map->size, st->vol->offset_mask);
	if (!disk || !mapped(dio, pos, disk, learn))
		goto out_end_visit;
	iov_iter_truncate(&dio->iter, disk);
	/* Once it is queued it may be gone */
	if (dio->told)
		*dio->told = dio->route;
	ret = iomap_dio_rw(&dio->iocb, &dio->iter, &dio_iomap_ops, NULL, 0,
			   st->map, 0);
	if (ret == -EIOCBQUEUED)
		return ret;
	if (ret < 0) {
		dio->route.reason = reason_of(ret);
		ret = 0;
	}
out_end_visit:
	if (sync)
		bpio_gate_visit_end(&st->gate);
	bpio_visit_end(st, true);
	return ret;
}

static ssize_t visit_and_learn(struct dio *dio, size_t len)
{
	bool nowait = dio->iocb.ki_flags & IOCB_NOWAIT;
	struct bpio_stream *st = dio->h->stream;
	u64 pos = dio->iocb.ki_pos;
	bool learn = false;
	ssize_t ret;

	ret = visit(dio, len, &learn);
	if (ret == -EIOCBQUEUED || !learn)
		return ret;
	dio->route.reason = bpio_visit_learn(st, pos, len, nowait);
	if (dio->route.reason)
		return 0;
	learn = false;
	ret = visit(dio, len, &learn);
	/* Another map, just made: that it says nothing does not mean a hole */
	if (learn)
		dio->route.reason = BPIO_REASON_REARMING;
	return ret;
}

/* The reader's buffer from where it stands, pinned if it is user memory */
static enum bpio_reason prepare(struct dio *dio, const struct iov_iter *to,
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

static ssize_t read_piece(struct bpio_handle *h, struct kiocb *iocb,
			  struct iov_iter *to, size_t len,
			  struct bpio_route *route)
{
	struct dio dio = { .h = h };
	ssize_t ret = 0;

	bp_kiocb_clone(&dio.iocb, iocb, h->lower);
	dio.route = *route;
	dio.route.reason = prepare(&dio, to, len, GFP_KERNEL);
	if (!dio.route.reason) {
		ret = visit_and_learn(&dio, len);
		if (ret > 0)
			bpio_buffer_dirty(&dio.buf);
		bpio_buffer_unpin(&dio.buf);
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
	struct dio *dio;
	ssize_t ret = 0;

	if (!tail_is_there(to, len))
		return 0;
	dio = kmem_cache_alloc(dio_cache, gfp);
	if (!dio) {
		route->reason = BPIO_REASON_NO_MEMORY;
		return 0;
	}
	bp_kiocb_clone(&dio->iocb, iocb, h->lower);
	dio->iocb.ki_complete = dio_complete;
	dio->orig = iocb;
	dio->h = h;
	dio->told = route;
	dio->route = *route;
	dio->route.reason = prepare(dio, to, len ?: min(iov_iter_count(to),
							PAGE_SIZE), gfp);
	if (!dio->route.reason) {
		bpio_buffer_dirty(&dio->buf);
		dio->again = dio->iter;
		dio->pos = dio->iocb.ki_pos;
		ret = visit_and_learn(dio, iov_iter_count(&dio->iter));
		if (ret == -EIOCBQUEUED)
			return ret;
		/* Refused after all, or completed at once */
		iocb->ki_pos += ret;
		iov_iter_advance(to, ret);
	}
	*route = dio->route;
	dio_free(dio);
	return ret;
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
	/* Until it is seen to do */
	route->reason = BPIO_REASON_BUFFER;
	if (!user_backed_iter(to) && !iov_iter_is_bvec(to))
		return 0;
	return is_sync_kiocb(iocb) ? read_sync(h, iocb, to, route) :
				     read_async(h, iocb, to, route);
}

/**
 * bpio_dio_init() - at module load
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int bpio_dio_init(void)
{
	dio_cache = KMEM_CACHE(dio, 0);
	if (!dio_cache)
		return -ENOMEM;
	late_queue = alloc_workqueue("bypassfs-late", WQ_UNBOUND, 0);
	if (!late_queue) {
		kmem_cache_destroy(dio_cache);
		return -ENOMEM;
	}
	return 0;
}

/**
 * bpio_dio_exit() - at module unload; no read is in flight
 *
 * Context: May sleep.
 */
void bpio_dio_exit(void)
{
	destroy_workqueue(late_queue);
	kmem_cache_destroy(dio_cache);
}
