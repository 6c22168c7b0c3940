/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tests' oracle. A file adds a verb with one line:
 *
 *	CHECK("same-bytes", same_bytes, "FILE_A FILE_B: the two files hold the same bytes")
 *
 * where static int same_bytes(int argc, char **argv) gets its own name in argv[0] and
 * returns 0 for yes; anything else is no, after saying why with fail().
 */
#ifndef CHECKS_H
#define CHECKS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
	const char *name;
	int (*fn)(int argc, char **argv);
	const char *usage;
};

/* Pointers, not structs, go into the section: no padding between them. */
#define CHECK(verb, func, help)							\
	static const struct check check_##func = { verb, func, help };		\
	static const struct check *const check_ptr_##func			\
		__attribute__((used, section("checks"))) = &check_##func;

/* Says what is wrong and returns 1, so that a verb can "return fail(...)". */
#define fail(...) (fprintf(stderr, "FAIL: " __VA_ARGS__), fputc('\n', stderr), 1)

/* The same for a system call that failed: adds the error's text. */
#define fail_errno(...)								\
	({ int e_ = errno; fprintf(stderr, "FAIL: " __VA_ARGS__);		\
	   fprintf(stderr, ": %s\n", strerror(e_)); 1; })

/* Parses a number with an optional k, m or g; ends the program when it is none. */
unsigned long long number(const char *text);

/* "EBUSY" to EBUSY; 0 for "0"; ends the program for a name it does not know. */
int errno_of(const char *name);

/* EBUSY to "EBUSY" */
const char *errno_name(int err);

#endif
