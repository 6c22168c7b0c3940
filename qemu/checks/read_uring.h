/* SPDX-License-Identifier: GPL-2.0 */
/* io_uring by bare system calls: one request at a time, one registered file and buffer. */
#ifndef READ_URING_H
#define READ_URING_H

#include <sys/types.h>

struct read_uring;

#define READ_URING_PLAIN	0	/* IORING_OP_READ */
#define READ_URING_VECTOR	1	/* IORING_OP_READV */
#define READ_URING_FIXED	2	/* IORING_OP_READ_FIXED, registered buffer and file */
#define READ_URING_WRITE	3	/* IORING_OP_WRITE */

/* NULL where the kernel has no io_uring */
struct read_uring *read_uring_new(int fd);
/* The same, for reads whose completion is looked for, not told (IORING_SETUP_IOPOLL) */
struct read_uring *read_uring_polled(int fd);
void read_uring_free(struct read_uring *u);
/* What read_uring_queue() queues from now on is of this file, with these RWF_ flags */
void read_uring_use(struct read_uring *u, int fd, int flags);

/* Bytes or -errno. READ_URING_FIXED goes through a buffer of the ring's own. */
ssize_t read_uring_read(struct read_uring *u, int kind, void *buf, size_t len, off_t off);

/* For many in flight: queue one, then take a completion; -EAGAIN when the ring is full */
int read_uring_queue(struct read_uring *u, void *buf, size_t len, off_t off, unsigned long tag);
/* The same, through the registered buffer, from @at on; what was read is at the pointer */
int read_uring_queue_fixed(struct read_uring *u, size_t at, size_t len, off_t off,
			   unsigned long tag);
const char *read_uring_fixed(const struct read_uring *u, size_t at);
int read_uring_submit(struct read_uring *u, unsigned int wait_for);
int read_uring_take(struct read_uring *u, unsigned long *tag, ssize_t *result);

#endif
