/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A read that is not short, between dio.c, which sees to what it needs, send.c,
 * which sends it to the disk, and bios.c, which completes it
 */
#ifndef BPIO_DIO_H
#define BPIO_DIO_H

#include <linux/bio.h>
#include <linux/fs.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "buffer.h"
#include "dispatch.h"

struct bpio_handle;
struct bpio_map;

extern struct bio_set bpio_first_bios;
extern struct bio_set bpio_more_bios;

/**
 * struct bpio_dio - a read, or a piece of one
 * @iocb: the reader's; if asynchronous, keeps the upper file open
 * @h: the handle
 * @waiter: who has sent it; of a synchronous one NULL when it is done
 * @async: nobody waits
 * @polled: its place in bpio_handle.polled, or NULL
 * @buf: pinned, or empty if the reader's is registered
 * @iter: over @buf, or over the reader's
 * @route: path and reason
 * @pos: bytes; where it begins
 * @len: bytes that it returns
 * @bios: in flight, and one if there are more to come
 * @status: of one that has failed
 * @lost: what the map said was given back while bios were made of it
 * @work: what cannot be done at the end of the last bio
 * @bio: the first
 */
struct bpio_dio {
	struct kiocb *iocb;
	struct bpio_handle *h;
	struct task_struct *waiter;
	bool async;
	struct bio **polled;
	struct bpio_buffer buf;
	struct iov_iter iter;
	struct bpio_route route;
	u64 pos;
	size_t len;
	atomic_t bios;
	blk_status_t status;
	bool lost;
	struct work_struct work;
	struct bio bio;
};

/* send.c */
void bpio_dio_submit(struct bpio_dio *dio, struct bpio_map *map,
		     sector_t sector, size_t len);
void bpio_dio_queue(struct bpio_dio *dio, sector_t sector, size_t len);

/* bios.c */
enum bpio_reason bpio_dio_reason(const struct bpio_dio *dio);
void bpio_dio_free(struct bpio_dio *dio);
void bpio_dio_wait(struct bpio_dio *dio);
void bpio_dio_put(struct bpio_dio *dio);
void bpio_dio_end_only(struct bio *bio);
void bpio_dio_end(struct bio *bio);

/**
 * bpio_dio_alloc() - for an asynchronous read
 * @bdev: of the lower file system
 * @iocb: the reader's
 * @nr: so many pieces of pages in its buffer, 0 if that is registered
 * @gfp: as for bios
 *
 * Context: Sleeps if @gfp says so.
 * Return: uninitialised but for @buf, which has room for @nr or says that it has
 * none, and @bio; NULL when memory is short.
 */
static __always_inline struct bpio_dio *
bpio_dio_alloc(struct block_device *bdev, const struct kiocb *iocb,
	       unsigned int nr, gfp_t gfp)
{
	blk_opf_t opf = REQ_OP_READ;
	struct bio *bio;
	struct bpio_dio *dio;

	if (iocb->ki_flags & IOCB_ALLOC_CACHE)
		opf |= REQ_ALLOC_CACHE;
	/* The list of pages can be where bios have theirs */
	if (nr > BIO_MAX_VECS)
		nr = 0;
	bio = bio_alloc_bioset(bdev, nr, opf, gfp, &bpio_first_bios);
	if (!bio)
		return NULL;
	dio = container_of(bio, struct bpio_dio, bio);
	dio->buf = (struct bpio_buffer) {
		.vecs = bio->bi_io_vec,
		.room = bio->bi_max_vecs,
	};
	return dio;
}

#endif /* BPIO_DIO_H */
