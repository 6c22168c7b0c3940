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

static unsigned int pages_of(const struct bio_vec *vec)
{
	return DIV_ROUND_UP(vec->bv_offset + vec->bv_len, PAGE_SIZE);
}

static struct page *page_of(const struct bio_vec *vec, unsigned int n)
{
	return pfn_to_page(page_to_pfn(vec->bv_page) + n);
}

/* A page that is the next in memory makes the last piece longer */
static bool goes_on(const struct bpio_buffer *buf, struct page *page,
		    size_t offset)
{
	const struct bio_vec *last;

	if (!buf->nr || offset || is_zone_device_page(page))
		return false;
	last = &buf->vecs[buf->nr - 1];
	return !offset_in_page(last->bv_offset + last->bv_len) &&
	       page_to_pfn(page) == page_to_pfn(last->bv_page) + pages_of(last);
}

static void append(struct bpio_buffer *buf, struct page **pages, size_t offset,
		   size_t bytes)
{
	for (; bytes; pages++) {
		size_t n = min_t(size_t, bytes, PAGE_SIZE - offset);

		if (goes_on(buf, *pages, offset))
			buf->vecs[buf->nr - 1].bv_len += n;
		else
			buf->vecs[buf->nr++] = (struct bio_vec) {
				.bv_page	= *pages,
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
	if (max > buf->room) {
		buf->room = 0;
		/* Not from vmalloc(): it is freed at a bio's end */
		buf->vecs = kmalloc_array(max, sizeof(*buf->vecs),
					  gfp | __GFP_NOWARN);
		if (!buf->vecs)
			return -ENOMEM;
	}
	while (buf->len < len) {
		/* @max counts the pages of each segment, so they all fit */
		ret = bp_iter_pin(&rest, pages, len - buf->len, BATCH, &offset);
		if (ret <= 0) {
			bpio_buffer_release(buf, false);
			return -EFAULT;
		}
		append(buf, pages, offset, ret);
	}
	return 0;
}

/**
 * bpio_buffer_take() - the first bytes of a reader's buffer, with no fault left
 * @buf: nothing pinned; pinned on return if @from is user memory
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
	const struct bio_vec *vec = buf->vecs;
	struct page *page;
	unsigned int n;

	for (; vec < buf->vecs + buf->nr; vec++) {
		for (n = 0; n < pages_of(vec); n++) {
			page = page_of(vec, n);
			if (!PageDirty(page))
				set_page_dirty_lock(page);
		}
	}
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
	const struct bio_vec *vec = buf->vecs;
	unsigned int n;

	for (; vec < buf->vecs + buf->nr; vec++)
		for (n = 0; n < pages_of(vec); n++)
			if (!PageDirty(page_of(vec, n)))
				return false;
	return true;
}

/**
 * bpio_buffer_release() - let go of it
 * @buf: pinned, or empty; empty afterwards
 * @dirty: mark all pages dirty
 *
 * Context: Sleeps if @dirty, else any.
 */
void bpio_buffer_release(struct bpio_buffer *buf, bool dirty)
{
	const struct bio_vec *vec = buf->vecs;
	unsigned long pfn, end;
	struct page *page;

	for (; vec < buf->vecs + buf->nr; vec++) {
		pfn = page_to_pfn(vec->bv_page);
		for (end = pfn + pages_of(vec); pfn < end; pfn++) {
			page = pfn_to_page(pfn);
			if (dirty && unlikely(!PageDirty(page)))
				set_page_dirty_lock(page);
			bp_unpin(page);
		}
	}
	buf->nr = 0;
	buf->len = 0;
	if (buf->room || !buf->vecs)
		return;
	kfree(buf->vecs);
	buf->vecs = NULL;
}
