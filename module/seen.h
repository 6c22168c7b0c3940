/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_SEEN_H
#define BPIO_SEEN_H

#include "count.h"

struct bpio_handle;
struct bpio_route;
struct iov_iter;
struct kiocb;

ssize_t bpio_seen_read(struct bpio_handle *h, struct kiocb *iocb,
		       struct iov_iter *to,
		       struct bpio_counts __percpu *counts,
		       struct bpio_route *route);

#endif /* BPIO_SEEN_H */
