// SPDX-License-Identifier: GPL-2.0
/* Verbs that look at each of several paths. */
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "each.h"
#include "kapi.h"
#include "print.h"

/**
 * each_path() - open each path, look at it, close it
 * @argc: arguments, the verb included
 * @argv: the verb, and the paths
 * @direct: open with O_DIRECT where that is accepted
 * @look: prints what is to be told of one; returns an exit status
 *
 * One that cannot be opened does not keep the others from being looked at.
 *
 * Return: the highest exit status.
 */
int each_path(int argc, char **argv, bool direct,
	      int (*look)(const char *path, int fd, bool is_direct))
{
	int fd, one, status = EXIT_OK;
	bool is_direct;

	if (argc < 2) {
		fprintf(stderr, "bpioctl: %s needs a path\n", argv[0]);
		return EXIT_ERROR;
	}
	for (int i = 1; i < argc; i++) {
		fd = kapi_open(argv[i], direct, &is_direct);
		if (fd < 0) {
			one = print_error(argv[i], "open", fd);
		} else {
			one = look(argv[i], fd, is_direct);
			close(fd);
		}
		if (one > status)
			status = one;
	}
	return status;
}
