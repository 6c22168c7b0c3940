/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_KIOCB_H
#define BYPASSFS_COMPAT_KIOCB_H

#include <linux/fs.h>

/* Since 6.6: a promise that is about the original's completion only */
#ifndef IOCB_DIO_CALLER_COMP
#define IOCB_DIO_CALLER_COMP	0
#endif

/**
 * bp_kiocb_clone() - a kiocb of our own for the file below
 * @clone: synchronous until ki_complete is set
 * @iocb: the caller's
 * @lower: the file below
 *
 * What was promised about the way in which @iocb completes is not passed on.
 *
 * Context: Any.
 */
static inline void bp_kiocb_clone(struct kiocb *clone, struct kiocb *iocb,
				  struct file *lower)
{
	kiocb_clone(clone, iocb, lower);
	clone->ki_flags &= ~(IOCB_HIPRI | IOCB_ALLOC_CACHE | IOCB_WAITQ |
			     IOCB_DIO_CALLER_COMP);
}

#endif /* BYPASSFS_COMPAT_KIOCB_H */
