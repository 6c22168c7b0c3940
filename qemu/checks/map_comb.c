// SPDX-License-Identifier: GPL-2.0
/* Free space in many small pieces, for a file of many extents. */
#include <fcntl.h>
#include <unistd.h>
#include "checks.h"

#define BLOCK 4096

static int comb(int argc, char **argv)
{
	unsigned long long size, off, piece = 1ull << 30;
	unsigned long long end = 0;
	int fd;

	if (argc != 3)
		return fail("usage: FILE SIZE");
	size = number(argv[2]);
	fd = open(argv[1], O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return fail_errno("open %s", argv[1]);
	while (piece >= BLOCK) {
		if (!fallocate(fd, 0, end, piece))
			end += piece;
		else if (errno == ENOSPC)
			piece /= 2;
		else
			return fail_errno("fallocate");
	}
	if (end < 2 * size)
		return fail("only %llu bytes are free", end);
	for (off = 0; off < 2 * size; off += 2 * BLOCK)
		if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off, BLOCK))
			return fail_errno("punch at %llu", off);
	if (fsync(fd) || close(fd))
		return fail_errno("fsync or close");
	return 0;
}
CHECK("comb", comb, "FILE SIZE: takes all free space but SIZE, which is in pieces of 4 KiB")
