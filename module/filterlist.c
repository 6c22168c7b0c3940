// SPDX-License-Identifier: GPL-2.0
/*
 * BPIO_IOC_FILTERS: copy in, check, let chainlist.c list, copy out.
 */
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "filterlist.h"
#include "stack.h"

static unsigned int entries(size_t size)
{
	return (size - BPIO_FILTERS_HEADER) / sizeof(struct bpio_filter_info);
}

static long list(struct bpio_volume *vol, struct bpio_filters *f,
		 void __user *arg, size_t size)
{
	const size_t known = min(size, sizeof(*f));
	int ret;

	ret = copy_struct_from_user(f, sizeof(*f), arg, size);
	if (ret)
		return ret;
	if (f->in_flags || f->reserved1)
		return -EINVAL;
	memset((void *)f + BPIO_FILTERS_INPUT, 0,
	       sizeof(*f) - BPIO_FILTERS_INPUT);
	f->count = bpio_chain_list(vol, f->first, f->list, entries(known), f);
	f->size = known;
	return copy_to_user(arg, f, known) ? -EFAULT : 0;
}

/**
 * bpio_filters_ioctl() - BPIO_IOC_FILTERS
 * @file: an upper file or directory
 * @arg: struct bpio_filters
 * @size: bytes of it that the caller has
 *
 * Context: May sleep.
 * Return: 0 or a negative errno, see uapi/linux/bypassio_filters.h.
 */
long bpio_filters_ioctl(struct file *file, void __user *arg, size_t size)
{
	struct bpio_volume *vol = &bypassfs_sb(file_inode(file)->i_sb)->vol;
	struct bpio_filters *f;
	long ret;

	BUILD_BUG_ON(offsetof(struct bpio_filters, size) != BPIO_FILTERS_INPUT);
	BUILD_BUG_ON(offsetof(struct bpio_filters, list) != BPIO_FILTERS_HEADER);
	if (size < BPIO_FILTERS_HEADER)
		return -EINVAL;
	f = kmalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);
	if (!f)
		return -ENOMEM;
	ret = list(vol, f, arg, size);
	kfree(f);
	return ret;
}
