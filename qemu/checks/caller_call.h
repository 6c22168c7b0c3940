/* SPDX-License-Identifier: GPL-2.0 */
/* What bpio_caller.ko asks of bypassfs for us. */
#ifndef CALLER_CALL_H
#define CALLER_CALL_H

#include "uapi_call.h"

#define CALLER	"bpio_caller"

/* The device; ends the program where the module is not loaded. */
int caller_open(void);

/* bpio_manage() on the whole struct, as it is: 0 or -errno */
int caller_manage(int dev, int fd, struct bpio_args *a);

/* The same on a zeroed struct, as bpio_call() */
int caller_call(int dev, int fd, unsigned int op, unsigned int in_flags, struct bpio_args *a);

/* bpio_open_count(), and what its pointer says, or -1 where there is none; 0 or -errno */
int caller_count(int dev, int fd, unsigned int *count, long *at_ptr);

/* bpio_attach_block() and its opposite: 0 or -errno */
int caller_block(int dev, int fd, const char *who);
int caller_unblock(int dev, int fd, const char *who);

#endif
