// SPDX-License-Identifier: GPL-2.0
/* io_uring by bare system calls, as fast as it goes: reads of one file, so many in flight */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/io_uring.h>

#include "bench.h"

#define ENTRIES		64

struct ring {
	const struct job *job;
	int ring, fd;
	unsigned int *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	unsigned int queued;
	char *buffer;
};

static void map(struct ring *r, const struct io_uring_params *p)
{
	size_t sq = p->sq_off.array + p->sq_entries * sizeof(unsigned int);
	size_t cq = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	char *base;

	base = mmap(NULL, sq > cq ? sq : cq, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		    r->ring, IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, p->sq_entries * sizeof(*r->sqes), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, r->ring, IORING_OFF_SQES);
	if (base == MAP_FAILED || r->sqes == MAP_FAILED)
		die("map the ring");
	r->sq_tail = (unsigned int *)(base + p->sq_off.tail);
	r->sq_mask = (unsigned int *)(base + p->sq_off.ring_mask);
	r->sq_array = (unsigned int *)(base + p->sq_off.array);
	r->cq_head = (unsigned int *)(base + p->cq_off.head);
	r->cq_tail = (unsigned int *)(base + p->cq_off.tail);
	r->cq_mask = (unsigned int *)(base + p->cq_off.ring_mask);
	r->cqes = (struct io_uring_cqe *)(base + p->cq_off.cqes);
}

static void fill_in(struct ring *r, struct io_uring_sqe *sqe, unsigned int slot)
{
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = r->job->registered ? IORING_OP_READ_FIXED : IORING_OP_READ;
	sqe->flags = r->job->registered ? IOSQE_FIXED_FILE : 0;
	sqe->fd = r->job->registered ? 0 : r->fd;
	sqe->addr = (uintptr_t)(r->buffer + slot * r->job->block);
	sqe->len = r->job->block;
	sqe->user_data = slot;
}

/**
 * ring_new() - a ring for the reads of one file
 * @fd: the file
 * @job: for block, registered, polled; must stay
 */
struct ring *ring_new(int fd, const struct job *job)
{
	struct io_uring_params p = { .flags = job->polled ? IORING_SETUP_IOPOLL : 0 };
	struct ring *r = calloc(1, sizeof(*r));
	struct iovec iov;

	if (!r)
		die("memory");
	r->job = job;
	r->fd = fd;
	r->ring = syscall(SYS_io_uring_setup, ENTRIES, &p);
	if (r->ring < 0)
		die("io_uring_setup");
	map(r, &p);
	iov.iov_len = ENTRIES * job->block;
	iov.iov_base = aligned_alloc(ALIGN, iov.iov_len);
	if (!iov.iov_base)
		die("memory");
	memset(iov.iov_base, 0, iov.iov_len);
	r->buffer = iov.iov_base;
	if (job->registered &&
	    (syscall(SYS_io_uring_register, r->ring, IORING_REGISTER_BUFFERS, &iov, 1) ||
	     syscall(SYS_io_uring_register, r->ring, IORING_REGISTER_FILES, &fd, 1)))
		die("io_uring_register");
	return r;
}

/**
 * ring_queue() - one more read for the next ring_submit()
 * @r: the ring
 * @offset: in the file
 * @slot: 0 to 63: which part of the buffer, and what ring_take() returns
 */
void ring_queue(struct ring *r, off_t offset, unsigned int slot)
{
	unsigned int tail = *r->sq_tail, at = tail & *r->sq_mask;

	r->sq_array[at] = at;
	fill_in(r, &r->sqes[at], slot);
	r->sqes[at].off = offset;
	__atomic_store_n(r->sq_tail, tail + 1, __ATOMIC_RELEASE);
	r->queued++;
}

/**
 * ring_submit() - submit what is queued, then wait
 * @r: the ring
 * @wait_for: so many finished reads
 */
void ring_submit(struct ring *r, unsigned int wait_for)
{
	long n = syscall(SYS_io_uring_enter, r->ring, r->queued, wait_for,
			 wait_for || r->job->polled ? IORING_ENTER_GETEVENTS : 0, NULL, 0);

	if (n < 0 && errno != EINTR)
		die("io_uring_enter");
	if (n > 0)
		r->queued -= n;
}

/**
 * ring_take() - one finished read
 * @r: the ring
 *
 * Return: its slot, or -1 if none has finished.
 */
int ring_take(struct ring *r)
{
	unsigned int head = *r->cq_head;
	struct io_uring_cqe *cqe = &r->cqes[head & *r->cq_mask];
	int slot, result;

	if (head == __atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE))
		return -1;
	slot = cqe->user_data;
	result = cqe->res;
	__atomic_store_n(r->cq_head, head + 1, __ATOMIC_RELEASE);
	if (r->job->polled && result == -EOPNOTSUPP)
		not_available("its reads cannot be polled (EOPNOTSUPP)");
	if (result != (int)r->job->block) {
		errno = result < 0 ? -result : EIO;
		die("io_uring read");
	}
	return slot;
}

/**
 * ring_read() - read a batch with one system call, or as few as it takes
 * @r: the ring
 * @offsets: of the reads
 * @count: how many, at most 64
 */
void ring_read(struct ring *r, const off_t *offsets, unsigned int count)
{
	unsigned int done = 0;

	for (unsigned int i = 0; i < count; i++)
		ring_queue(r, offsets[i], i);
	while (done < count) {
		ring_submit(r, count - done);
		while (ring_take(r) >= 0)
			done++;
	}
}
