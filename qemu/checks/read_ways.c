// SPDX-License-Identifier: GPL-2.0
/* The system calls that can read a file, each as one function. */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checks.h"
#include "read_uring.h"
#include "read_ways.h"

#define MANY	23

static ssize_t result(ssize_t n)
{
	return n < 0 ? -errno : n;
}

static ssize_t by_pread(struct read_file *f, void *buf, size_t len, off_t off)
{
	return result(pread(f->fd, buf, len, off));
}

static ssize_t by_read(struct read_file *f, void *buf, size_t len, off_t off)
{
	if (lseek(f->fd, off, SEEK_SET) != off)
		return -errno;
	return result(read(f->fd, buf, len));
}

/* Pieces of whole blocks, some of them empty: still one aligned range of the file */
static int split_even(struct iovec *iov, char *buf, size_t len)
{
	size_t piece = (len / MANY + 511) / 512 * 512, n;
	int count = 0;

	if (!piece)
		piece = 512;
	while (len && count < MANY - 2) {
		n = len < piece ? len : piece;
		iov[count++] = (struct iovec){ .iov_base = buf, .iov_len = n };
		if (count % 5 == 2)
			iov[count++] = (struct iovec){ .iov_base = buf, .iov_len = 0 };
		buf += n;
		len -= n;
	}
	iov[count++] = (struct iovec){ .iov_base = buf, .iov_len = len };
	return count;
}

/* Pieces of odd lengths */
static int split_odd(struct iovec *iov, char *buf, size_t len)
{
	static const size_t lengths[] = { 1, 511, 0, 4096, 513, 7, 4095, 512 };
	int count = 0;

	while (len && count < MANY - 1) {
		size_t n = lengths[count % 8];

		if (n > len)
			n = len;
		iov[count++] = (struct iovec){ .iov_base = buf, .iov_len = n };
		buf += n;
		len -= n;
	}
	iov[count++] = (struct iovec){ .iov_base = buf, .iov_len = len };
	return count;
}

static ssize_t by_preadv(struct read_file *f, void *buf, size_t len, off_t off)
{
	struct iovec iov[MANY];

	return result(preadv(f->fd, iov, split_even(iov, buf, len), off));
}

static ssize_t by_preadv_odd(struct read_file *f, void *buf, size_t len, off_t off)
{
	struct iovec iov[MANY];

	return result(preadv(f->fd, iov, split_odd(iov, buf, len), off));
}

static ssize_t by_preadv2(struct read_file *f, void *buf, size_t len, off_t off, int flags)
{
	struct iovec iov = { .iov_base = buf, .iov_len = len };

	return result(preadv2(f->fd, &iov, 1, off, flags));
}

static ssize_t by_nowait(struct read_file *f, void *buf, size_t len, off_t off)
{
	return by_preadv2(f, buf, len, off, RWF_NOWAIT);
}

static ssize_t by_hipri(struct read_file *f, void *buf, size_t len, off_t off)
{
	return by_preadv2(f, buf, len, off, RWF_HIPRI);
}

static ssize_t by_aio_op(struct read_file *f, unsigned int op, void *buf, size_t len, off_t off)
{
	struct iocb cb = {
		.aio_fildes = f->fd,
		.aio_lio_opcode = op,
		.aio_buf = (uintptr_t)buf,
		.aio_nbytes = len,
		.aio_offset = off,
	}, *cbs = &cb;
	struct io_event event;
	long n;

	if (syscall(SYS_io_submit, f->aio, 1L, &cbs) != 1)
		return -errno;
	do {
		n = syscall(SYS_io_getevents, f->aio, 1L, 1L, &event, NULL);
	} while (n < 0 && errno == EINTR);
	return n == 1 ? (ssize_t)event.res : -EPROTO;
}

static ssize_t by_aio(struct read_file *f, void *buf, size_t len, off_t off)
{
	return by_aio_op(f, IOCB_CMD_PREAD, buf, len, off);
}

static ssize_t by_aio_vector(struct read_file *f, void *buf, size_t len, off_t off)
{
	struct iovec iov[MANY];
	int count = split_even(iov, buf, len);

	return by_aio_op(f, IOCB_CMD_PREADV, iov, count, off);
}

static ssize_t by_uring(struct read_file *f, void *buf, size_t len, off_t off)
{
	return f->uring ? read_uring_read(f->uring, READ_URING_PLAIN, buf, len, off) : -ENOSYS;
}

static ssize_t by_uring_vector(struct read_file *f, void *buf, size_t len, off_t off)
{
	return f->uring ? read_uring_read(f->uring, READ_URING_VECTOR, buf, len, off) : -ENOSYS;
}

static ssize_t by_uring_fixed(struct read_file *f, void *buf, size_t len, off_t off)
{
	return f->uring ? read_uring_read(f->uring, READ_URING_FIXED, buf, len, off) : -ENOSYS;
}

