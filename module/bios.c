// SPDX-License-Identifier: GPL-2.0
/*
 * Bios of a read that is not short, at their end
 *
 * Overview
 *   They come from send.c. The state of an asynchronous read is in front of its
 *   first bio, and both come from a cache of each CPU if the caller can do with
 *   that.
 *
 * Errors
 *   An error of the disk reaches a reader only after the lower file system has
 *   tried as well: for a synchronous read in read.c, for an asynchronous one in
 *   a worker, into the buffer that is still pinned, and still inside the gate.
 *   That the device is busy is no error: who may not wait is told so.
 */
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/sched.h>

#include "compat/kiocb.h"
#include "dio.h"
#include "handle.h"
#include "stream.h"
#include "visit.h"

/* The first bio of an asynchronous read, with all of it; and any further bio */
struct bio_set bpio_first_bios;
struct bio_set bpio_more_bios;
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

/**
 * bpio_dio_put() - one bio less is in flight, or to come
 * @dio: submitted
 *
 * Context: Any.
 */
void bpio_dio_put(struct bpio_dio *dio)
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

/**
 * bpio_dio_end_only() - ->bi_end_io of an asynchronous read's only bio
 * @bio: the first
 *
 * Context: Any.
 */
void bpio_dio_end_only(struct bio *bio)
{
	struct bpio_dio *dio = container_of(bio, struct bpio_dio, bio);

	complete_async(dio, bio->bi_status);
}

/**
 * bpio_dio_end() - ->bi_end_io of a synchronous read's bio, or of one of many
 * @bio: whose private data is the read
 *
 * Context: Any.
 */
void bpio_dio_end(struct bio *bio)
{
	struct bpio_dio *dio = bio->bi_private;

	if (unlikely(bio->bi_status))
		WRITE_ONCE(dio->status, bio->bi_status);
	if (bio != &dio->bio)
		bio_put(bio);
	bpio_dio_put(dio);
}

/**
 * bpio_dio_wait() - wait until a synchronous read has ended
 * @dio: submitted
 *
 * Context: Sleeps.
 */
void bpio_dio_wait(struct bpio_dio *dio)
{
	/* Pairs with bpio_dio_put(): what it has read is there */
	while (smp_load_acquire(&dio->waiter)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(dio->waiter))
			io_schedule();
	}
	__set_current_state(TASK_RUNNING);
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
	if (bioset_init(&bpio_more_bios, BIO_POOL_SIZE, 0, 0))
		goto out_first;
	late_queue = alloc_workqueue("bypassfs-late", WQ_UNBOUND, 0);
	if (late_queue)
		return 0;
	bioset_exit(&bpio_more_bios);
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
	bioset_exit(&bpio_more_bios);
	bioset_exit(&bpio_first_bios);
}
