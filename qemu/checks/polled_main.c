// SPDX-License-Identifier: GPL-2.0
/*
 * Polled reads of a file whose bypass is enabled: nothing completes them but somebody who looks.
 * Many are in flight at a time, through registered and other buffers.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "read_uring.h"
#include "uapi_call.h"

#define BLOCK	4096
#define DEPTH	32
#define FILE_LEN 1048576

static char *want, *other;

static int queue(struct read_uring *u, int fixed, unsigned int slot, off_t off)
{
	if (fixed)
		return read_uring_queue_fixed(u, slot * BLOCK, BLOCK, off, slot);
	return read_uring_queue(u, other + slot * BLOCK, BLOCK, off, slot);
}

/* Takes all that are in flight; each must have its bytes, or that error */
static int take_all(struct read_uring *u, int fixed, const off_t *off, int error)
{
	const char *got;
	unsigned long slot;
	ssize_t n;
	int err;

	for (int left = DEPTH; left; left--) {
		while (read_uring_take(u, &slot, &n)) {
			err = read_uring_submit(u, 1);
			if (err && err != -EINTR)
				return fail("waiting: %s", strerror(-err));
		}
		if (error && n != -error)
			return fail("read at %ld: %zd, wanted %s", (long)off[slot], n,
				    errno_name(error));
		if (error)
			continue;
		if (n != BLOCK)
			return fail("read at %ld: %zd", (long)off[slot], n);
		got = fixed ? read_uring_fixed(u, slot * BLOCK) : other + slot * BLOCK;
		if (memcmp(got, want + off[slot], BLOCK))
			return fail("wrong bytes at %ld", (long)off[slot]);
	}
	return 0;
}

static int send_all(struct read_uring *u, int fixed, off_t *off)
{
	int err;

	for (unsigned int slot = 0; slot < DEPTH; slot++) {
		off[slot] = rand() % (FILE_LEN / BLOCK) * BLOCK;
		err = queue(u, fixed, slot, off[slot]);
		if (err)
			return fail("queue: %s", strerror(-err));
	}
	err = read_uring_submit(u, 0);
	return err ? fail("submit: %s", strerror(-err)) : 0;
}

static int rounds(struct read_uring *u, int fixed, int n)
{
	off_t off[DEPTH];

	while (n--)
		if (send_all(u, fixed, off) || take_all(u, fixed, off, 0))
			return 1;
	return 0;
}

/* Nobody looks while this waits for the reads in flight */
static int drained(int fd, struct read_uring *u, unsigned int op)
{
	struct bpio_args a;
	off_t off[DEPTH];
	time_t start;
	int err;

	/* One that may wait, so that the map is there */
	if (pread(fd, other, BLOCK, 0) != BLOCK)
		return fail_errno("read");
	if (send_all(u, 1, off))
		return 1;
	start = time(NULL);
	err = bpio_call(fd, op, 0, &a);
	if (err)
		return fail("%s: %s", bpio_op_name(op), strerror(-err));
	if (time(NULL) - start > 10)
		return fail("%s took %ld s", bpio_op_name(op), (long)(time(NULL) - start));
	return take_all(u, 1, off, 0);
}

static int many(int fd, struct read_uring *u, int n)
{
	struct bpio_info before, after;
	unsigned long long full;

	if (bpio_counts(fd, &before) || rounds(u, 1, n) || rounds(u, 0, n) ||
	    bpio_counts(fd, &after))
		return 1;
	full = after.reads[BPIO_PATH_FULL] - before.reads[BPIO_PATH_FULL];
	if (full == 2ull * n * DEPTH)
		return 0;
	bpio_print_counts("polled", &after);
	return fail("%llu of %d reads on the full bypass", full, 2 * n * DEPTH);
}

/* One after the other, so that each could have an interrupt of its own */
static int single(struct read_uring *u, int n)
{
	unsigned long slot;
	ssize_t got;
	int err;

	for (; n; n--) {
		err = queue(u, 1, 0, n % (FILE_LEN / BLOCK) * BLOCK);
		if (!err)
			err = read_uring_submit(u, 1);
		if (err && err != -EINTR)
			return fail("submit: %s", strerror(-err));
		while (read_uring_take(u, &slot, &got)) {
			err = read_uring_submit(u, 1);
			if (err && err != -EINTR)
				return fail("waiting: %s", strerror(-err));
		}
		if (got != BLOCK)
			return fail("read: %zd", got);
	}
	return 0;
}

static int load(const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t n;

	want = malloc(FILE_LEN);
	other = mmap(NULL, DEPTH * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		     -1, 0);
	if (fd < 0 || !want || other == MAP_FAILED)
		return fail_errno("%s", path);
	n = pread(fd, want, FILE_LEN, 0);
	close(fd);
	return n == FILE_LEN ? 0 : fail("%s: %zd bytes", path, n);
}

static int polled(int argc, char **argv)
{
	struct bpio_args a;
	struct read_uring *u;
	off_t off[DEPTH];
	int fd, n;

	if (argc < 4 || load(argv[2]))
		return fail("polled FILE LOWER ROUNDS [single|drain|COMMAND]");
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	if (fd < 0)
		return fail_errno("%s", argv[1]);
	if (bpio_enable_full(fd, argv[1]))
		return 1;
	n = number(argv[3]);
	u = read_uring_polled(fd);
	if (!u)
		return fail_errno("a polled ring");
	if (pread(fd, other, BLOCK, 0) != BLOCK)
		return fail_errno("read");
	if (argc < 5)
		return many(fd, u, n);
	if (!strcmp(argv[4], "single"))
		return single(u, n);
	if (strcmp(argv[4], "drain")) {
		if (system(argv[4]))
			return fail("%s", argv[4]);
		return send_all(u, 1, off) || take_all(u, 1, off, EIO);
	}
	return drained(fd, u, BPIO_OP_VOLUME_PAUSE) ||
	       bpio_call(fd, BPIO_OP_VOLUME_RESUME, 0, &a) ||
	       drained(fd, u, BPIO_OP_STREAM_PAUSE) ||
	       bpio_call(fd, BPIO_OP_STREAM_RESUME, 0, &a) ||
	       drained(fd, u, BPIO_OP_DISABLE) || rounds(u, 1, 1) || rounds(u, 0, 1);
}

CHECK("polled", polled, "FILE LOWER ROUNDS [single|drain|COMMAND]: polled reads through the bypass")