static ssize_t by_splice(struct read_file *f, void *buf, size_t len, off_t off)
{
	ssize_t n, got = 0;
	int fds[2];

	if (pipe(fds))
		return -errno;
	if (len > 65536)
		len = 65536;
	n = result(splice(f->fd, &off, fds[1], NULL, len, 0));
	while (n > got) {
		ssize_t piece = read(fds[0], (char *)buf + got, n - got);

		if (piece <= 0)
			return -EPROTO;
		got += piece;
	}
	close(fds[0]);
	close(fds[1]);
	return n;
}

static ssize_t by_sendfile(struct read_file *f, void *buf, size_t len, off_t off)
{
	int out = memfd_create("sendfile", 0);
	ssize_t n;

	if (out < 0)
		return -errno;
	n = result(sendfile(out, f->fd, &off, len));
	if (n > 0 && pread(out, buf, n, 0) != n)
		n = -EPROTO;
	close(out);
	return n;
}

struct thread_job {
	struct read_file *f;
	void *buf;
	size_t len;
	off_t off;
	ssize_t n;
};

static void *thread_read(void *data)
{
	struct thread_job *job = data;

	job->n = by_pread(job->f, job->buf, job->len, job->off);
	return NULL;
}

/* Eight threads read the same range at once, one into buf; all must agree. */
static ssize_t by_threads(struct read_file *f, void *buf, size_t len, off_t off)
{
	size_t room = ((len + READ_PAGE - 1) & -READ_PAGE) + READ_PAGE;
	size_t skew = (uintptr_t)buf % READ_PAGE;
	struct thread_job jobs[8];
	pthread_t threads[8];
	char *others;
	ssize_t n;

	others = mmap(NULL, 7 * room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (others == MAP_FAILED)
		return -errno;
	for (int i = 0; i < 8; i++)
		jobs[i] = (struct thread_job){ .f = f, .len = len, .off = off,
			.buf = i ? others + (i - 1) * room + skew : buf };
	for (int i = 0; i < 8; i++)
		if (pthread_create(&threads[i], NULL, thread_read, &jobs[i]))
			return -EPROTO;
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	n = jobs[0].n;
	for (int i = 1; i < 8 && n > 0 && n == (ssize_t)len; i++)
		if (jobs[i].n != n || memcmp(jobs[i].buf, buf, n))
			n = -EPROTO;
	munmap(others, 7 * room);
	return n;
}

/* A forked child reads with the inherited descriptor into memory that it shares. */
static ssize_t by_child(struct read_file *f, void *buf, size_t len, off_t off)
{
	size_t room = (len + READ_PAGE - 1) & -READ_PAGE;
	char *shared = mmap(NULL, room + READ_PAGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ssize_t n, *back;
	int status;
	pid_t pid;

	if (shared == MAP_FAILED)
		return -errno;
	back = (ssize_t *)(shared + room);
	pid = fork();
	if (!pid) {
		*back = by_pread(f, shared, len, off);
		_exit(0);
	}
	n = waitpid(pid, &status, 0) == pid && !status ? *back : -EPROTO;
	if (n > 0)
		memcpy(buf, shared, n);
	munmap(shared, room + READ_PAGE);
	return n;
}

const struct read_way read_ways[] = {
	{ "pread", by_pread, 0, 0 },
	{ "read", by_read, 0, 0 },
	{ "preadv", by_preadv, 0, 0 },
	{ "preadv-odd", by_preadv_odd, 0, 0 },
	{ "nowait", by_nowait, 1, 0 },
	{ "hipri", by_hipri, 0, 0 },
	{ "aio", by_aio, 0, 0 },
	{ "aio-vector", by_aio_vector, 0, 0 },
	{ "uring", by_uring, 0, 0 },
	{ "uring-vector", by_uring_vector, 0, 0 },
	{ "uring-fixed", by_uring_fixed, 0, 1 },
	{ "splice", by_splice, 0, 1 },
	{ "sendfile", by_sendfile, 0, 1 },
	{ "threads", by_threads, 0, 0 },
	{ "child", by_child, 0, 1 },
};
const unsigned int read_ways_count = sizeof(read_ways) / sizeof(*read_ways);

int read_file_open(struct read_file *f, const char *path)
{
	f->path = path;
	f->aio = 0;
	f->fd = open(path, O_RDONLY | O_DIRECT);
	if (f->fd < 0)
		return fail_errno("open %s", path);
	f->uring = read_uring_new(f->fd);
	if (syscall(SYS_io_setup, 8L, &f->aio))
		return fail_errno("io_setup");
	return 0;
}

void read_file_close(struct read_file *f)
{
	syscall(SYS_io_destroy, f->aio);
	read_uring_free(f->uring);
	close(f->fd);
}
