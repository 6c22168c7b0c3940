// SPDX-License-Identifier: GPL-2.0
/*
 * Polled reads that a device makes difficult: those that it cannot take at once, and those that
 * several look for at a time.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "polled.h"
#include "read_uring.h"
#include "uapi_call.h"

#define PAGE	4096
#define LARGE	(768u << 10)
#define DEPTH	32
#define HAMMERS	3

/* No two of its pages are neighbours in memory, or few */
static char *scattered(size_t len)
{
	char *at = polled_memory(len), *between = polled_memory(len);

	for (size_t i = 0; at && between && i < len; i += PAGE) {
		at[i] = 1;
		between[i] = 1;
	}
	return between ? at : NULL;
}

static int polled_large(int argc, char **argv)
{
	struct polled p = { .got = scattered(LARGE) };
	struct bpio_info before, after;
	unsigned long slot;
	unsigned int len;
	ssize_t n;

	if (argc != 3 || polled_open(&p, argv, LARGE, read_uring_polled))
		return fail("polled-large FILE LOWER");
	for (len = PAGE; len <= LARGE; len *= len < LARGE / 3 ? 2 : 3) {
		memset(p.got, 0xee, LARGE);
		/* It would be tried for ever */
		alarm(20);
		if (bpio_counts(p.fd, &before) || read_uring_queue(p.u, p.got, len, 0, 1) ||
		    polled_take(p.u, &slot, &n) || bpio_counts(p.fd, &after))
			return 1;
		alarm(0);
		if (n != (ssize_t)len || memcmp(p.got, p.want, len))
			return fail("read of %u: %zd, or wrong bytes", len, n);
		if (after.reads[BPIO_PATH_FULL] - before.reads[BPIO_PATH_FULL] != 1) {
			bpio_print_counts("polled", &after);
			return fail("read of %u: not past the file system", len);
		}
	}
	return 0;
}
CHECK("polled-large", polled_large, "FILE LOWER: polled reads of up to 768k in scattered pages")

/* More than one extent: no single bio. Sent by who may not wait, through a ring and without one. */
static int polled_pieces(int argc, char **argv)
{
	struct polled p = { .got = polled_memory(LARGE) };
	struct iovec iov = { .iov_base = p.got, .iov_len = LARGE };
	unsigned long slot;
	ssize_t n;

	if (argc != 3 || polled_open(&p, argv, LARGE, read_uring_polled))
		return fail("polled-pieces FILE LOWER");
	/* Where all of it is, is known from now on */
	if (bpio_read_path(p.fd, p.got, LARGE, 0) != BPIO_PATH_FULL)
		return fail("not past the file system");
	memset(p.got, 0xee, LARGE);
	n = preadv2(p.fd, &iov, 1, 0, RWF_HIPRI | RWF_NOWAIT);
	if (n != LARGE || memcmp(p.got, p.want, LARGE))
		return fail("preadv2: %zd, or wrong bytes", n);
	memset(p.got, 0xee, LARGE);
	alarm(20);
	if (read_uring_queue(p.u, p.got, LARGE, 0, 1) || polled_take(p.u, &slot, &n))
		return 1;
	if (n != LARGE || memcmp(p.got, p.want, LARGE))
		return fail("ring: %zd, or wrong bytes", n);
	return 0;
}
CHECK("polled-pieces", polled_pieces, "FILE LOWER: polled reads of 768k in many extents")

struct other {
	int fd, op, undo, stop, err;
};

static void *pauser(void *arg)
{
	struct other *o = arg;
	struct bpio_args a;

	while (!__atomic_load_n(&o->stop, __ATOMIC_RELAXED) && !o->err) {
		o->err = bpio_call(o->fd, o->op, 0, &a);
		if (!o->err)
			o->err = bpio_call(o->fd, o->undo, 0, &a);
		usleep(2000);
	}
	return NULL;
}

/* The sender comes to look when somebody who drains does as well */
static int race(const struct polled *p, int rounds)
{
	unsigned long slot;
	ssize_t n;

	for (int i = 0; i < rounds; i++) {
		for (int k = 0; k < DEPTH; k++)
			if (read_uring_queue(p->u, p->got + k * PAGE, PAGE, k * PAGE, k))
				return fail("queue");
		if (read_uring_submit(p->u, 0))
			return fail("submit");
		usleep(rand() % 6000);
		for (int k = 0; k < DEPTH; k++) {
			if (polled_take(p->u, &slot, &n))
				return 1;
			if (n != PAGE || memcmp(p->got + slot * PAGE, p->want + slot * PAGE, PAGE))
				return fail("read %lu: %zd, or wrong bytes", slot, n);
		}
	}
	return 0;
}

