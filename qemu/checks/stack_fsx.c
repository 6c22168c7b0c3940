// SPDX-License-Identifier: GPL-2.0
/*
 * One file, random reads and writes of every kind through the mount and below it, against a copy
 * in memory. Whatever mixes buffered, direct and mapped access badly, or keeps a second copy of a
 * page or of the size, reads wrong bytes here.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <linux/falloc.h>
#include <unistd.h>

#include "checks.h"

#define MAX	(256 * 1024)
#define ALIGN	4096

enum { BUFFERED, DIRECT, MAPPED, WAYS };

struct model {
	int fd[2][2];		/* mount or below; buffered or direct */
	unsigned char good[MAX];
	unsigned char *buf;
	long size;
	uint64_t state;
	int refused;
	char last[200];
};

static uint64_t rnd(struct model *m)
{
	m->state ^= m->state << 13;
	m->state ^= m->state >> 7;
	m->state ^= m->state << 17;
	return m->state * 0x2545f4914f6cdd1dULL >> 8;
}

static void draw(struct model *m, int way, long limit, long *pos, long *len)
{
	*pos = limit ? (long)(rnd(m) % limit) : 0;
	*len = 1 + rnd(m) % (rnd(m) % 4 ? 6000 : 60000);
	if (way == DIRECT) {
		*pos &= ~(ALIGN - 1L);
		*len = (*len + ALIGN - 1) & ~(ALIGN - 1L);
	}
	if (*pos + *len > MAX)
		*len = MAX - *pos;
}

static int same(struct model *m, const unsigned char *got, long pos, long len, const char *how)
{
	for (long i = 0; i < len; i++)
		if (got[i] != m->good[pos + i])
			return fail("%s: byte %ld is %02x, should be %02x; before: %s", how,
				    pos + i, got[i], m->good[pos + i], m->last);
	return 0;
}

static int do_read(struct model *m, int view, int way)
{
	long pos, len, want, n;

	draw(m, way, m->size, &pos, &len);
	want = pos >= m->size ? 0 : m->size - pos < len ? m->size - pos : len;
	if (way == MAPPED) {
		long start = pos & ~(ALIGN - 1L);
		unsigned char *p;
		int bad;

		if (!want)
			return 0;
		p = mmap(NULL, pos - start + want, PROT_READ,
			 rnd(m) % 2 ? MAP_SHARED : MAP_PRIVATE, m->fd[view][0], start);
		if (p == MAP_FAILED)
			return fail_errno("mmap");
		madvise(p, pos - start + want, MADV_RANDOM);
		bad = same(m, p + pos - start, pos, want, view ? "mapped below" : "mapped");
		munmap(p, pos - start + want);
		return bad;
	}
	n = pread(m->fd[view][way], m->buf, len, pos);
	/* XFS refuses a direct read where it has not allocated what was written, now and then */
	if (n < 0 && errno == EIO && way == DIRECT && m->refused++ < 3)
		n = pread(m->fd[view][BUFFERED], m->buf, len, pos);
	if (n != want)
		return fail("read of %ld at %ld of %ld: %ld (%s); before: %s", len, pos, m->size,
			    n, n < 0 ? strerror(errno) : "", m->last);
	return same(m, m->buf, pos, n, view ? "read below" : "read");
}

static void grow(struct model *m, long size)
{
	if (size > m->size) {
		memset(m->good + m->size, 0, size - m->size);
		m->size = size;
	}
}

static int do_write(struct model *m, int view, int way)
{
	long pos, len;

	draw(m, way, way == MAPPED ? m->size : MAX, &pos, &len);
	if (way == MAPPED) {
		long start = pos & ~(ALIGN - 1L);
		unsigned char *p;

		if (m->size - pos < len)
			len = m->size - pos;
		if (len <= 0)
			return 0;
		p = mmap(NULL, pos - start + len, PROT_READ | PROT_WRITE, MAP_SHARED,
			 m->fd[view][0], start);
		if (p == MAP_FAILED)
			return fail_errno("mmap");
		madvise(p, pos - start + len, MADV_RANDOM);
		for (long i = 0; i < len; i++)
			p[pos - start + i] = m->good[pos + i] = rnd(m);
		if (rnd(m) % 10 == 0)
			msync(p, pos - start + len, MS_SYNC);
		munmap(p, pos - start + len);
		return 0;
	}
	if (len > MAX - pos)
		len = MAX - pos;
	grow(m, pos);
	for (long i = 0; i < len; i++)
		m->buf[i] = m->good[pos + i] = rnd(m);
	if (pos + len > m->size)
		m->size = pos + len;
	if (pwrite(m->fd[view][way], m->buf, len, pos) != len)
		return fail_errno("write of %ld at %ld; before: %s", len, pos, m->last);
	return 0;
}

static int do_size(struct model *m, int view)
{
	long pos, len;

	draw(m, BUFFERED, MAX, &pos, &len);
	switch (rnd(m) % 4) {
	case 0:
		if (ftruncate(m->fd[view][0], pos))
			return fail_errno("truncate");
		grow(m, pos);
		m->size = pos;
		return 0;
	case 1:
		if (fallocate(m->fd[view][0], FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, pos, len))
			return fail_errno("punch");
		if (pos < m->size)
			memset(m->good + pos, 0, m->size - pos < len ? m->size - pos : len);
		return 0;
	case 2:
		if (fallocate(m->fd[view][0], FALLOC_FL_ZERO_RANGE, pos, len))
			return fail_errno("zero");
		grow(m, pos + len);
		memset(m->good + pos, 0, len);
		return 0;
	default:
		if (fallocate(m->fd[view][0], 0, pos, len))
			return fail_errno("allocate");
		grow(m, pos + len);
		return 0;
	}
}

static int step(struct model *m, int n)
{
	int view = rnd(m) % 2, way = rnd(m) % WAYS, what = rnd(m) % 20, bad;
	struct stat st;

	if (what < 9)
		bad = do_read(m, view, way);
	else if (what < 17)
		bad = do_write(m, view, way);
	else
		bad = do_size(m, view);
	if (bad)
		return bad;
	snprintf(m->last, sizeof(m->last), "step %d, %s, view %d, way %d", n,
		 what < 9 ? "read" : what < 17 ? "write" : "size", view, way);
	if (fstat(m->fd[!view][0], &st) || st.st_size != m->size)
		return fail("size %ld, should be %ld; before: %s", (long)st.st_size, m->size,
			    m->last);
	return 0;
}

static int fsx(int argc, char **argv)
{
	static struct model m;
	int count, i, view;

	if (argc != 5)
		return 1;
	for (view = 0; view < 2; view++)
		for (i = 0; i < 2; i++) {
			m.fd[view][i] = open(argv[1 + view], O_RDWR | O_CREAT | O_CLOEXEC |
					     (i ? O_DIRECT : 0), 0600);
			if (m.fd[view][i] < 0)
				return fail_errno("%s", argv[1 + view]);
			/* a page that is being read ahead collides with direct writes */
			posix_fadvise(m.fd[view][i], 0, 0, POSIX_FADV_RANDOM);
		}
	if (posix_memalign((void **)&m.buf, ALIGN, MAX))
		return fail("no memory");
	m.state = number(argv[3]) * 0x9e3779b97f4a7c15ULL + 1;
	count = number(argv[4]);
	for (i = 0; i < count; i++)
		if (step(&m, i))
			return 1;
	return 0;
}

CHECK("stack-fsx", fsx, "TOP LOWER SEED COUNT: one file in both views, random access of all kinds")
