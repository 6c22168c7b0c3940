/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_IOCTL_H
#define BPIO_IOCTL_H

#include <linux/types.h>

struct bpio_args;

int bpio_args_check(const struct bpio_args *args, size_t size);

#endif /* BPIO_IOCTL_H */