static int polled_race(int argc, char **argv)
{
	struct other o = { .op = BPIO_OP_VOLUME_PAUSE, .undo = BPIO_OP_VOLUME_RESUME };
	struct polled p = { .got = polled_memory(DEPTH * PAGE) };
	pthread_t thread;
	int ret;

	if (argc != 4 || polled_open(&p, argv, DEPTH * PAGE, read_uring_polled))
		return fail("polled-race FILE LOWER ROUNDS");
	o.fd = p.fd;
	if (pthread_create(&thread, NULL, pauser, &o))
		return fail("thread");
	ret = race(&p, number(argv[3]));
	__atomic_store_n(&o.stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	return o.err ? fail("pause: %s", strerror(-o.err)) : ret;
}
CHECK("polled-race", polled_race, "FILE LOWER ROUNDS: polled reads while the volume is paused")

/* Takes the stream's lock most of the time, and does nothing under it */
static void *hammer(void *arg)
{
	struct other *o = arg;
	struct bpio_args a;

	while (!__atomic_load_n(&o->stop, __ATOMIC_RELAXED) && !o->err)
		o->err = bpio_call(o->fd, BPIO_OP_STREAM_RESUME, 0, &a);
	return NULL;
}

/* Differs, so nothing is shared; but the layout is broken and reads in flight waited for */
static int dedupe(int from, int to)
{
	struct {
		struct file_dedupe_range range;
		struct file_dedupe_range_info info;
	} d = {
		.range = { .src_length = PAGE, .dest_count = 1 },
		.info = { .dest_fd = to },
	};

	if (ioctl(from, FIDEDUPERANGE, &d))
		return fail_errno("FIDEDUPERANGE");
	if (d.info.status != FILE_DEDUPE_RANGE_DIFFERS)
		return fail("FIDEDUPERANGE: %d", d.info.status);
	return 0;
}

/* Reads until it is armed again: others may have its lock */
static int armed(int fd, char *buf)
{
	int path;

	for (int i = 0; i < 10000; i++) {
		path = bpio_read_path(fd, buf, PAGE, 0);
		if (path < 0 || path == BPIO_PATH_FULL)
			return path < 0;
		usleep(1000);
	}
	return fail("no read bypasses any more");
}

static int breaks(struct read_uring *u, int fd, char *got, int from, int to, int rounds)
{
	struct bpio_info info;
	unsigned long slot;
	ssize_t n;

	for (int i = 0; i < rounds; i++) {
		if (armed(fd, got))
			return 1;
		for (int k = 0; k < DEPTH; k++)
			if (read_uring_queue(u, got + k * PAGE, PAGE, k * PAGE, k))
				return fail("queue");
		if (read_uring_submit(u, 0))
			return fail("submit");
		if (dedupe(from, to))
			return 1;
		for (int k = 0; k < DEPTH; k++)
			if (polled_take(u, &slot, &n) || n != PAGE)
				return fail("read %lu: %zd", slot, n);
	}
	if (bpio_counts(fd, &info))
		return 1;
	if (info.reads[BPIO_PATH_FULL] < (unsigned int)rounds * DEPTH)
		return fail("only %llu reads on the full bypass",
			    (unsigned long long)info.reads[BPIO_PATH_FULL]);
	return 0;
}

static int polled_broken(int argc, char **argv)
{
	char *got = polled_memory(DEPTH * PAGE);
	pthread_t thread[HAMMERS];
	int from, to, ret, rounds;
	struct read_uring *u;
	struct other o = {};

	if (argc != 5 || !got)
		return fail("polled-broken FILE LOWER OTHER ROUNDS");
	from = open(argv[2], O_RDONLY);
	to = open(argv[3], O_RDWR);
	rounds = number(argv[4]);
	if (from < 0 || to < 0)
		return fail_errno("open");
	o.fd = polled_ready(argv[1], got);
	u = o.fd < 0 ? NULL : read_uring_polled(o.fd);
	if (!u)
		return fail_errno("a polled ring");
	for (int i = 0; i < HAMMERS; i++)
		if (pthread_create(&thread[i], NULL, hammer, &o))
			return fail("thread");
	ret = breaks(u, o.fd, got, from, to, rounds);
	__atomic_store_n(&o.stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < HAMMERS; i++)
		pthread_join(thread[i], NULL);
	return ret || o.err;
}
CHECK("polled-broken", polled_broken,
      "FILE LOWER OTHER ROUNDS: the layout is broken by who alone looks for its reads")
