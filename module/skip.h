/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_SKIP_H
#define BPIO_SKIP_H

#include <linux/types.h>

struct bpio_handle;
struct bpio_route;
struct iov_iter;
struct kiocb;

ssize_t bpio_skip_sum(ssize_t got, ssize_t ret);
ssize_t bpio_skip_read(struct bpio_handle *h, struct kiocb *iocb,
		       struct iov_iter *to, struct bpio_route *route);

#endif /* BPIO_SKIP_H */
