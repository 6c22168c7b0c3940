// SPDX-License-Identifier: GPL-2.0
/*
 * Out of memory, one allocation at a time: the kernel fails the n-th allocation of one
 * operation, for n from 1 until there is no n-th. Only ENABLE may say so, and then nothing
 * has changed.
 */
#include <fcntl.h>
#include <unistd.h>

#include "uapi_call.h"

#define MOST	1000

static const char *path;
static unsigned int failed;	/* allocations, in all */

/* Kept open: to open it would be an allocation that may fail */
static int fault;

static int inject(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	return pwrite(fault, text, len, 0) == len ? 0 : fail_errno("fail-nth");
}

/* How many allocations were still to come; 0: the fault was met */
static int left_over(unsigned int *n)
{
	char text[16] = "";

	if (pread(fault, text, sizeof(text) - 1, 0) <= 0)
		return fail_errno("fail-nth");
	*n = atoi(text);
	return 0;
}

/* What the operation finds */
static int prepare_for(int fd, unsigned int op)
{
	struct bpio_args a;

	if (op != BPIO_OP_ENABLE && op != BPIO_OP_QUERY && bpio_enable_full(fd, path))
		return 1;
	if (op == BPIO_OP_STREAM_RESUME && bpio_call(fd, BPIO_OP_STREAM_PAUSE, 0, &a))
		return fail("stream-pause failed");
	if (op == BPIO_OP_VOLUME_RESUME && bpio_call(fd, BPIO_OP_VOLUME_PAUSE, 0, &a))
		return fail("volume-pause failed");
	return 0;
}

static int wrong_flag(unsigned int flags, unsigned int flag, int want, const char *what)
{
	return !(flags & flag) != !want ? fail("%s is %spaused", what, want ? "not " : "") : 0;
}

/* What it must have done, fault or not */
static int wrong_after(int fd, unsigned int op, int err)
{
	unsigned int count = op != BPIO_OP_DISABLE && op != BPIO_OP_QUERY && !err;
	struct bpio_args a;

	if (bpio_call(fd, BPIO_OP_GET_INFO, 0, &a))
		return fail("get-info failed");
	if (a.stream_count != count)
		return fail("%u handles are enabled, wanted %u", a.stream_count, count);
	return wrong_flag(a.out_flags, BPIO_OUT_STREAM_PAUSED, op == BPIO_OP_STREAM_PAUSE,
			  "the stream") ||
	       wrong_flag(a.out_flags, BPIO_OUT_VOLUME_PAUSED, op == BPIO_OP_VOLUME_PAUSE,
			  "the mount");
}

static int one_fault(unsigned int op, unsigned int n, unsigned int *left)
{
	struct bpio_args a, ignored;
	int fd = open(path, O_RDONLY | O_DIRECT), err, bad;

	if (fd < 0)
		return fail_errno("open %s", path);
	if (prepare_for(fd, op) || inject(n))
		return 1;
	err = bpio_call(fd, op, 0, &a);
	bad = left_over(left) || inject(0);
	if (err && (op != BPIO_OP_ENABLE || err != -ENOMEM))
		bad |= fail("%s", strerror(-err));
	bad |= wrong_after(fd, op, err);
	bpio_call(fd, BPIO_OP_VOLUME_RESUME, 0, &ignored);
	close(fd);
	return bad;
}

static int memory(int argc, char **argv)
{
	unsigned int n, left;

	if (argc != 2)
		return fail("usage: uapi-memory FILE");
	path = argv[1];
	fault = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fault < 0)
		return fail_errno("this kernel injects no faults");
	for (unsigned int op = BPIO_OP_ENABLE; op < BPIO_OP_MAX; op++) {
		for (n = 1, left = 0; !left && n < MOST; n++)
			if (one_fault(op, n, &left))
				return fail("%s, with allocation %u failed", bpio_op_name(op), n);
		if (!left)
			return fail("%s: no end of its allocations", bpio_op_name(op));
		printf("%s: %u allocations\n", bpio_op_name(op), n - 2);
		failed += n - 2;
	}
	return failed ? 0 : fail("no allocation failed: nothing was tested");
}
CHECK("uapi-memory", memory, "FILE: no operation but ENABLE fails for want of memory (as root)")
