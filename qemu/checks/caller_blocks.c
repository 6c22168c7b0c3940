// SPDX-License-Identifier: GPL-2.0
/*
 * A filter that must see each read comes and goes under readers: they take it along
 * without an error, nobody new is let past it, and when it has gone all is as before.
 */
#include <fcntl.h>
#include <unistd.h>

#include "caller_call.h"
#include "readers.h"

#define BLOCKS	256
#define THREADS	6

static int refused_by(int fd, unsigned int op, const char *who)
{
	struct bpio_args a;
	const struct bpio_result *r = &a.results.filter;
	int err = bpio_call(fd, op, 0, &a);

	if (err)
		return fail("%s: %s", bpio_op_name(op), strerror(-err));
	if (r->reason != BPIO_REASON_ATTACH_BLOCKED || r->status != -EOPNOTSUPP)
		return fail("%s: filter half: %s", bpio_op_name(op), bpio_reason_name(r->reason));
	if (r->driver_len != strlen(who) || memcmp(r->driver, who, r->driver_len))
		return fail("%s: refused by '%.*s', wanted '%s'", bpio_op_name(op), r->driver_len,
			    (const char *)r->driver, who);
	if (!(a.out_flags & BPIO_OUT_ATTACH_BLOCKED) || a.stream_count != THREADS)
		return fail("%s: flags %#x, count %u", bpio_op_name(op), a.out_flags,
			    a.stream_count);
	return 0;
}

static int is_blocked(struct readers *r, int fd, const char *who, enum bpio_path path)
{
	return readers_take(r, path) || refused_by(fd, BPIO_OP_ENABLE, who) ||
	       refused_by(fd, BPIO_OP_QUERY, who) ||
	       refused_by(readers_fd(r, 0), BPIO_OP_QUERY, who);
}

static int is_free(struct readers *r, int fd, enum bpio_path path)
{
	struct bpio_args a;

	if (readers_until(r, path))
		return 1;
	if (bpio_call(fd, BPIO_OP_QUERY, 0, &a) || a.results.filter.status ||
	    a.out_flags & BPIO_OUT_ATTACH_BLOCKED || a.stream_count != THREADS)
		return fail("still blocked: %s, flags %#x, count %u",
			    bpio_reason_name(a.results.filter.reason), a.out_flags,
			    a.stream_count);
	return 0;
}

static int by_two(struct readers *r, int dev, int fd)
{
	const enum bpio_path seen = BPIO_PATH_LOWER_SKIPPED;

	return caller_block(dev, fd, "first") || is_blocked(r, fd, "first", seen) ||
	       caller_block(dev, fd, "second") || is_blocked(r, fd, "first", seen) ||
	       caller_unblock(dev, fd, "first") || is_blocked(r, fd, "second", seen) ||
	       caller_unblock(dev, fd, "second") || is_free(r, fd, BPIO_PATH_FULL);
}

/* The storage half is somebody else's business */
static int over_volume_pause(struct readers *r, int dev, int fd)
{
	struct bpio_args a;

	return bpio_call(fd, BPIO_OP_VOLUME_PAUSE, 0, &a) ||
	       readers_take(r, BPIO_PATH_FILTERS_SKIPPED) || caller_block(dev, fd, CALLER) ||
	       is_blocked(r, fd, CALLER, BPIO_PATH_TRADITIONAL) ||
	       caller_unblock(dev, fd, CALLER) || is_free(r, fd, BPIO_PATH_FILTERS_SKIPPED) ||
	       caller_block(dev, fd, CALLER) || bpio_call(fd, BPIO_OP_VOLUME_RESUME, 0, &a) ||
	       readers_until(r, BPIO_PATH_LOWER_SKIPPED) || caller_unblock(dev, fd, CALLER) ||
	       is_free(r, fd, BPIO_PATH_FULL);
}

/* The end of one does not end the other */
static int over_stream_pause(struct readers *r, int dev, int fd)
{
	struct bpio_args a;

	if (caller_block(dev, fd, CALLER) || bpio_call(fd, BPIO_OP_STREAM_PAUSE, 0, &a) ||
	    caller_unblock(dev, fd, CALLER) || readers_take(r, BPIO_PATH_LOWER_SKIPPED) ||
	    caller_block(dev, fd, CALLER))
		return 1;
	if (bpio_call(fd, BPIO_OP_STREAM_RESUME, 0, &a) ||
	    a.results.filter.reason != BPIO_REASON_ATTACH_BLOCKED ||
	    !(a.out_flags & BPIO_OUT_STREAM_PAUSED))
		return fail("resumed past a filter that must see each read");
	return caller_unblock(dev, fd, CALLER) || readers_take(r, BPIO_PATH_LOWER_SKIPPED) ||
	       bpio_call(fd, BPIO_OP_STREAM_RESUME, 0, &a) || is_free(r, fd, BPIO_PATH_FULL);
}

/* Many times over: each time nobody skips it from the moment that it is there */
static int again_and_again(struct readers *r, int dev, int fd)
{
	for (int i = 0; i < 10; i++)
		if (caller_block(dev, fd, CALLER) || readers_take(r, BPIO_PATH_LOWER_SKIPPED) ||
		    caller_unblock(dev, fd, CALLER) || readers_until(r, BPIO_PATH_FULL))
			return fail("time %d", i);
	return 0;
}

/* What was blocked through the device is not blocked any more when that is closed */
static int let_go(struct readers *r, int dev, int fd)
{
	if (caller_block(dev, fd, CALLER) || is_blocked(r, fd, CALLER, BPIO_PATH_LOWER_SKIPPED))
		return 1;
	close(dev);
	return is_free(r, fd, BPIO_PATH_FULL);
}

static int blocks(int argc, char **argv)
{
	struct readers *r;
	int dev, fd, bad;

	if (argc != 2)
		return fail("usage: caller-blocks FILE");
	dev = caller_open();
	if (readers_write(argv[1], BLOCKS, 1))
		return 1;
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	r = readers_start(argv[1], BLOCKS, THREADS);
	if (fd < 0 || !r)
		return fail("cannot start");
	if (caller_block(dev, fd, "") != -EINVAL)
		return fail("somebody without a name was let in");
	bad = readers_until(r, BPIO_PATH_FULL) || by_two(r, dev, fd) ||
	      over_volume_pause(r, dev, fd) || over_stream_pause(r, dev, fd) ||
	      again_and_again(r, dev, fd) || let_go(r, dev, fd);
	return readers_stop(r) | bad;
}

CHECK("caller-blocks", blocks, "FILE: filters that must see each read come and go under readers")
