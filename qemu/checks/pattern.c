// SPDX-License-Identifier: GPL-2.0
/* Files whose every block says where it belongs: a block in the wrong place is seen. */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#include "checks.h"

#define BLOCK 4096

static void fill(uint64_t *block, uint64_t seed, uint64_t offset)
{
	uint64_t x = seed ^ (offset * 0x9e3779b97f4a7c15ull);

	for (size_t i = 0; i < BLOCK / sizeof(*block); i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		block[i] = i ? x : offset;
	}
}

static int write_pattern(int argc, char **argv)
{
	uint64_t block[BLOCK / 8], size, seed, off;
	int fd;

	if (argc != 4)
		return fail("usage: write-pattern FILE SIZE SEED");
	size = number(argv[2]);
	seed = number(argv[3]) + 1;
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		return fail_errno("open %s", argv[1]);
	for (off = 0; off < size; off += BLOCK) {
		size_t len = size - off < BLOCK ? size - off : BLOCK;

		fill(block, seed, off);
		if (write(fd, block, len) != (ssize_t)len)
			return fail_errno("write at %llu", (unsigned long long)off);
	}
	if (fsync(fd) || close(fd))
		return fail_errno("fsync or close");
	return 0;
}
CHECK("write-pattern", write_pattern, "FILE SIZE SEED: creates a file of self-describing blocks")

static int read_pattern(int argc, char **argv)
{
	uint64_t block[BLOCK / 8], size, seed, off;
	static char buf[BLOCK] __attribute__((aligned(BLOCK)));
	int flags = O_RDONLY, fd;

	if (argc == 5 && !strcmp(argv[4], "direct"))
		flags |= O_DIRECT;
	else if (argc != 4)
		return fail("usage: read-pattern FILE SIZE SEED [direct]");
	size = number(argv[2]);
	seed = number(argv[3]) + 1;
	fd = open(argv[1], flags);
	if (fd < 0)
		return fail_errno("open %s", argv[1]);
	for (off = 0; off < size; off += BLOCK) {
		size_t len = size - off < BLOCK ? size - off : BLOCK;
		ssize_t n = pread(fd, buf, BLOCK, off);

		if (n != (ssize_t)len)
			return fail("read at %llu: %zd of %zu bytes: %s",
				    (unsigned long long)off, n, len, strerror(n < 0 ? errno : 0));
		fill(block, seed, off);
		if (memcmp(buf, block, len))
			return fail("wrong bytes in the block at %llu", (unsigned long long)off);
	}
	if (pread(fd, buf, BLOCK, (size + BLOCK - 1) / BLOCK * BLOCK) != 0)
		return fail("the file is longer than %llu", (unsigned long long)size);
	close(fd);
	return 0;
}
CHECK("read-pattern", read_pattern, "FILE SIZE SEED [direct]: the file holds exactly that")
