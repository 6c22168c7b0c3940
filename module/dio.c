// SPDX-License-Identifier: GPL-2.0
/*
 * Reads of any length and kind, carried by iomap
 *
 * Overview
 *   iomap_dio_rw() pins, splits, submits and completes; we tell it where the
 *   blocks are. It works on a copy of the kiocb that names the lower file, so
 *   that it takes size, direct-I/O count and page cache from the lower inode.
 *   Asynchronous reads complete from the last bio's end, and until then they
 *   stay inside the gate.
 *
 * Only reads whose whole range is mapped are begun: the rest of an asynchronous
 * one could not be had from the lower file system afterwards.
 *
 * The buffer is faulted in before the visit and must not fault during it. If a
 * page is gone again by then iomap waits for what it has begun and reports a
 * partial read; the lower file system does the rest of a synchronous one, and an
 * asynchronous one is short.
 *
 * An error of the disk itself reaches a synchronous reader only after the lower
 * file system has tried as well. An asynchronous one, as it does on the lower
 * file system, gets it at once.
 */
#include <linux/fs.h>
#include <linux/iomap.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "compat/kiocb.h"
#include "dispatch.h"
#include "handle.h"
#include "map.h"
#include "span.h"
#include "stack.h"
#include "stream.h"
#include "volume.h"

/**
 * struct dio - an asynchronous read in flight
 * @iocb: the copy that iomap works on
 * @orig: the reader's; keeps the upper file open
 * @h: the handle
 * @path: that it took, for the count of its bytes
 */
struct dio {
	struct kiocb iocb;
	struct kiocb *orig;
	struct bpio_handle *h;
	enum bpio_path path;
};

static struct kmem_cache *dio_cache;

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

/* From the end of the last bio, in any context */
static void dio_complete(struct kiocb *iocb, long ret)
{
	struct dio *dio = container_of(iocb, struct dio, iocb);
	struct kiocb *orig = dio->orig;

	orig->ki_pos = iocb->ki_pos;
	if (ret > 0)
		this_cpu_add(dio->h->counts->bytes[dio->path], ret);
	bpio_visit_end(dio->h->stream);
	kmem_cache_free(dio_cache, dio);
	orig->ki_complete(orig, ret);
}

static enum bpio_reason reason_of(ssize_t error)
{
	switch (error) {
	case -EINVAL:
		return BPIO_REASON_UNALIGNED;
	case -EFAULT:
		return BPIO_REASON_BUFFER;
	case -EAGAIN:
		return BPIO_REASON_NOWAIT;
	case -ENOMEM:
		return BPIO_REASON_NO_MEMORY;
	default:
		return BPIO_REASON_IO_ERROR;
	}
}

/* Inside the gate; the range is mapped. Leaves @to as iomap has left it. */
static ssize_t submit(struct bpio_stream *st, struct kiocb *iocb,
		      struct iov_iter *to, size_t disk)
{
	size_t beyond = iov_iter_count(to) - disk;
	bool nofault = to->nofault;
	ssize_t ret;

	iov_iter_truncate(to, disk);
	to->nofault = user_backed_iter(to);
	ret = iomap_dio_rw(iocb, to, &dio_iomap_ops, NULL, IOMAP_DIO_PARTIAL,
			   st->map, 0);
	to->nofault = nofault;
	iov_iter_reexpand(to, iov_iter_count(to) + beyond);
	return ret;
}

static ssize_t read_async(struct bpio_handle *h, struct kiocb *iocb,
			  struct iov_iter *to, size_t disk, bool *queued)
{
	struct bpio_stream *st = h->stream;
	struct dio *dio;
	ssize_t ret;

	dio = kmem_cache_alloc(dio_cache, iocb->ki_flags & IOCB_NOWAIT ?
			       GFP_NOWAIT | __GFP_NOWARN : GFP_KERNEL);
	if (!dio)
		return -ENOMEM;
	bp_kiocb_clone(&dio->iocb, iocb, h->lower);
	dio->iocb.ki_complete = dio_complete;
	dio->orig = iocb;
	dio->h = h;
	dio->path = READ_ONCE(st->paused) ? BPIO_PATH_LOWER_SKIPPED :
					    BPIO_PATH_FULL;
	ret = submit(st, &dio->iocb, to, disk);
	if (ret == -EIOCBQUEUED) {
		*queued = true;
		return ret;
	}
	if (ret > 0)
		iocb->ki_pos = dio->iocb.ki_pos;
	kmem_cache_free(dio_cache, dio);
	return ret;
}

