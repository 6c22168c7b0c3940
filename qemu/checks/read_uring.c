// SPDX-License-Identifier: GPL-2.0
#include <linux/io_uring.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "checks.h"
#include "read_uring.h"

#define ENTRIES		64
#define FIXED_LEN	(8u << 20)

struct read_uring {
	int ring, fd, flags;
	unsigned int *sq_head, *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	void *rings;
	size_t rings_len;
	unsigned int queued;
	char *fixed;
	int registered;
};

static int map_rings(struct read_uring *u, const struct io_uring_params *p)
{
	size_t sq = p->sq_off.array + p->sq_entries * sizeof(unsigned int);
	size_t cq = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	char *base;

	u->rings_len = sq > cq ? sq : cq;
	base = mmap(NULL, u->rings_len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, u->ring,
		    IORING_OFF_SQ_RING);
	if (base == MAP_FAILED)
		return -errno;
	u->rings = base;
	u->sqes = mmap(NULL, p->sq_entries * sizeof(*u->sqes), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, u->ring, IORING_OFF_SQES);
	if (u->sqes == MAP_FAILED)
		return -errno;
	u->sq_head = (unsigned int *)(base + p->sq_off.head);
	u->sq_tail = (unsigned int *)(base + p->sq_off.tail);
	u->sq_mask = (unsigned int *)(base + p->sq_off.ring_mask);
	u->sq_array = (unsigned int *)(base + p->sq_off.array);
	u->cq_head = (unsigned int *)(base + p->cq_off.head);
	u->cq_tail = (unsigned int *)(base + p->cq_off.tail);
	u->cq_mask = (unsigned int *)(base + p->cq_off.ring_mask);
	u->cqes = (struct io_uring_cqe *)(base + p->cq_off.cqes);
	return 0;
}

