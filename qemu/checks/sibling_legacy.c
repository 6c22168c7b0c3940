// SPDX-License-Identifier: GPL-2.0
/*
 * bpio_legacy.ko comes and goes under 32 readers. From its coming to its going it sees
 * every read of theirs, as many as the kernel counts.
 */
#include <fcntl.h>
#include <unistd.h>

#include "readers.h"
#include "sibling.h"

#define LEGACY	"bpio_legacy"
#define BLOCKS	256
#define THREADS	32
#define ROUNDS	4

static int counted(int fd, struct bpio_info *info)
{
	struct bpio_args a;
	int err = bpio_call(fd, BPIO_OP_GET_INFO, BPIO_IN_SCOPE_STREAM, &a);

	*info = a.info;
	return err ? fail("get-info: %s", strerror(-err)) : 0;
}

static unsigned long long of_filters(const struct bpio_info *info)
{
	return info->reads[BPIO_PATH_TRADITIONAL] + info->reads[BPIO_PATH_LOWER_SKIPPED];
}

/* It sees a read before the kernel counts it, and at most one of each thread is between */
static int sees_all(int fd, const struct bpio_info *first)
{
	unsigned long long seen, least, most;
	struct bpio_info info;

	if (counted(fd, &info))
		return 1;
	least = of_filters(&info) - of_filters(first);
	seen = sibling_number(LEGACY, "reads");
	if (counted(fd, &info))
		return 1;
	most = of_filters(&info) - of_filters(first) + THREADS;
	if (!least || seen < least || seen > most)
		return fail("%llu reads seen, there were %llu to %llu", seen, least, most);
	/* A round's bytes may come between the two numbers */
	if (sibling_number(LEGACY, "bytes") < seen * READERS_BLOCK)
		return fail("%llu reads, but too few bytes", seen);
	return 0;
}

static int refused(struct readers *r, int fd)
{
	const enum bpio_reason reason = BPIO_REASON_ATTACH_BLOCKED;
	struct bpio_args a;

	if (sibling_refuses(fd, BPIO_OP_ENABLE, LEGACY, reason) ||
	    sibling_refuses(fd, BPIO_OP_QUERY, LEGACY, reason) ||
	    sibling_refuses(readers_fd(r, 0), BPIO_OP_QUERY, LEGACY, reason))
		return 1;
	if (bpio_call(fd, BPIO_OP_GET_INFO, 0, &a) || !(a.out_flags & BPIO_OUT_ATTACH_BLOCKED) ||
	    a.stream_count != THREADS)
		return fail("flags %#x, count %u", a.out_flags, a.stream_count);
	return 0;
}

static int granted(int fd)
{
	struct bpio_args a;

	if (bpio_call(fd, BPIO_OP_QUERY, 0, &a) || a.results.filter.status ||
	    a.out_flags & BPIO_OUT_ATTACH_BLOCKED || a.stream_count != THREADS)
		return fail("still blocked: %s, flags %#x, count %u",
			    bpio_reason_name(a.results.filter.reason), a.out_flags,
			    a.stream_count);
	return 0;
}

static int one_round(struct readers *r, int fd)
{
	struct bpio_info first;

	if (readers_until(r, BPIO_PATH_FULL) || granted(fd) || counted(fd, &first) ||
	    sibling_load(LEGACY, ""))
		return 1;
	return readers_take(r, BPIO_PATH_LOWER_SKIPPED) || refused(r, fd) ||
	       sees_all(fd, &first) || sibling_unload(LEGACY);
}

static int legacy(int argc, char **argv)
{
	struct readers *r;
	int fd, bad = 0;

	if (argc != 2)
		return fail("usage: sibling-legacy FILE");
	if (readers_write(argv[1], BLOCKS, 1))
		return 1;
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	r = readers_start(argv[1], BLOCKS, THREADS);
	if (fd < 0 || !r)
		return fail("cannot start");
	for (int i = 0; i < ROUNDS && !bad; i++)
		bad = one_round(r, fd);
	bad = bad || readers_until(r, BPIO_PATH_FULL) || granted(fd);
	close(fd);
	return readers_stop(r) | bad;
}

CHECK("sibling-legacy", legacy, "FILE: bpio_legacy comes and goes under readers")

/* Whatever it objects to, nobody notices more than a slower read */
static int cycles(int argc, char **argv)
{
	struct readers *r;
	int bad = 0;

	if (argc < 4)
		return fail("usage: sibling-cycles FILE MODULE TIMES [PARAMETERS]");
	if (readers_write(argv[1], BLOCKS, 1))
		return 1;
	r = readers_start(argv[1], BLOCKS, 8);
	if (!r)
		return fail("cannot start");
	for (unsigned long i = number(argv[3]); i && !bad; i--)
		bad = readers_round(r) || sibling_load(argv[2], argc > 4 ? argv[4] : "") ||
		      readers_until(r, BPIO_PATH_FULL) || sibling_unload(argv[2]) ||
		      readers_until(r, BPIO_PATH_FULL);
	return readers_stop(r) | bad;
}

CHECK("sibling-cycles", cycles, "FILE MODULE TIMES [PARAMETERS]: a filter comes and goes")
