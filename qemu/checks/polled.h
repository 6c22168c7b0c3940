/* SPDX-License-Identifier: GPL-2.0 */
#ifndef POLLED_H
#define POLLED_H

#include <stddef.h>

#include "read_uring.h"

/* Small pages, not touched yet; NULL: there is none */
char *polled_memory(size_t len);
/* A file opened and enabled, of which it is known where it is on the disk; -1: cannot be */
int polled_ready(const char *path, char *buf);

struct polled {
	char *want, *got;	/* what is in the file, and room for as much */
	int fd;
	struct read_uring *u;
};

/*
 * argv[1], of which the lower file is argv[2], is opened as by polled_ready(), with a new ring;
 * @p has room in @got. 0, or 1 with a word why not.
 */
int polled_open(struct polled *p, char **argv, size_t len, struct read_uring *(*ring)(int fd));
/* One completion, looked for until it is there: its slot and result */
int polled_take(struct read_uring *u, unsigned long *slot, ssize_t *n);

#endif
