/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_ITER_H
#define BYPASSFS_COMPAT_ITER_H

#include <linux/uio.h>

/**
 * bp_iter_one() - is it one piece of user memory?
 * @i: what is to be read into
 * @addr: set to where it goes on, if so
 *
 * Before 6.4, AIO and io_uring came with a list of one piece.
 *
 * Context: Any.
 * Return: true if so.
 */
static __always_inline bool bp_iter_one(const struct iov_iter *i,
					unsigned long *addr)
{
	if (likely(iter_is_ubuf(i))) {
		*addr = (unsigned long)i->ubuf + i->iov_offset;
		return true;
	}
#ifndef COMPAT_HAS_ITER_IOV
	if (iter_is_iovec(i) && i->nr_segs == 1) {
		*addr = (unsigned long)i->iov->iov_base + i->iov_offset;
		return true;
	}
#endif
	return false;
}

#endif /* BYPASSFS_COMPAT_ITER_H */
