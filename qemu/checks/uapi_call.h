/* SPDX-License-Identifier: GPL-2.0 */
/* The ioctl and its numbers, for all verbs that use the bypass. */
#ifndef UAPI_CALL_H
#define UAPI_CALL_H

#include <linux/bypassio.h>

#include "checks.h"

/* One operation on a zeroed struct: 0 or -errno. A veto is 0. */
int bpio_call(int fd, unsigned int op, unsigned int in_flags, struct bpio_args *a);

/*
 * The same on a struct full of rubbish but for its input. The answer must be filled in to
 * its last byte: -EBADMSG after saying what of it is wrong.
 */
int bpio_answer(int fd, unsigned int op, struct bpio_args *a);

/* ENABLE that must be granted by both halves; says why and returns 1 if it is not. */
int bpio_enable_full(int fd, const char *path);

/* Counters of a handle; returns 1 after saying why there are none. */
int bpio_counts(int fd, struct bpio_info *info);

/* pread() whose length must be all there; the path that it took, or -1 after saying why not */
int bpio_read_path(int fd, void *buf, size_t len, long off);

/* "12 full, 3 traditional (writer 3)" */
void bpio_print_counts(const char *what, const struct bpio_info *info);

/* The number of "enable" and so on; ends the program for what is none. */
unsigned int bpio_op_of(const char *name);
const char *bpio_op_name(unsigned int op);
const char *bpio_reason_name(unsigned int reason);
const char *bpio_path_name(unsigned int path);

#endif
