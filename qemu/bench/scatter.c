// SPDX-License-Identifier: GPL-2.0
/*
 * Write a file of which no block is next to the one before it
 *
 * First the blocks of even numbers, then, when these are on the disk, the odd ones. XFS puts
 * the blocks of each pass side by side.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define BLOCK	4096UL

/**
 * scatter() - write it
 * @path: a new file
 * @span: its size
 */
int scatter(const char *path, unsigned long span)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
	char block[BLOCK];

	memset(block, 'x', sizeof(block));
	if (fd < 0 || ftruncate(fd, span))
		die(path);
	for (int odd = 0; odd < 2; odd++) {
		for (unsigned long at = odd * BLOCK; at < span; at += 2 * BLOCK)
			if (pwrite(fd, block, sizeof(block), at) != sizeof(block))
				die("write");
		if (fsync(fd))
			die("fsync");
	}
	return close(fd);
}
