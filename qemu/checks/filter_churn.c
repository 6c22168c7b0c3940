// SPDX-License-Identifier: GPL-2.0
/* Filters of all kinds come and go under readers of an enabled file, who see no wrong byte. */
#include <time.h>
#include <unistd.h>

#include "probe_call.h"
#include "readers.h"

#define BLOCKS	256
#define THREADS	8

static int one_round(const char *mount, unsigned long i)
{
	static const char * const features[] = {
		"quiet", "quiet,bypass", "quiet,bypass,data", "quiet,data"
	};

	return probe_must("add c 17.%lu %s pre:read post:read pre:query pre:enable post:release",
			  i, features[i % 4]) ||
	       probe_must("set c pre:read context %lu", i % 3 % 2) ||
	       (i % 5 == 0 && (usleep(20000), 0)) ||
	       probe_must("detach c %s", mount) || probe_must("attach c %s", mount) ||
	       (i % 7 == 0 && (usleep(20000), 0)) || probe_must("del c");
}

static int churn(int argc, char **argv)
{
	unsigned long rounds, i;
	struct readers *r;
	time_t begin;
	int bad = 0;

	if (argc != 4)
		return fail("usage: filter-churn FILE MOUNT ROUNDS");
	rounds = number(argv[3]);
	if (readers_write(argv[1], BLOCKS, 1))
		return 1;
	r = readers_start(argv[1], BLOCKS, THREADS);
	if (!r)
		return 1;
	begin = time(NULL);
	for (i = 0; i < rounds && !bad; i++) {
		bad = one_round(argv[2], i);
		/* None of them is stuck, or has found anything */
		if (!bad && i % 16 == 0)
			bad = readers_round(r);
	}
	printf("%lu rounds in %ld s\n", i, (long)(time(NULL) - begin));
	bad = bad || readers_until(r, BPIO_PATH_FULL);
	return readers_stop(r) || bad;
}

CHECK("filter-churn", churn, "FILE MOUNT ROUNDS: filters come and go under readers of a file")
