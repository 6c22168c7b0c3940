// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of many kinds to read into. A guard of READ_FILLER lies before and after
 * where the mapping has room for it.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks.h"
#include "read_ways.h"

#define HUGE	(2ul << 20)

static size_t round_up(size_t len)
{
	return (len + READ_PAGE - 1) & -READ_PAGE;
}

static int map(struct read_buffer *b, size_t len, int flags, int fd)
{
	b->map_len = round_up(len) + 2 * READ_PAGE;
	b->map = mmap(NULL, b->map_len, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (b->map == MAP_FAILED)
		return -errno;
	b->at = (char *)b->map + READ_PAGE;
	b->len = len;
	b->readable = 1;
	return 0;
}

static int anonymous(struct read_buffer *b, size_t len, int shift)
{
	int err = map(b, len, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (err)
		return err;
	b->at += shift;
	memset(b->at, READ_FILLER, len);
	return 0;
}

static int aligned(struct read_buffer *b, size_t len, const char *path)
{
	(void)path;
	return anonymous(b, len, 0);
}

static int by_512(struct read_buffer *b, size_t len, const char *path)
{
	(void)path;
	return anonymous(b, len, 512);
}

static int by_4(struct read_buffer *b, size_t len, const char *path)
{
	(void)path;
	return anonymous(b, len, 1020);
}

static int by_1(struct read_buffer *b, size_t len, const char *path)
{
	(void)path;
	return anonymous(b, len, 1);
}

/* Never touched: the kernel has to fault the pages in */
static int untouched(struct read_buffer *b, size_t len, const char *path)
{
	(void)path;
	return map(b, len, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

/* The first page is there, the others are faulted in on the way */
static int begun(struct read_buffer *b, size_t len, const char *path)
{
	int err = untouched(b, len, path);

	if (!err && len)
		*b->at = READ_FILLER;
	return err;
}

static int shared(struct read_buffer *b, size_t len, const char *path)
{
	int err = map(b, len, MAP_SHARED | MAP_ANONYMOUS, -1);

	(void)path;
	if (!err)
		memset(b->at, READ_FILLER, len);
	return err;
}

/* Huge pages where there are any, else memory that may become such */
static int huge(struct read_buffer *b, size_t len, const char *path)
{
	(void)path;
	b->map_len = (len + 2 * HUGE - 1) & -HUGE;
	b->map = mmap(NULL, b->map_len, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (b->map == MAP_FAILED) {
		b->map = mmap(NULL, b->map_len, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (b->map == MAP_FAILED)
			return -errno;
		madvise(b->map, b->map_len, MADV_HUGEPAGE);
	}
	b->at = b->map;
	b->len = len;
	b->readable = 1;
	memset(b->at, READ_FILLER, len);
	return 0;
}

/* Pages of a file in memory, shared: the disk writes into a page cache */
static int other_file(struct read_buffer *b, size_t len, const char *path)
{
	int fd = memfd_create("buffer", 0), err;

	(void)path;
	if (fd < 0 || ftruncate(fd, round_up(len) + 2 * READ_PAGE))
		return -errno;
	err = map(b, len, MAP_SHARED, fd);
	close(fd);
	if (!err)
		memset(b->at, READ_FILLER, len);
	return err;
}

/* A private mapping of the very file that is read; behind its last page there is only SIGBUS */
static int same_file(struct read_buffer *b, size_t len, const char *path)
{
	int fd = open(path, O_RDONLY), err;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	err = map(b, len, MAP_PRIVATE, fd);
	close(fd);
	/* the buffer begins a page into the file, and what is looked at ends behind it */
	if (!err && len + 2 * READ_PAGE > round_up(st.st_size))
		b->readable = 0;
	return err;
}

static int read_only(struct read_buffer *b, size_t len, const char *path)
{
	int err = aligned(b, len, path);

	if (!err && mprotect(b->map, b->map_len, PROT_READ))
		err = -errno;
	b->readable = 0;
	return err;
}

/* The first page is there, the rest is not: reserved, so that nobody else maps it */
static int cut(struct read_buffer *b, size_t len, const char *path)
{
	int err = aligned(b, len, path);

	if (!err && mprotect(b->at + READ_PAGE, b->map_len - 2 * READ_PAGE, PROT_NONE))
		err = -errno;
	b->readable = 0;
	return err;
}

/* The same after the first megabyte and a bit, where there are so many bytes */
static int cut_late(struct read_buffer *b, size_t len, const char *path)
{
	size_t there = (1 << 20) + 5 * READ_PAGE;
	int err = aligned(b, len, path);

	if (!err && len > there &&
	    mprotect(b->at + there, b->map_len - READ_PAGE - there, PROT_NONE))
		err = -errno;
	b->readable = len <= there;
	return err;
}

static int nowhere(struct read_buffer *b, size_t len, const char *path)
{
	int err = aligned(b, len, path);

	if (!err && mprotect(b->map, b->map_len, PROT_NONE))
		err = -errno;
	b->readable = 0;
	return err;
}

void read_buffer_put(struct read_buffer *b)
{
	munmap(b->map, b->map_len);
}

const struct read_buffer_kind read_buffer_kinds[] = {
	{ "aligned", aligned },
	{ "by-512", by_512 },
	{ "by-4", by_4 },
	{ "by-1", by_1 },
	{ "untouched", untouched },
	{ "begun", begun },
	{ "shared", shared },
	{ "huge", huge },
	{ "other-file", other_file },
	{ "same-file", same_file },
	{ "read-only", read_only },
	{ "cut", cut },
	{ "cut-late", cut_late },
	{ "nowhere", nowhere },
};
const unsigned int read_buffer_kinds_count =
	sizeof(read_buffer_kinds) / sizeof(*read_buffer_kinds);
