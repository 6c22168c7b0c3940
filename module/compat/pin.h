/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_PIN_H
#define BYPASSFS_COMPAT_PIN_H

#include <linux/mm.h>
#include <linux/uio.h>

/*
 * bp_iter_pin(), bp_pin_fast() - pages of a user's buffer that will be written
 * to; bp_unpin(), for each of them
 *
 * Since 6.3 they are pinned, before that referenced, as the direct I/O of the
 * same kernel does it.
 */
#ifdef COMPAT_HAS_EXTRACT_PAGES
static inline ssize_t bp_iter_pin(struct iov_iter *from, struct page **pages,
				  size_t size, unsigned int nr, size_t *offset)
{
	return iov_iter_extract_pages(from, &pages, size, nr, 0, offset);
}

static inline int bp_pin_fast(unsigned long addr, int nr, struct page **pages)
{
	return pin_user_pages_fast(addr, nr, FOLL_WRITE, pages);
}

static inline void bp_unpin(struct page *page)
{
	unpin_user_page(page);
}
#else
static inline ssize_t bp_iter_pin(struct iov_iter *from, struct page **pages,
				  size_t size, unsigned int nr, size_t *offset)
{
	return iov_iter_get_pages2(from, pages, size, nr, offset);
}

static inline int bp_pin_fast(unsigned long addr, int nr, struct page **pages)
{
	return get_user_pages_fast(addr, nr, FOLL_WRITE, pages);
}

static inline void bp_unpin(struct page *page)
{
	put_page(page);
}
#endif

#endif /* BYPASSFS_COMPAT_PIN_H */
