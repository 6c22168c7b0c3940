/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_FILTERLIST_H
#define BPIO_FILTERLIST_H

#include <linux/types.h>

#include <linux/bypassio_filters.h>

struct bpio_volume;
struct file;

long bpio_filters_ioctl(struct file *file, void __user *arg, size_t size);

/* chainlist.c: what there is to tell */
unsigned int bpio_chain_list(struct bpio_volume *vol, unsigned int first,
			     struct bpio_filter_info *info, unsigned int max,
			     struct bpio_filters *head);

#endif /* BPIO_FILTERLIST_H */