/* Registered buffer and file are made on first use: most rings never need them. */
static int register_fixed(struct read_uring *u)
{
	struct iovec iov;

	if (u->registered)
		return 0;
	u->fixed = mmap(NULL, FIXED_LEN, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (u->fixed == MAP_FAILED)
		return -errno;
	iov = (struct iovec){ .iov_base = u->fixed, .iov_len = FIXED_LEN };
	if (syscall(SYS_io_uring_register, u->ring, IORING_REGISTER_BUFFERS, &iov, 1) ||
	    syscall(SYS_io_uring_register, u->ring, IORING_REGISTER_FILES, &u->fd, 1))
		return -errno;
	u->registered = 1;
	return 0;
}

static struct read_uring *ring_new(int fd, unsigned int flags)
{
	struct read_uring *u = calloc(1, sizeof(*u));
	struct io_uring_params p = { .flags = flags };

	if (!u)
		return NULL;
	u->fd = fd;
	u->ring = syscall(SYS_io_uring_setup, ENTRIES, &p);
	if (u->ring < 0 || !(p.features & IORING_FEAT_SINGLE_MMAP) || map_rings(u, &p)) {
		if (u->ring >= 0)
			close(u->ring);
		free(u);
		return NULL;
	}
	return u;
}

struct read_uring *read_uring_new(int fd)
{
	return ring_new(fd, 0);
}

struct read_uring *read_uring_polled(int fd)
{
	return ring_new(fd, IORING_SETUP_IOPOLL);
}

void read_uring_free(struct read_uring *u)
{
	if (!u)
		return;
	close(u->ring);
	munmap(u->rings, u->rings_len);
	munmap(u->sqes, ENTRIES * sizeof(*u->sqes));
	if (u->fixed && u->fixed != MAP_FAILED)
		munmap(u->fixed, FIXED_LEN);
	free(u);
}

void read_uring_use(struct read_uring *u, int fd, int flags)
{
	u->fd = fd;
	u->flags = flags;
}

static struct io_uring_sqe *next_sqe(struct read_uring *u)
{
	unsigned int tail = *u->sq_tail, at = tail & *u->sq_mask;
	struct io_uring_sqe *sqe = &u->sqes[at];

	if (tail - __atomic_load_n(u->sq_head, __ATOMIC_ACQUIRE) > *u->sq_mask)
		return NULL;
	u->sq_array[at] = at;
	memset(sqe, 0, sizeof(*sqe));
	__atomic_store_n(u->sq_tail, tail + 1, __ATOMIC_RELEASE);
	u->queued++;
	return sqe;
}

int read_uring_queue(struct read_uring *u, void *buf, size_t len, off_t off, unsigned long tag)
{
	struct io_uring_sqe *sqe = next_sqe(u);

	if (!sqe)
		return -EAGAIN;
	sqe->opcode = IORING_OP_READ;
	sqe->fd = u->fd;
	sqe->addr = (uintptr_t)buf;
	sqe->len = len;
	sqe->off = off;
	sqe->rw_flags = u->flags;
	sqe->user_data = tag;
	return 0;
}

int read_uring_queue_fixed(struct read_uring *u, size_t at, size_t len, off_t off,
			   unsigned long tag)
{
	int err = register_fixed(u);
	struct io_uring_sqe *sqe;

	if (err)
		return err;
	if (at + len > FIXED_LEN)
		return -E2BIG;
	sqe = next_sqe(u);
	if (!sqe)
		return -EAGAIN;
	sqe->opcode = IORING_OP_READ_FIXED;
	sqe->flags = IOSQE_FIXED_FILE;
	sqe->addr = (uintptr_t)(u->fixed + at);
	sqe->len = len;
	sqe->off = off;
	sqe->user_data = tag;
	return 0;
}

const char *read_uring_fixed(const struct read_uring *u, size_t at)
{
	return u->fixed + at;
}

int read_uring_submit(struct read_uring *u, unsigned int wait_for)
{
	long n = syscall(SYS_io_uring_enter, u->ring, u->queued, wait_for,
			 wait_for ? IORING_ENTER_GETEVENTS : 0, NULL, 0);

	if (n < 0)
		return -errno;
	u->queued -= n;
	return 0;
}

int read_uring_take(struct read_uring *u, unsigned long *tag, ssize_t *result)
{
	unsigned int head = *u->cq_head;
	struct io_uring_cqe *cqe = &u->cqes[head & *u->cq_mask];

	if (head == __atomic_load_n(u->cq_tail, __ATOMIC_ACQUIRE))
		return -EAGAIN;
	*tag = cqe->user_data;
	*result = cqe->res;
	__atomic_store_n(u->cq_head, head + 1, __ATOMIC_RELEASE);
	return 0;
}

ssize_t read_uring_read(struct read_uring *u, int kind, void *buf, size_t len, off_t off)
{
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct io_uring_sqe *sqe;
	unsigned long tag;
	ssize_t n;
	int err;

	if (kind == READ_URING_FIXED) {
		err = register_fixed(u);
		if (err)
			return err;
		if (len > FIXED_LEN)
			return -E2BIG;
		memcpy(u->fixed, buf, len);
	}
	sqe = next_sqe(u);
	if (!sqe)
		return -EBUSY;
	sqe->fd = u->fd;
	sqe->addr = (uintptr_t)buf;
	sqe->len = len;
	sqe->off = off;
	if (kind == READ_URING_PLAIN) {
		sqe->opcode = IORING_OP_READ;
	} else if (kind == READ_URING_WRITE) {
		sqe->opcode = IORING_OP_WRITE;
	} else if (kind == READ_URING_VECTOR) {
		sqe->opcode = IORING_OP_READV;
		sqe->addr = (uintptr_t)&iov;
		sqe->len = 1;
	} else {
		sqe->opcode = IORING_OP_READ_FIXED;
		sqe->flags = IOSQE_FIXED_FILE;
		sqe->fd = 0;
		sqe->addr = (uintptr_t)u->fixed;
	}
	/* A wait that is interrupted after it has submitted says nothing of that */
	do {
		err = read_uring_submit(u, 1);
		if (err && err != -EINTR)
			return err;
	} while (read_uring_take(u, &tag, &n));
	if (kind == READ_URING_FIXED)
		memcpy(buf, u->fixed, len);
	return n;
}
