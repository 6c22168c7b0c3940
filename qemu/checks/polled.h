/* SPDX-License-Identifier: GPL-2.0 */
#ifndef POLLED_H
#define POLLED_H

#include <stddef.h>

#include "read_uring.h"

/* Small pages, not touched yet; NULL: there is none */
char *polled_memory(size_t len);
/* What is at the begin of a file; NULL: less than that */
char *polled_content(const char *path, size_t len);
/* A file opened and enabled, of which it is known where it is on the disk; -1: cannot be */
int polled_ready(const char *path, char *buf);
/* One completion, looked for until it is there: its slot and result */
int polled_take(struct read_uring *u, unsigned long *slot, ssize_t *n);

#endif
