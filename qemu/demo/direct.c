// SPDX-License-Identifier: GPL-2.0
/*
 * The control of the demo: the reads that "bpioctl verify" makes, of the same files and in
 * the same sizes, without asking for the bypass and without a digest.
 *
 *	direct LIST DIRECTORY
 *
 * LIST is of sha256sum. Prints files, reads and bytes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALIGN	4096UL
#define BLOCK	1048576UL
#define NAME_AT	66	/* after the digest and two spaces */

static unsigned long long files, reads, bytes;

static void die(const char *path)
{
	fprintf(stderr, "direct: %s: %s\n", path, strerror(errno));
	exit(1);
}

static void read_file(const char *path, void *buffer)
{
	unsigned long long at = 0, left;
	int fd = open(path, O_RDONLY | O_DIRECT);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		die(path);
	while (at < (unsigned long long)st.st_size) {
		left = (st.st_size - at + ALIGN - 1) & ~(ALIGN - 1);
		n = pread(fd, buffer, left < BLOCK ? left : BLOCK, at);
		if (n <= 0)
			die(path);
		reads++;
		bytes += n;
		at += n;
	}
	files++;
	close(fd);
}

int main(int argc, char **argv)
{
	void *buffer = aligned_alloc(ALIGN, BLOCK);
	char *line = NULL, *path;
	size_t room = 0;
	FILE *list;
	ssize_t n;

	list = argc == 3 ? fopen(argv[1], "r") : NULL;
	if (!buffer || !list) {
		fputs("usage: direct LIST DIRECTORY\n", stderr);
		return 1;
	}
	while ((n = getline(&line, &room, list)) > 0) {
		if (n <= NAME_AT)
			continue;
		line[n - 1] = 0;
		if (asprintf(&path, "%s/%s", argv[2], line + NAME_AT) < 0)
			die("memory");
		read_file(path, buffer);
		free(path);
	}
	printf("%llu %llu %llu\n", files, reads, bytes);
	return 0;
}
