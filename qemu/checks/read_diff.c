// SPDX-License-Identifier: GPL-2.0
/*
 * The differential reader: every call is made on an enabled handle of the stack and on
 * an O_DIRECT handle of the lower file, with memory of the same kind; what comes back
 * must be the same.
 *
 * Return values and errno may differ in one case only:
 *   RWF_NOWAIT: either side may answer EAGAIN, or less than was asked for, because it
 *   depends on what happens to be in memory. What both return is compared.
 * The bytes that are returned may never differ. Bytes of the buffer after these are
 * free for either side to use up to the length asked for (the disk writes whole blocks,
 * the last one's tail included) but must be what they were, or zero: anything else
 * would be somebody's data. Bytes after the length asked for stay what they were.
 * Where a call fails half way because memory ends, both sides give the same answer,
 * but how much of the buffer they filled before is theirs.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read_ways.h"
#include "uapi_call.h"

#define GUARD 64

static struct {
	unsigned long cases, again, errors;
	unsigned long every, nth;	/* of the systematic cases, only each so many-th */
	unsigned long per_way[32], per_kind[16];
	off_t size;
	struct read_file upper, lower;
} d;

static int not_free(const unsigned char *tail, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (tail[i] && tail[i] != READ_FILLER)
			return 1;
	return 0;
}

static int differ(const struct read_way *way, const struct read_buffer_kind *kind, off_t off,
		  size_t len, const char *what, ssize_t up, ssize_t low)
{
	d.errors++;
	return fail("%s, %s buffer, %zu at %lld of %lld: %s: upper %zd (%s), lower %zd (%s)",
		    way->name, kind->name, len, (long long)off, (long long)d.size, what, up,
		    errno_name(up < 0 ? -up : 0), low, errno_name(low < 0 ? -low : 0));
}

static int judge(const struct read_way *way, const struct read_buffer_kind *kind, off_t off,
		 size_t len, const struct read_buffer *u, ssize_t up, const struct read_buffer *l,
		 ssize_t low)
{
	ssize_t both = up < low ? up : low;

	if (way->nowait && (up == -EAGAIN || low == -EAGAIN)) {
		d.again++;
		return 0;
	}
	if (up != low && !(way->nowait && both > 0))
		return differ(way, kind, off, len, "different results", up, low);
	if (up > (ssize_t)len)
		return differ(way, kind, off, len, "more than was asked for", up, low);
	if (!u->readable || up < 0)
		return 0;
	if (memcmp(u->at, l->at, both))
		return differ(way, kind, off, len, "different bytes", up, low);
	if (strcmp(kind->name, "same-file") &&
	    not_free((unsigned char *)u->at + up, len - up))
		return differ(way, kind, off, len, "foreign bytes after the end", up, low);
	for (int i = 0; i < GUARD; i++)
		if (u->at[len + i] != READ_FILLER)
			return differ(way, kind, off, len, "written past the buffer", up, low);
	return 0;
}

static int one(const struct read_way *way, const struct read_buffer_kind *kind, off_t off,
	       size_t len)
{
	struct read_buffer u = { 0 }, l = { 0 };
	ssize_t up, low;
	int err, bad;

	err = kind->get(&u, len, d.upper.path);
	if (!err)
		err = kind->get(&l, len, d.lower.path);
	if (err)
		return fail("no %s buffer of %zu bytes: %s", kind->name, len, strerror(-err));
	if (way->copies && !u.readable) {
		read_buffer_put(&u);
		read_buffer_put(&l);
		return 0;
	}
	if (u.readable)
		memset(u.at + len, READ_FILLER, GUARD);
	d.cases++;
	d.per_way[way - read_ways]++;
	d.per_kind[kind - read_buffer_kinds]++;
	up = way->fn(&d.upper, u.at, len, off);
	low = way->fn(&d.lower, l.at, len, off);
	bad = judge(way, kind, off, len, &u, up, &l, low);
	read_buffer_put(&u);
	read_buffer_put(&l);
	return bad;
}

/* Offsets as (from the begin, from the end): all the corners of a file */
static off_t offset_of(unsigned int i)
{
	static const long offsets[] = {
		0, 1, 511, 512, 513, 1024, 4095, 4096, 4097, 65536 - 4096, 65536,
		65536 + 512, 1 << 20,
	};
	static const long from_end[] = {
		-1048576, -8192, -4096, -513, -512, -1, 0, 1, 512, 4096, 1 << 20,
	};
	const unsigned int n = sizeof(offsets) / sizeof(*offsets);
	off_t off;

	if (i < n)
		return offsets[i];
	i -= n;
	if (i < sizeof(from_end) / sizeof(*from_end)) {
		/* once as it is, and the aligned ones are covered by the next two */
		off = d.size + from_end[i];
		return off < 0 ? 0 : off;
	}
	i -= sizeof(from_end) / sizeof(*from_end);
	off = (d.size & -4096) + (i ? 512 : 0);
	return i < 2 ? off : -1;
}

static const size_t all_lengths[] = {
	0, 1, 511, 512, 513, 4095, 4096, 4097, 8192, 12288, 65536, 65536 + 512, 1 << 20, 4 << 20,
};
static const size_t some_lengths[] = { 0, 512, 4096, 4097, 24576 };

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static int one_of_many(const struct read_way *way, const struct read_buffer_kind *kind,
		       off_t off, size_t len)
{
	return d.nth++ % d.every ? 0 : one(way, kind, off, len);
}

