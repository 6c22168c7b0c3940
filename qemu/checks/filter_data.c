// SPDX-License-Identifier: GPL-2.0
/*
 * A filter that changes every byte, in all ways in which data move: what a program sees is
 * what it sees of a plain file, and what lies below has been changed, each byte once.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "filter_data.h"

#define MAX	(2 << 20)
#define LONG	700000	/* longer than two pieces */

static uint64_t seed;

static uint64_t rnd(uint64_t below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (seed >> 33) % below;
}

/* Mostly short, sometimes longer than what filters are shown at a time, sometimes nothing */
static size_t draw_len(int direct)
{
	size_t len = rnd(4) ? rnd(9000) : rnd(LONG);

	return direct ? (len + 511) & -512 : len;
}

static void fill(char *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = rnd(256);
}

static int same_result(const char *what, ssize_t ours, ssize_t plain, off_t pos, size_t len)
{
	if (ours == plain)
		return 0;
	return fail("%s of %zu at %ld: %zd, of the plain file %zd", what, len, (long)pos, ours,
		    plain);
}

static int step_write(struct data_side *s, char *buf, int direct)
{
	const struct data_way *way = &data_writes[rnd(data_writes_count)];
	size_t len = draw_len(direct && way->direct);
	off_t pos = rnd(MAX - LONG);
	ssize_t n[2];

	if (direct && way->direct)
		pos &= -512;
	fill(buf, len);
	for (int i = 0; i < 2; i++)
		n[i] = way->fn(&s[i], buf, len, pos);
	return same_result(way->name, n[0], n[1], pos, len);
}

static int step_read(struct data_side *s, char *buf, char *other, int direct)
{
	const struct read_way *way = &read_ways[rnd(read_ways_count)];
	size_t len = draw_len(direct);
	off_t pos = rnd(MAX);
	ssize_t n[2];

	if (way->nowait)
		return 0;
	if (direct)
		pos &= -512;
	n[0] = way->fn(&s[0].f, buf, len, pos);
	n[1] = way->fn(&s[1].f, other, len, pos);
	/* Through memory that filters look at, no buffer is too odd */
	if (direct && n[1] == -EINVAL && n[0] > 0)
		return 0;
	/* A pipe holds so many pages, where the plain file's are not always full */
	if (n[1] > 0 && n[1] < n[0] && !strcmp(way->name, "splice"))
		n[0] = n[1];
	if (same_result(way->name, n[0], n[1], pos, len))
		return 1;
	if (n[0] > 0 && memcmp(buf, other, n[0]))
		return fail("%s of %zu at %ld: other bytes", way->name, len, (long)pos);
	return 0;
}

/* No holes: the filter would change the bytes that are not there */
static int step_size(struct data_side *s, char *buf, off_t size)
{
	fill(buf, MAX - size);
	for (int i = 0; i < 2; i++)
		if (ftruncate(s[i].buffered, size) ||
		    pwrite(s[i].buffered, buf, MAX - size, size) != MAX - size)
			return fail_errno("file %d made anew from %ld", i, (long)size);
	return 0;
}

/* A buffer of which only a part is there: that part, or nothing, and no byte more */
static int step_fault(struct data_side *s, char *other)
{
	static const size_t lens[] = { 5000, 300000 };
	size_t len = lens[rnd(2)], there = rnd(len), pages = (there + 4095) & -4096;
	char *map = mmap(NULL, pages + 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *buf = map + pages - there;
	off_t pos = rnd(MAX - LONG);
	ssize_t n;
	int bad = 0;

	if (map == MAP_FAILED || mprotect(map + pages, 4096, PROT_NONE))
		return fail_errno("mmap");
	for (int i = 0; i < 2; i++)
		if (data_writes[0].fn(&s[i], other, len, pos) != (ssize_t)len)
			return fail_errno("write");
	n = pread(s[0].buffered, buf, len, pos);
	if (n < 0 ? errno != EFAULT : (size_t)n > there || memcmp(buf, other, n))
		bad = fail("read into %zu of %zu: %zd", there, len, n);
	memset(buf, 'f', there);
	n = pwrite(s[0].buffered, buf, len, pos);
	if (n < 0 ? errno != EFAULT : (size_t)n > there)
		bad |= fail("write from %zu of %zu: %zd", there, len, n);
	/* What has not been told as written is as it was, but for a piece that was begun */
	if (n > 0 && (pread(s[0].buffered, other + LONG, n, pos) != n ||
		      memcmp(other + LONG, buf, n)))
		bad |= fail("write from %zu of %zu: %zd, and they are not there", there, len, n);
	for (int i = 0; i < 2; i++)
		if (data_writes[0].fn(&s[i], other, len, pos) != (ssize_t)len)
			return fail_errno("write");
	munmap(map, pages + 4096);
	return bad;
}

/* @key: what each byte of the second is changed by */
static int same_bytes(int one, int two, unsigned char key, const char *what)
{
	static unsigned char a[65536], b[65536];
	ssize_t n, m;

	for (off_t pos = 0;; pos += n) {
		n = pread(one, a, sizeof(a), pos);
		m = pread(two, b, sizeof(b), pos);
		if (n != m || n < 0)
			return fail("%s: %zd and %zd bytes at %ld", what, n, m, (long)pos);
		if (!n)
			return 0;
		for (ssize_t i = 0; i < n; i++)
			if (a[i] != (b[i] ^ key))
				return fail("%s: byte %ld differs", what, (long)(pos + i));
	}
}

static int data(int argc, char **argv)
{
	char *buf, *other;
	struct data_side s[2];
	int lower, bad = 0, direct;
	unsigned long steps;

	if (argc != 7)
		return fail("usage: filter-data FILE PLAIN LOWER KEY SEED STEPS");
	seed = number(argv[5]);
	steps = number(argv[6]);
	if (posix_memalign((void **)&buf, 4096, MAX) ||
	    posix_memalign((void **)&other, 4096, MAX) ||
	    data_open(&s[0], argv[1]) || data_open(&s[1], argv[2]) || step_size(s, buf, 0))
		return 1;
	for (unsigned long i = 0; i < steps && !bad; i++) {
		direct = rnd(3) == 0;
		data_direct(&s[0], direct);
		data_direct(&s[1], direct);
		switch (rnd(16)) {
		case 0:
			bad = step_size(s, buf, rnd(MAX));
			break;
		case 1:
			bad = step_fault(s, other);
			break;
		case 2 ... 8:
			bad = step_write(s, buf, direct);
			break;
		default:
			bad = step_read(s, buf, other, direct);
		}
		if (bad)
			return fail("step %lu of seed %s", i, argv[5]);
	}
	fsync(s[0].buffered);
	lower = open(argv[3], O_RDONLY);
	bad |= same_bytes(s[0].buffered, s[1].buffered, 0, "in the end");
	bad |= same_bytes(s[1].buffered, lower, number(argv[4]), "below the filter");
	data_close(&s[0]);
	data_close(&s[1]);
	return bad;
}

CHECK("filter-data", data,
      "FILE PLAIN LOWER KEY SEED STEPS: a filter changes all bytes of FILE, nobody sees it")
