// SPDX-License-Identifier: GPL-2.0
/*
 * A user's buffer, pinned before the visit
 *
 * Faulting pages in can take as long as a user likes (userfaultfd, FUSE, a lock
 * of his address space), and a drain waits for all visits; so it is done first.
 * What is pinned cannot fault any more.
 *
 * Pages that a disk writes into must be dirty when they are unpinned. Who can
 * sleep then marks them afterwards. Who completes in an interrupt marks them
 * before the read; if write-back has cleaned one meanwhile, it is marked again
 * before it is unpinned, and that has to be done by somebody who can sleep.
 */
#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "buffer.h"
#include "compat/pin.h"

/* Pages are asked for in batches of this many */
#define BATCH	32

static void append(struct bpio_buffer *buf, struct page **pages, size_t offset,
		   size_t bytes)
{
	while (bytes) {
		size_t n = min_t(size_t, bytes, PAGE_SIZE - offset);

		buf->vecs[buf->nr++] = (struct bio_vec) {
			.bv_page	= *pages++,
			.bv_len		= n,
			.bv_offset	= offset,
		};
		buf->len += n;
		bytes -= n;
		offset = 0;
	}
}

static int pin(struct bpio_buffer *buf, const struct iov_iter *from, size_t len,
	       gfp_t gfp)
{
	struct iov_iter rest = *from;
	struct page *pages[BATCH];
	unsigned int max;
	size_t offset;
	ssize_t ret;

	iov_iter_truncate(&rest, len);
	max = iov_iter_npages(&rest, BPIO_BUFFER_PAGES + 1);
	if (max > BPIO_BUFFER_PAGES)
		return -EFAULT;
	buf->nr = 0;
	buf->len = 0;
	buf->vecs = kvmalloc_array(max, sizeof(*buf->vecs), gfp);
	if (!buf->vecs)
		return -ENOMEM;
	while (buf->len < len) {
		/* @max counts the pages of each segment, so they all fit */
		ret = bp_iter_pin(&rest, pages, len - buf->len,
				  min_t(unsigned int, BATCH, max - buf->nr),
				  &offset);
		if (ret <= 0) {
			bpio_buffer_unpin(buf);
			return -EFAULT;
		}
		append(buf, pages, offset, ret);
	}
	return 0;
}

/**
 * bpio_buffer_take() - the first bytes of a reader's buffer, with no fault left
 * @buf: uninitialised; pinned on return if @from is user memory, else empty
 * @iter: set up, to read into; @buf lives longer than it
 * @from: stays as it is
 * @len: bytes
 * @gfp: for the list of pages
 *
 * Context: Sleeps: it may fault.
 * Return: 0; -ENOMEM; -EFAULT if not all of it can be pinned, or it is in too
 * many pieces. Then nothing is pinned.
 */
int bpio_buffer_take(struct bpio_buffer *buf, struct iov_iter *iter,
		     const struct iov_iter *from, size_t len, gfp_t gfp)
{
	int ret;

	*buf = (struct bpio_buffer) {};
	if (!user_backed_iter(from)) {
		*iter = *from;
		iov_iter_truncate(iter, len);
		return 0;
	}
	ret = pin(buf, from, len, gfp);
	if (ret)
		return ret;
	iov_iter_bvec(iter, ITER_DEST, buf->vecs, buf->nr, buf->len);
	return 0;
}

/**
 * bpio_buffer_dirty() - mark all pages dirty
 * @buf: pinned, or empty
 *
 * Context: Sleeps.
 */
void bpio_buffer_dirty(const struct bpio_buffer *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr; i++)
		if (!PageDirty(buf->vecs[i].bv_page))
			set_page_dirty_lock(buf->vecs[i].bv_page);
}

/**
 * bpio_buffer_is_dirty() - are all pages still marked?
 * @buf: pinned, or empty
 *
 * Context: Any.
 * Return: true if they are.
 */
bool bpio_buffer_is_dirty(const struct bpio_buffer *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr; i++)
		if (!PageDirty(buf->vecs[i].bv_page))
			return false;
	return true;
}

/**
 * bpio_buffer_unpin() - let go of it
 * @buf: pinned, or empty; empty afterwards
 *
 * Context: Any.
 */
void bpio_buffer_unpin(struct bpio_buffer *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr; i++)
		bp_unpin(buf->vecs[i].bv_page);
	kvfree(buf->vecs);
	buf->vecs = NULL;
	buf->nr = 0;
	buf->len = 0;
}
