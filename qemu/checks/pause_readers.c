// SPDX-License-Identifier: GPL-2.0
/* Pauses of both halves under readers that never end: each ends, and so do the reads. */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "readers.h"

#define BLOCKS		256
#define LONGEST		10000	/* ms that a pause may take on a machine that is busy */

static long longest;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int timed(int fd, unsigned int op)
{
	struct bpio_args a;
	long ms = -now_ms();
	int err = bpio_call(fd, op, 0, &a);

	ms += now_ms();
	if (ms > longest)
		longest = ms;
	return err ? fail("%s: %s", bpio_op_name(op), strerror(-err)) : 0;
}

/* Each state that pauses can make, entered and left under readers */
static int once(struct readers *r, int fd)
{
	return timed(fd, BPIO_OP_STREAM_PAUSE) || readers_take(r, BPIO_PATH_LOWER_SKIPPED) ||
	       timed(fd, BPIO_OP_VOLUME_PAUSE) || readers_take(r, BPIO_PATH_TRADITIONAL) ||
	       timed(fd, BPIO_OP_STREAM_RESUME) || readers_until(r, BPIO_PATH_FILTERS_SKIPPED) ||
	       timed(fd, BPIO_OP_STREAM_PAUSE) || readers_take(r, BPIO_PATH_TRADITIONAL) ||
	       timed(fd, BPIO_OP_VOLUME_RESUME) || readers_until(r, BPIO_PATH_LOWER_SKIPPED) ||
	       timed(fd, BPIO_OP_STREAM_RESUME) || readers_until(r, BPIO_PATH_FULL);
}

static int pause_readers(int argc, char **argv)
{
	struct readers *r;
	unsigned int times;
	int fd, bad;

	if (argc != 4)
		return fail("usage: pause-readers FILE THREADS TIMES");
	times = number(argv[3]);
	if (readers_write(argv[1], BLOCKS, 1))
		return 1;
	fd = open(argv[1], O_RDONLY);
	r = readers_start(argv[1], BLOCKS, number(argv[2]));
	if (fd < 0 || !r)
		return fail("cannot start");
	bad = readers_until(r, BPIO_PATH_FULL);
	for (unsigned int i = 0; i < times && !bad; i++)
		bad = once(r, fd) ? fail("time %u", i) : 0;
	printf("the longest pause or resume took %ld ms\n", longest);
	if (longest > LONGEST)
		bad |= fail("that is too long");
	return readers_stop(r) | bad;
}

CHECK("pause-readers", pause_readers, "FILE THREADS TIMES: pauses end, and so do reads under them")
