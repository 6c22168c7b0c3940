// SPDX-License-Identifier: GPL-2.0
/* One read of an enabled handle in a way that is named, and what it must return. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "read_ways.h"
#include "uapi_call.h"

static const struct read_way *find(const char *name)
{
	for (unsigned int i = 0; i < read_ways_count; i++)
		if (!strcmp(read_ways[i].name, name))
			return &read_ways[i];
	return NULL;
}

static int expect(const struct read_way *way, struct read_file *f, size_t len, off_t off,
		  const unsigned char *want)
{
	unsigned char *got = aligned_alloc(READ_PAGE, len);
	ssize_t n;
	int bad = 0;

	if (!got)
		return fail("no memory");
	memset(got, READ_FILLER, len);
	n = way->fn(f, got, len, off);
	if (n != (ssize_t)len)
		bad = fail("%s: %zd (%s)", way->name, n, errno_name(n < 0 ? -n : 0));
	else if (memcmp(got, want, len))
		bad = fail("%s: wrong bytes", way->name);
	free(got);
	return bad;
}

static int one(int argc, char **argv)
{
	struct bpio_info before, after;
	const struct read_way *way;
	struct read_file f;
	unsigned char *want;
	size_t len;
	off_t off;
	int bad;

	if (argc != 7)
		return fail("usage: read-one WAY FILE OFFSET LENGTH REASON COMMAND");
	way = find(argv[1]);
	if (!way)
		return fail("no way of reading \"%s\"", argv[1]);
	off = number(argv[3]);
	len = number(argv[4]);
	want = aligned_alloc(READ_PAGE, len);
	if (!want || read_file_open(&f, argv[2]) || bpio_enable_full(f.fd, argv[2]))
		return 1;
	if (pread(f.fd, want, len, off) != (ssize_t)len)
		return fail_errno("read %s", argv[2]);
	if (system(argv[6]))
		return fail("\"%s\" failed", argv[6]);
	bad = bpio_counts(f.fd, &before) || expect(way, &f, len, off, want) ||
	      bpio_counts(f.fd, &after);
	for (unsigned int r = 0; !bad && r < BPIO_REASON_MAX; r++)
		if (after.reasons[r] - before.reasons[r] != !strcmp(bpio_reason_name(r), argv[5]))
			bad |= fail("%lld reads counted as %s, wanted one as %s",
				    (long long)(after.reasons[r] - before.reasons[r]),
				    bpio_reason_name(r), argv[5]);
	read_file_close(&f);
	free(want);
	return bad;
}
CHECK("read-one", one,
      "WAY FILE OFFSET LENGTH REASON COMMAND: right bytes, counted so, after COMMAND")