/* All lengths with the plain call; some with each way and each kind of memory */
static int systematic(void)
{
	int bad = 0;
	off_t off;

	for (unsigned int i = 0; (off = offset_of(i)) >= 0; i++) {
		for (size_t l = 0; l < COUNT(all_lengths); l++)
			bad |= one_of_many(&read_ways[0], &read_buffer_kinds[0], off,
						   all_lengths[l]);
		for (unsigned int w = 1; w < read_ways_count; w++)
			for (size_t l = 0; l < COUNT(some_lengths); l++)
				bad |= one_of_many(&read_ways[w], &read_buffer_kinds[0], off,
						   some_lengths[l]);
		for (unsigned int k = 1; k < read_buffer_kinds_count; k++)
			for (size_t l = 0; l < COUNT(some_lengths); l++)
				bad |= one_of_many(&read_ways[0], &read_buffer_kinds[k], off,
						   some_lengths[l]);
		/* long ones, as they take long */
		for (unsigned int k = 1; k < read_buffer_kinds_count && !(i % 4); k++)
			for (unsigned int w = 0; w < 2; w++)
				bad |= one_of_many(&read_ways[w], &read_buffer_kinds[k], off,
						   3 << 20);
		if (d.errors > 20)
			break;
	}
	return bad;
}

static unsigned long long next_random(unsigned long long *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

/* Any way with any memory; mostly aligned, as programs are */
static int randomly(unsigned long count, unsigned long long seed)
{
	unsigned long long x = seed * 0x9e3779b97f4a7c15ull + 1;
	int bad = 0;

	while (count-- && d.errors <= 20) {
		unsigned int w = next_random(&x) % read_ways_count;
		unsigned int k = next_random(&x) % read_buffer_kinds_count;
		unsigned int unit = next_random(&x) % 8;
		size_t len = next_random(&x) % (unit == 7 ? 1 << 20 : 1 << 16);
		off_t off = next_random(&x) % (d.size + 65536);

		unit = unit < 5 ? 4096 : unit < 7 ? 512 : 1;
		bad |= one(&read_ways[w], &read_buffer_kinds[k], off / unit * unit,
			   len / unit * unit);
	}
	return bad;
}

static void totals(void)
{
	printf("%lu cases, %lu EAGAIN, %lu differences\nby way:", d.cases, d.again, d.errors);
	for (unsigned int w = 0; w < read_ways_count; w++)
		printf(" %s %lu", read_ways[w].name, d.per_way[w]);
	printf("\nby memory:");
	for (unsigned int k = 0; k < read_buffer_kinds_count; k++)
		printf(" %s %lu", read_buffer_kinds[k].name, d.per_kind[k]);
	putchar('\n');
	if (!d.upper.uring)
		puts("no io_uring in this kernel: its ways only compared ENOSYS");
}

static int diff(int argc, char **argv)
{
	unsigned long count = argc > 3 ? number(argv[3]) : 0, want = argc > 5 ? number(argv[5]) : 1;
	unsigned long long seed = argc > 4 ? number(argv[4]) : 1;
	struct bpio_args args;
	struct bpio_info info;
	struct stat st;
	int bad;

	if (argc < 3 || argc > 7)
		return fail("usage: read-diff UPPER LOWER [RANDOM [SEED [MINIMUM-FULL [EVERY]]]]");
	d.every = argc > 6 ? number(argv[6]) : 1;
	/* each other seed begins elsewhere */
	d.nth = seed;
	if (read_file_open(&d.upper, argv[1]) || read_file_open(&d.lower, argv[2]))
		return 1;
	if (stat(argv[2], &st))
		return fail_errno("stat %s", argv[2]);
	d.size = st.st_size;
	if (want ? bpio_enable_full(d.upper.fd, argv[1]) :
		   bpio_call(d.upper.fd, BPIO_OP_ENABLE, 0, &args))
		return fail("%s: not enabled", argv[1]);
	bad = systematic();
	bad |= randomly(count, seed);
	totals();
	if (bpio_counts(d.upper.fd, &info))
		return 1;
	bpio_print_counts("paths", &info);
	if (info.reads[BPIO_PATH_FULL] < want)
		bad |= fail("%llu reads on the full bypass, wanted %lu",
			    (unsigned long long)info.reads[BPIO_PATH_FULL], want);
	read_file_close(&d.upper);
	read_file_close(&d.lower);
	return bad;
}
CHECK("read-diff", diff,
      "UPPER LOWER [RANDOM [SEED [MINIMUM-FULL [EVERY]]]]: same bytes, results, errors")

/* A file in pieces that do not follow each other on the disk: two files written by turns */
static int make_pieces(int argc, char **argv)
{
	static unsigned char chunk[1 << 18];
	unsigned long long size, piece, at, x = 88172645463325252ull;
	char other[4096];
	int fd, fo;

	if (argc != 4)
		return fail("usage: read-make FILE SIZE PIECE");
	size = number(argv[2]);
	piece = number(argv[3]);
	if (!piece || piece > sizeof(chunk))
		return fail("a piece is 1 to %zu bytes", sizeof(chunk));
	snprintf(other, sizeof(other), "%s.other", argv[1]);
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
	fo = open(other, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || fo < 0)
		return fail_errno("create");
	for (at = 0; at < size; at += piece) {
		size_t len = size - at < piece ? size - at : piece;

		for (size_t i = 0; i + 8 <= len; i += 8) {
			unsigned long long word = next_random(&x);

			memcpy(chunk + i, &word, 8);
		}
		if (write(fd, chunk, len) != (ssize_t)len || fdatasync(fd) ||
		    write(fo, chunk, piece) != (ssize_t)piece || fdatasync(fo))
			return fail_errno("write");
	}
	if (close(fd) || close(fo) || unlink(other))
		return fail_errno("close");
	return 0;
}
CHECK("read-make", make_pieces, "FILE SIZE PIECE: a file of many extents, random bytes")
