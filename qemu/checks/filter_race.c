// SPDX-License-Identifier: GPL-2.0
/*
 * Filters come while eight readers read in every way. From the return of the
 * registration on each read is seen: readers then read the upper half of the file, where the
 * filter counts, and both counts must be the same.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "probe_call.h"
#include "read_ways.h"

#define BLOCK		4096
#define HIGH		(PROBE_HIGH / BLOCK)
#define PATIENCE	60	/* seconds */

#define load(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v)	__atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define add(p, v)	__atomic_add_fetch(p, v, __ATOMIC_SEQ_CST)

/* A reader: an entry of read_ways[], how it is open, whether its stream is paused */
static struct reader {
	const char *way;
	int direct, enabled, paused;
	pthread_t thread;
	struct read_file f;
	const struct read_way *fn;
	long rounds, high;
} readers[] = {
	{ .way = "pread" },
	{ .way = "pread", .direct = 1 },
	{ .way = "aio", .direct = 1 },
	{ .way = "uring", .direct = 1 },
	{ .way = "pread", .direct = 1, .enabled = 1, .paused = 1 },
	{ .way = "aio", .direct = 1, .enabled = 1, .paused = 1 },
	{ .way = "pread", .direct = 1, .enabled = 1 },
	{ .way = "uring", .direct = 1, .enabled = 1 },
};

#define READERS	(sizeof(readers) / sizeof(*readers))

/* phase: readers of the upper half: 0 none, 1 those that are not skipped, 2 all */
static int phase, stop, bad;

static int reads_high(const struct reader *r)
{
	const int now = load(&phase);

	return now == 2 || (now == 1 && (!r->enabled || r->paused));
}

static void *read_on(void *arg)
{
	struct reader *r = arg;
	unsigned int block = 0;
	uint64_t *buf;
	ssize_t n;
	int high;

	if (posix_memalign((void **)&buf, BLOCK, BLOCK))
		exit(fail("no memory"));
	while (!load(&stop) && !load(&bad)) {
		block = (block + 7) % HIGH;
		high = reads_high(r);
		n = r->fn->fn(&r->f, buf, BLOCK, (off_t)(block + high * HIGH) * BLOCK);
		if (n != BLOCK || *buf != (uint64_t)(block + high * HIGH) * BLOCK)
			store(&bad, fail("%s: %zd bytes at block %u", r->way, n, block));
		add(&r->high, high);
		add(&r->rounds, 1);
	}
	free(buf);
	return NULL;
}

static int start(struct reader *r, const char *file, const char *paused)
{
	struct bpio_args a;

	for (unsigned int i = 0; i < read_ways_count; i++)
		if (!strcmp(read_ways[i].name, r->way))
			r->fn = &read_ways[i];
	if (read_file_open(&r->f, r->paused ? paused : file))
		return 1;
	if (!r->direct && fcntl(r->f.fd, F_SETFL, 0))
		return fail_errno("F_SETFL");
	if (r->enabled && bpio_enable_full(r->f.fd, r->f.path))
		return 1;
	if (r->paused && bpio_call(r->f.fd, BPIO_OP_STREAM_PAUSE, 0, &a))
		return fail("no pause");
	return pthread_create(&r->thread, NULL, read_on, r) ? fail("no thread") : 0;
}

/* Each has begun and ended a read: the second of two that have ended */
static int all_read(int times)
{
	long before[READERS];
	time_t end = time(NULL) + PATIENCE;

	for (size_t i = 0; i < READERS; i++)
		before[i] = load(&readers[i].rounds);
	for (size_t i = 0; i < READERS; i++) {
		while (load(&readers[i].rounds) - before[i] < times) {
			if (load(&bad))
				return 1;
			if (time(NULL) > end)
				return fail("%s: no read ends", readers[i].way);
			usleep(500);
		}
	}
	return load(&bad);
}

static long all_high(void)
{
	long sum = 0;

	for (size_t i = 0; i < READERS; i++)
		sum += load(&readers[i].high);
	return sum;
}

static int one_round(const char *features, int all)
{
	long want = -all_high(), got;

	if (probe_must("add r 7 quiet%s pre:read", features))
		return 1;
	store(&phase, all ? 2 : 1);
	if (all_read(4))
		return 1;
	store(&phase, 0);
	if (all_read(2))
		return 1;
	got = probe_count("r", "high");
	if (probe_must("del r"))
		return 1;
	want += all_high();
	if (got != want || !want)
		return fail("filter with quiet%s: of %ld reads it saw %ld", features, want, got);
	return 0;
}

static int race(int argc, char **argv)
{
	unsigned long rounds;
	int failed = 0;

	if (argc != 4)
		return fail("usage: filter-race FILE FILE ROUNDS");
	rounds = number(argv[3]);
	for (size_t i = 0; i < READERS && !failed; i++)
		failed = start(&readers[i], argv[1], argv[2]);
	for (unsigned long i = 0; i < rounds && !failed; i++)
		failed = all_read(2) || one_round("", 1) || all_read(2) ||
			 one_round(",bypass", 0) || all_read(2) || one_round(",bypass,data", 0);
	store(&stop, 1);
	for (size_t i = 0; i < READERS; i++)
		if (readers[i].thread)
			pthread_join(readers[i].thread, NULL);
	return failed || bad;
}

CHECK("filter-race", race,
      "FILE FILE ROUNDS: from its registration on a filter sees each read (2m patterns)")
