/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_FILE_H
#define BYPASSFS_COMPAT_FILE_H

#include <linux/fileattr.h>
#include <linux/fs.h>

/* Renamed to file_kattr in 6.17 */
#define bp_fileattr	fileattr

/* Must a listener see each access to this file before it happens? (6.14) */
static inline bool bp_file_is_hsm(const struct file *file)
{
#ifdef FMODE_FSNOTIFY_HSM
	return FMODE_FSNOTIFY_HSM(file->f_mode);
#else
	return false;
#endif
}

#endif /* BYPASSFS_COMPAT_FILE_H */
