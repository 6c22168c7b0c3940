/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KAPI_H
#define KAPI_H

#include <stdbool.h>

#include <linux/bypassio.h>

int kapi_open(const char *path, bool direct, bool *is_direct);
int kapi_manage(int fd, __u32 op, __u32 in_flags, struct bpio_args *args);

#endif /* KAPI_H */
