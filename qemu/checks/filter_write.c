// SPDX-License-Identifier: GPL-2.0
/* The system calls that can write a file, each as one function. */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "filter_data.h"

static ssize_t result(ssize_t n)
{
	return n < 0 ? -errno : n;
}

static ssize_t by_pwrite(struct data_side *s, void *buf, size_t len, off_t pos)
{
	return result(pwrite(s->buffered, buf, len, pos));
}

static ssize_t by_pwrite_direct(struct data_side *s, void *buf, size_t len, off_t pos)
{
	return result(pwrite(s->fd, buf, len, pos));
}

static ssize_t by_pwritev(struct data_side *s, void *buf, size_t len, off_t pos)
{
	size_t first = len / 3, second = len / 7;
	struct iovec iov[] = {
		{ .iov_base = buf, .iov_len = first },
		{ .iov_base = buf, .iov_len = 0 },
		{ .iov_base = (char *)buf + first, .iov_len = second },
		{ .iov_base = (char *)buf + first + second, .iov_len = len - first - second },
	};

	return result(pwritev(s->buffered, iov, 4, pos));
}

static ssize_t by_aio(struct data_side *s, void *buf, size_t len, off_t pos)
{
	struct iocb cb = {
		.aio_fildes = s->fd,
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_buf = (uintptr_t)buf,
		.aio_nbytes = len,
		.aio_offset = pos,
	}, *cbs = &cb;
	struct io_event event;

	if (syscall(SYS_io_submit, s->f.aio, 1L, &cbs) != 1)
		return -errno;
	if (syscall(SYS_io_getevents, s->f.aio, 1L, 1L, &event, NULL) != 1)
		return -EPROTO;
	return event.res;
}

static ssize_t by_uring(struct data_side *s, void *buf, size_t len, off_t pos)
{
	return s->uring ? read_uring_read(s->uring, READ_URING_WRITE, buf, len, pos) : (ssize_t)len;
}

static ssize_t by_append(struct data_side *s, void *buf, size_t len, off_t pos)
{
	/* It does not grow for ever */
	if (lseek(s->append, 0, SEEK_END) > 2 << 20)
		return by_pwrite(s, buf, len, pos);
	return result(write(s->append, buf, len));
}

/* From a file in memory, through a pipe that the kernel keeps */
static ssize_t by_sendfile(struct data_side *s, void *buf, size_t len, off_t pos)
{
	int from = memfd_create("sendfile", 0);
	off_t zero = 0;
	ssize_t n;

	if (from < 0 || write(from, buf, len) != (ssize_t)len ||
	    lseek(s->buffered, pos, SEEK_SET) != pos)
		return -EPROTO;
	n = result(sendfile(s->buffered, from, &zero, len));
	close(from);
	return n;
}

static ssize_t by_splice(struct data_side *s, void *buf, size_t len, off_t pos)
{
	ssize_t n;
	int fds[2];

	if (pipe(fds))
		return -errno;
	if (len > 60000)
		len = 60000;
	if (write(fds[1], buf, len) != (ssize_t)len)
		return -EPROTO;
	n = len ? result(splice(fds[0], NULL, s->buffered, &pos, len, 0)) : 0;
	close(fds[0]);
	close(fds[1]);
	return n;
}

/* From another file of the same mount */
static ssize_t by_copy(struct data_side *s, void *buf, size_t len, off_t pos)
{
	ssize_t n, got = 0;
	off_t from = 0;

	if (pwrite(s->source, buf, len, 0) != (ssize_t)len)
		return -errno;
	while (got < (ssize_t)len) {
		n = result(copy_file_range(s->source, &from, s->buffered, &pos, len - got, 0));
		if (n <= 0)
			return got ? got : n;
		got += n;
	}
	return got;
}

const struct data_way data_writes[] = {
	{ "pwrite", by_pwrite, 0 },
	{ "pwrite-direct", by_pwrite_direct, 1 },
	{ "pwritev", by_pwritev, 0 },
	{ "aio", by_aio, 1 },
	{ "uring", by_uring, 1 },
	{ "append", by_append, 0 },
	{ "sendfile", by_sendfile, 0 },
	{ "splice", by_splice, 0 },
	{ "copy", by_copy, 0 },
};
const unsigned int data_writes_count = sizeof(data_writes) / sizeof(*data_writes);

int data_open(struct data_side *s, const char *path)
{
	char name[256];

	snprintf(name, sizeof(name), "%s.source", path);
	s->buffered = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	s->fd = open(path, O_RDWR);
	s->append = open(path, O_WRONLY | O_APPEND);
	s->source = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (s->buffered < 0 || s->fd < 0 || s->append < 0 || s->source < 0)
		return fail_errno("open %s", path);
	s->uring = read_uring_new(s->fd);
	return read_file_open(&s->f, path);
}

void data_close(struct data_side *s)
{
	read_uring_free(s->uring);
	read_file_close(&s->f);
	close(s->source);
	close(s->append);
	close(s->fd);
	close(s->buffered);
}

void data_direct(struct data_side *s, int direct)
{
	if (fcntl(s->f.fd, F_SETFL, direct ? O_DIRECT : 0) ||
	    fcntl(s->fd, F_SETFL, direct ? O_DIRECT : 0))
		exit(fail_errno("F_SETFL"));
}
