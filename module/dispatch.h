/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_DISPATCH_H
#define BPIO_DISPATCH_H

#include <linux/fs.h>
#include <linux/uio.h>

#include <linux/bypassio.h>

struct bpio_handle;
struct bpio_stream;

/* Reads of fewer than this many pages can go the short way */
#define BPIO_SHORT_PAGES	16

/**
 * struct bpio_route - where a read has gone
 * @path: one of the two past the lower file system, as seen inside the gate
 * @filtered: why it is not the full one, as seen at the same moment, or
 *	BPIO_REASON_NONE
 * @seen: I: all filters see the read; and then @filtered as well
 * @verified: who may object to the read was asked, and did not
 * @reason: BPIO_REASON_NONE, or why the rest of the read has to go elsewhere
 *
 * I: set by whoever dispatches.
 */
struct bpio_route {
	enum bpio_path path;
	enum bpio_reason filtered;
	bool seen;
	bool verified;
	enum bpio_reason reason;
};

/* dispatch.c */
ssize_t bpio_dispatch(struct bpio_handle *h, struct kiocb *iocb,
		      struct iov_iter *to, struct bpio_route *route);

/* visit.c: the way in, and what a read finds there */
enum bpio_reason bpio_visit_begin(struct bpio_stream *st, bool dio, bool nowait);
void bpio_visit_end(struct bpio_stream *st, bool dio);
bool bpio_visit_check(const struct bpio_handle *h, struct bpio_route *route);
enum bpio_reason bpio_visit_learn(struct bpio_stream *st, u64 pos, u64 len,
				  bool nowait);

/* dio.c: any read that iomap can carry */
ssize_t bpio_dio_read(struct bpio_handle *h, struct kiocb *iocb,
		      struct iov_iter *to, struct bpio_route *route);
int bpio_dio_init(void);
void bpio_dio_exit(void);

#endif /* BPIO_DISPATCH_H */
