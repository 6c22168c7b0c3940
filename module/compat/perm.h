/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_PERM_H
#define BYPASSFS_COMPAT_PERM_H

#include <linux/fsnotify.h>

/**
 * bp_ask_listeners() - the part of rw_verify_area() that asks fanotify
 * @file: about to be read
 * @pos: bytes
 * @count: bytes
 *
 * Until 6.7 it was a part of what security modules are asked.
 *
 * Context: Sleeps, for as long as a listener likes.
 * Return: 0 or a negative errno.
 */
static inline int bp_ask_listeners(struct file *file, const loff_t *pos,
				   size_t count)
{
#ifdef COMPAT_HAS_AREA_PERM
	return fsnotify_file_area_perm(file, MAY_READ, pos, count);
#else
	return fsnotify_perm(file, MAY_READ);
#endif
}

#endif /* BYPASSFS_COMPAT_PERM_H */
