/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_BUFFER_H
#define BPIO_BUFFER_H

#include <linux/gfp_types.h>
#include <linux/mm.h>
#include <linux/types.h>

struct bio_vec;
struct iov_iter;

/* As many pages of a user's buffer are pinned at a time */
#define BPIO_BUFFER_PAGES	1024U
/* Bytes that are in no more pages, wherever they begin */
#define BPIO_BUFFER_PIECE	((size_t)(BPIO_BUFFER_PAGES - 1) * PAGE_SIZE)

/**
 * struct bpio_buffer - a user's buffer, pinned
 * @vecs: its pieces; the caller's if @room
 * @room: how many the caller has room for, or 0
 * @nr: how many there are; 0 if nothing is pinned
 * @len: bytes in all
 */
struct bpio_buffer {
	struct bio_vec *vecs;
	unsigned int room;
	unsigned int nr;
	size_t len;
};

int bpio_buffer_take(struct bpio_buffer *buf, struct iov_iter *iter,
		     const struct iov_iter *from, size_t len, gfp_t gfp);
void bpio_buffer_dirty(const struct bpio_buffer *buf);
bool bpio_buffer_is_dirty(const struct bpio_buffer *buf);
void bpio_buffer_release(struct bpio_buffer *buf, bool dirty);

#endif /* BPIO_BUFFER_H */
