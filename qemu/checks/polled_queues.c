// SPDX-License-Identifier: GPL-2.0
/*
 * Reads in flight, polled and not, of which the block layer makes something else than their
 * sender thinks: one request of two files' reads, or none at all.
 */
#include <fcntl.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "polled.h"
#include "uapi_call.h"

#define PAGE	4096
#define LEN	65536
#define DEPTH	32

/* The same reads for all slots, and what each must give */
static int all_alike(const struct polled *p)
{
	unsigned long slot;
	ssize_t n;
	off_t off;

	for (int k = 0; k < DEPTH; k++)
		if (read_uring_queue(p->u, p->got + k * PAGE, PAGE, k * PAGE % LEN, k))
			return fail("queue");
	for (int k = 0; k < DEPTH; k++) {
		if (polled_take(p->u, &slot, &n))
			return 1;
		off = slot * PAGE % LEN;
		if (n != PAGE || memcmp(p->got + slot * PAGE, p->want + off, PAGE))
			return fail("read %lu: %zd, or wrong bytes", slot, n);
	}
	return 0;
}

/*
 * In a ring that is polled, by who may not wait at all. That a device is busy is not the reader's
 * fault, but this one never is: it has room for more than that.
 */
static int polled_nowait(int argc, char **argv)
{
	struct polled p = { .got = polled_memory(DEPTH * PAGE) };

	if (argc != 3 || polled_open(&p, argv, LEN, read_uring_polled))
		return fail("polled-nowait FILE LOWER");
	read_uring_use(p.u, p.fd, RWF_NOWAIT);
	return all_alike(&p);
}
CHECK("polled-nowait", polled_nowait, "FILE LOWER: polled reads of who may not wait")

/* As many in flight as there is room for, again and again, in a ring that is not polled */
static int ring_deep(int argc, char **argv)
{
	struct polled p = { .got = polled_memory(DEPTH * PAGE) };

	if (argc != 4 || polled_open(&p, argv, LEN, read_uring_new))
		return fail("ring-deep FILE LOWER ROUNDS");
	for (int n = number(argv[3]); n; n--)
		if (all_alike(&p))
			return 1;
	return 0;
}
CHECK("ring-deep", ring_deep, "FILE LOWER ROUNDS: 32 reads in flight, each of which must succeed")

/* Where one file ends and the other begins, in one go; nobody looks while the other is drained */
static int polled_neighbours(int argc, char **argv)
{
	char *got = polled_memory(DEPTH * PAGE);
	const off_t off[] = { LEN - PAGE, 0, PAGE, 2 * PAGE };
	struct read_uring *u;
	struct bpio_info info;
	struct bpio_args a;
	unsigned long slot;
	int first, second, err;
	time_t start;
	ssize_t n;

	if (argc != 3 || !got)
		return fail("polled-neighbours FIRST SECOND");
	first = polled_ready(argv[1], got);
	second = first < 0 ? -1 : polled_ready(argv[2], got);
	u = second < 0 ? NULL : read_uring_polled(first);
	if (!u)
		return fail_errno("a polled ring");
	for (int k = 0; k < 4; k++) {
		read_uring_use(u, k ? second : first, 0);
		if (read_uring_queue(u, got + k * PAGE, PAGE, off[k], k))
			return fail("queue");
	}
	if (read_uring_submit(u, 0))
		return fail("submit");
	start = time(NULL);
	err = bpio_call(second, BPIO_OP_DISABLE, 0, &a);
	if (err || time(NULL) - start > 3)
		return fail("DISABLE: %s, %ld s", strerror(-err), (long)(time(NULL) - start));
	for (int k = 0; k < 4; k++)
		if (polled_take(u, &slot, &n) || n != PAGE)
			return fail("read %lu: %zd", slot, n);
	if (bpio_counts(second, &info))
		return 1;
	if (info.reads[BPIO_PATH_FULL] == 4)
		return 0;
	bpio_print_counts("second", &info);
	return fail("not all reads are past the file system");
}
CHECK("polled-neighbours", polled_neighbours,
      "FIRST SECOND: of two files that lie one behind the other, one is drained")
