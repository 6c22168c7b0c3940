// SPDX-License-Identifier: GPL-2.0
/*
 * A module that encrypts a file under its readers: count, pause, rewrite, resume. Nobody
 * sees an old byte once the new ones are there, and nobody has to ask again.
 */
#include <fcntl.h>
#include <unistd.h>

#include "caller_call.h"
#include "readers.h"

#define BLOCKS	512
#define THREADS	6
#define ROUNDS	4

static int count_is(int dev, int fd, unsigned int want)
{
	unsigned int count;
	long at_ptr;
	int err = caller_count(dev, fd, &count, &at_ptr);

	if (err)
		return fail("open count: %s", strerror(-err));
	if (count != want || at_ptr != (long)want)
		return fail("open count %u, by pointer %ld, wanted %u", count, at_ptr, want);
	return 0;
}

static int pause_stream(int dev, int fd)
{
	struct bpio_args a;
	int err = caller_call(dev, fd, BPIO_OP_STREAM_PAUSE, 0, &a);

	if (err)
		return fail("stream-pause: %s", strerror(-err));
	if (!(a.out_flags & BPIO_OUT_STREAM_PAUSED) || a.stream_count != THREADS)
		return fail("stream-pause: flags %#x, count %u", a.out_flags, a.stream_count);
	return 0;
}

static int resume_stream(int dev, int fd)
{
	struct bpio_args a;
	int err = caller_call(dev, fd, BPIO_OP_STREAM_RESUME, 0, &a);

	if (err || a.results.filter.status)
		return fail("stream-resume: %s, %s", strerror(-err),
			    bpio_reason_name(a.results.filter.reason));
	if (a.out_flags & BPIO_OUT_STREAM_PAUSED || a.pause_count)
		return fail("stream-resume: flags %#x, %u pauses", a.out_flags, a.pause_count);
	return 0;
}

/* @fd is the module's own, and not enabled */
static int encrypt(struct readers *r, int dev, int fd, const char *path, unsigned int gen)
{
	if (readers_until(r, BPIO_PATH_FULL) || count_is(dev, fd, THREADS) ||
	    pause_stream(dev, fd) || readers_take(r, BPIO_PATH_LOWER_SKIPPED))
		return 1;
	readers_allow(r, gen - 1, gen);
	if (readers_write(path, BLOCKS, gen))
		return 1;
	readers_allow(r, gen, gen);
	return readers_round(r) || readers_until(r, BPIO_PATH_LOWER_SKIPPED) ||
	       count_is(dev, fd, THREADS) || resume_stream(dev, fd);
}

static int caller_encrypts(int argc, char **argv)
{
	struct readers *r;
	int dev, fd, bad = 0;

	if (argc != 2)
		return fail("usage: caller-encrypts FILE");
	dev = caller_open();
	if (readers_write(argv[1], BLOCKS, 1))
		return 1;
	fd = open(argv[1], O_RDONLY);
	r = readers_start(argv[1], BLOCKS, THREADS);
	if (fd < 0 || !r)
		return fail("cannot start");
	for (unsigned int gen = 2; gen < 2 + ROUNDS && !bad; gen++)
		bad = encrypt(r, dev, fd, argv[1], gen);
	bad = bad || readers_until(r, BPIO_PATH_FULL);
	return readers_stop(r) || bad || count_is(dev, fd, 0);
}

CHECK("caller-encrypts", caller_encrypts,
      "FILE: rewritten from the kernel's side under readers, nobody sees an old byte")
