// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

#include "stack.h"
#include "compat/compat.h"

static long mmap_bottom(struct bpio_call *call, void *arg)
{
	struct file *lower = bypassfs_lower_file(call->file);

	bypassfs_follow_flags(call->file);
	vma_set_file(call->mmap.vma, lower);
	return call_mmap(lower, call->mmap.vma);
}

/**
 * bypassfs_mmap() - file_operations.mmap
 * @file: the upper file
 * @vma: the mapping to be; from here on it is one of the lower file
 *
 * The mapping holds the lower file and not the upper one, and shows up under
 * its name. A writable one keeps the lower inode open for writing.
 *
 * Context: mmap_lock held.
 * Return: 0 or a negative errno.
 */
int bypassfs_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct bpio_call call = {
		.type = BPIO_CALL_MMAP,
		.inode = file_inode(file),
		.file = file,
		.mmap.vma = vma,
	};

	if (!bypassfs_lower_file(file)->f_op->mmap)
		return -ENODEV;
	if (WARN_ON_ONCE(file != vma->vm_file))
		return -EIO;
	return bpio_chain_pass(bypassfs_filtering(call.inode), &call,
			       mmap_bottom, NULL);
}
