/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_DISPATCH_H
#define BPIO_DISPATCH_H

#include <linux/fs.h>
#include <linux/uio.h>

#include <linux/bypassio.h>

struct bpio_handle;
struct bpio_stream;

/**
 * struct bpio_route - where a read has gone
 * @path: one of the two past the lower file system, as seen inside the gate
 * @filtered: why it is not the full one, as seen at the same moment, or
 *	BPIO_REASON_NONE
 * @seen: I: all filters see the read; and then @filtered as well
 * @verified: I: who may object to the read was asked, and did not
 * @refused: I: 0, or what he has said who did
 * @reason: BPIO_REASON_NONE, or why the rest of the read has to go elsewhere
 *
 * I: set by whoever dispatches.
 */
struct bpio_route {
	enum bpio_path path;
	enum bpio_reason filtered;
	bool seen;
	bool verified;
	int refused;
	enum bpio_reason reason;
};

/* short.c and queue.c: what most reads are; they hand on anything else */
ssize_t bpio_read(struct bpio_handle *h, struct kiocb *iocb,
		  struct iov_iter *to);
ssize_t bpio_read_queue(struct bpio_handle *h, struct kiocb *iocb,
			struct iov_iter *to);

/* read.c */
ssize_t bpio_read_long(struct bpio_handle *h, struct kiocb *iocb,
		       struct iov_iter *to, struct bpio_route *route);

/* dispatch.c */
ssize_t bpio_dispatch(struct bpio_handle *h, struct kiocb *iocb,
		      struct iov_iter *to, struct bpio_route *route);

/* visit.c: the way in, and what a read finds there */
enum bpio_reason bpio_visit_begin(struct bpio_stream *st, bool nowait);
bool bpio_visit_check(const struct bpio_handle *h, struct bpio_route *route);
enum bpio_reason bpio_visit_learn(struct bpio_stream *st, u64 pos, u64 len,
				  bool nowait);

/* dio.c: reads of any length and kind */
ssize_t bpio_dio_read(struct bpio_handle *h, struct kiocb *iocb,
		      struct iov_iter *to, struct bpio_route *route);

/* send.c */
void bpio_dio_poll(struct bpio_handle *h);

/* bios.c */
int bpio_dio_init(void);
void bpio_dio_exit(void);

#endif /* BPIO_DISPATCH_H */
