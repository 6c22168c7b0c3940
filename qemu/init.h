/* SPDX-License-Identifier: GPL-2.0 */
/* Between init's two halves: init.c runs the tests, init_health.c judges the kernel. */
#ifndef INIT_H
#define INIT_H

#include <stddef.h>

/* Says on the result channel why this boot is red, and remembers that it is. */
void red(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* At most size - 1 bytes and a NUL; returns what read() did, or -1. */
long read_file(const char *path, char *buf, size_t size);

/* Returns 0, or -1 if not all was written. */
int write_file(const char *path, const char *text);

void unload_modules(void);
void scan_leaks(void);
void check_log(void);

#endif
