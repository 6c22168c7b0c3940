/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KAPI_H
#define KAPI_H

#include <stdbool.h>

#include <linux/bypassio_filters.h>
#include <linux/bypassio_watch.h>

int kapi_open(const char *path, bool direct, bool *is_direct);
int kapi_send(int fd, struct bpio_args *args);
int kapi_manage(int fd, __u32 op, __u32 in_flags, struct bpio_args *args);
int kapi_watch(int fd, bool volume, __u64 events);
int kapi_filters(int fd, __u32 first, struct bpio_filters *filters);

#endif /* KAPI_H */
