// SPDX-License-Identifier: GPL-2.0
/* What the checks of polled and of queued reads have in common. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "polled.h"
#include "uapi_call.h"

#define PAGE	4096

char *polled_memory(size_t len)
{
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return NULL;
	madvise(at, len, MADV_NOHUGEPAGE);
	return at;
}

/* What is at the begin of a file; NULL: less than that */
static char *content(const char *path, size_t len)
{
	char *at = malloc(len);
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 || !at ? -1 : pread(fd, at, len, 0);

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)len ? at : NULL;
}

int polled_ready(const char *path, char *buf)
{
	int fd = open(path, O_RDONLY | O_DIRECT);

	if (fd < 0)
		return fail_errno("%s", path), -1;
	if (bpio_enable_full(fd, path))
		return -1;
	if (pread(fd, buf, PAGE, 0) != PAGE)
		return fail_errno("read"), -1;
	return fd;
}

int polled_open(struct polled *p, char **argv, size_t len, struct read_uring *(*ring)(int fd))
{
	p->want = content(argv[2], len);
	if (!p->want || !p->got)
		return fail_errno("%s, or memory", argv[2]);
	p->fd = polled_ready(argv[1], p->got);
	p->u = p->fd < 0 ? NULL : ring(p->fd);
	return p->u ? 0 : fail_errno("a ring on %s", argv[1]);
}

int polled_take(struct read_uring *u, unsigned long *slot, ssize_t *n)
{
	int err;

	while (read_uring_take(u, slot, n)) {
		err = read_uring_submit(u, 1);
		if (err && err != -EINTR)
			return fail("waiting: %s", strerror(-err));
	}
	return 0;
}