static ssize_t read_sync(struct bpio_handle *h, struct kiocb *iocb,
			 struct iov_iter *to, size_t disk)
{
	struct bpio_stream *st = h->stream;
	struct kiocb clone;
	ssize_t ret;

	bp_kiocb_clone(&clone, iocb, h->lower);
	bpio_gate_visit_begin(&st->gate);
	ret = submit(st, &clone, to, disk);
	bpio_gate_visit_end(&st->gate);
	if (ret > 0)
		iocb->ki_pos = clone.ki_pos;
	return ret;
}

/* One attempt; *learn: the map does not know the range yet */
static ssize_t try_read(struct bpio_handle *h, struct kiocb *iocb,
			struct iov_iter *to, enum bpio_reason *reason,
			bool *learn)
{
	struct bpio_stream *st = h->stream;
	size_t disk, count = iov_iter_count(to);
	bool nowait = iocb->ki_flags & IOCB_NOWAIT;
	bool queued = false;
	u64 pos = iocb->ki_pos;
	ssize_t ret = 0;
	int covers;

	*reason = bpio_visit_begin(st, nowait);
	if (*reason)
		return 0;
	*reason = bpio_visit_check(st);
	if (*reason)
		goto out_end_visit;
	disk = bpio_span_disk(pos, count, st->map->size, st->vol->offset_mask);
	if (!disk)
		goto out_end_visit;
	covers = bpio_map_covers(st->map, pos, disk);
	*learn = covers < 0;
	if (covers <= 0) {
		*reason = BPIO_REASON_UNMAPPED;
		goto out_end_visit;
	}
	if (is_sync_kiocb(iocb))
		ret = read_sync(h, iocb, to, disk);
	else
		ret = read_async(h, iocb, to, disk, &queued);
	if (queued)
		return ret;
	if (ret <= 0) {
		/* Nothing was read: leave no trace, the lower file is asked */
		iov_iter_revert(to, count - iov_iter_count(to));
		*reason = reason_of(ret);
	}
out_end_visit:
	bpio_visit_end(st);
	return ret;
}

/* iomap has read less than there is: have the lower file system do the rest */
static ssize_t finish(struct bpio_handle *h, struct kiocb *iocb,
		      struct iov_iter *to, ssize_t got)
{
	ssize_t ret;

	if (!is_sync_kiocb(iocb) || !iov_iter_count(to) ||
	    iocb->ki_pos >= i_size_read(file_inode(h->lower)))
		return got;
	ret = bypassfs_lower_read(h->lower, iocb, to);
	return ret > 0 ? got + ret : got;
}

/**
 * bpio_dio_read() - as bpio_dispatch(), for reads of any length and kind
 * @h: an enabled handle
 * @iocb: on the upper file
 * @to: the buffers
 * @reason: as in bpio_dispatch()
 *
 * Context: Sleeps, unless IOCB_NOWAIT is set.
 * Return: as in bpio_dispatch().
 */
ssize_t bpio_dio_read(struct bpio_handle *h, struct kiocb *iocb,
		      struct iov_iter *to, enum bpio_reason *reason)
{
	size_t count = iov_iter_count(to);
	bool nowait = iocb->ki_flags & IOCB_NOWAIT;
	bool learn = false;
	ssize_t ret;

	*reason = BPIO_REASON_BUFFER;
	if (!user_backed_iter(to) && !iov_iter_is_bvec(to))
		return 0;
	if (user_backed_iter(to) && !nowait &&
	    fault_in_iov_iter_writeable(to, count))
		return 0;
	ret = try_read(h, iocb, to, reason, &learn);
	if (learn) {
		learn = false;
		*reason = bpio_visit_learn(h->stream, iocb->ki_pos, count,
					   nowait);
		if (*reason)
			return 0;
		ret = try_read(h, iocb, to, reason, &learn);
	}
	if (!*reason && ret > 0)
		ret = finish(h, iocb, to, ret);
	return ret;
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
	return dio_cache ? 0 : -ENOMEM;
}

/**
 * bpio_dio_exit() - at module unload; no read is in flight
 *
 * Context: May sleep.
 */
void bpio_dio_exit(void)
{
	kmem_cache_destroy(dio_cache);
}
