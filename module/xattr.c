// SPDX-License-Identifier: GPL-2.0
/*
 * xattr.c - extended attributes, all name spaces that the lower file system has
 *
 * The VFS has checked the caller's right to the upper inode, which is the right
 * to the lower one. "security.*" values go down and up as they are stored: the
 * VFS converts file capabilities between user namespaces on the upper side, and
 * may not do so twice.
 *
 * "trusted.bpio_*" are what filters keep with the lower file. On the mount they
 * are not there: a copy that has them would be taken for what the filter has
 * made, and it is not.
 */
#include <linux/mount.h>
#include <linux/xattr.h>

#include "filter.h"
#include "stack.h"
#include "compat/compat.h"

static bool is_security(const char *name)
{
	return !strncmp(name, XATTR_SECURITY_PREFIX,
			XATTR_SECURITY_PREFIX_LEN);
}

static bool is_filters(const char *name)
{
	return strstarts(name, BPIO_XATTR_PREFIX);
}

static int get(const struct xattr_handler *handler, struct dentry *dentry,
	       struct inode *inode, const char *name, void *buffer, size_t size)
{
	struct inode *lower_inode = bypassfs_lower_inode(inode);
	struct dentry *lower;
	int ret;

	/* as for set-user-ID programs, see mode_of() */
	if (bypassfs_nosuid(inode->i_sb) && !strcmp(name, XATTR_NAME_CAPS))
		return -ENODATA;
	if (is_filters(name))
		return -ENODATA;
	/* a security module may ask before the upper dentry is complete */
	lower = dget(bypassfs_lower_dentry(dentry));
	if (!lower)
		lower = d_find_any_alias(lower_inode);
	if (!lower)
		return -ENODATA;
	if (is_security(name))
		ret = __vfs_getxattr(lower, lower_inode, name, buffer, size);
	else
		ret = vfs_getxattr(&nop_mnt_idmap, lower, name, buffer, size);
	dput(lower);
	return ret;
}

static int change(struct dentry *lower, const char *name, const void *value,
		  size_t size, int flags)
{
	struct inode *inode = d_inode(lower);
	struct inode *delegated = NULL;
	int err;

	do {
		inode_lock(inode);
		if (value)
			err = __vfs_setxattr_locked(&nop_mnt_idmap, lower,
						    name, value, size, flags,
						    &delegated);
		else
			err = __vfs_removexattr_locked(&nop_mnt_idmap, lower,
						       name, &delegated);
		inode_unlock(inode);
		if (!delegated)
			break;
		err = break_deleg_wait(&delegated);
	} while (!err);
	return err;
}

static int set(const struct xattr_handler *handler, struct mnt_idmap *idmap,
	       struct dentry *dentry, struct inode *inode, const char *name,
	       const void *value, size_t size, int flags)
{
	struct path lower = bypassfs_lower_path(dentry);
	int err;

	if (is_filters(name))
		return -EPERM;
	err = mnt_want_write(lower.mnt);
	if (err)
		return err;
	err = change(lower.dentry, name, value, size, flags);
	mnt_drop_write(lower.mnt);
	bypassfs_refresh(inode);
	return err;
}

/* Takes the names of filters out of a list; returns what is left of it */
static ssize_t without_filters(char *list, ssize_t size)
{
	char *from, *to = list;
	size_t len;

	for (from = list; from < list + size; from += len) {
		len = strlen(from) + 1;
		if (is_filters(from))
			continue;
		memmove(to, from, len);
		to += len;
	}
	return to - list;
}

/**
 * bypassfs_listxattr() - inode_operations.listxattr
 * @dentry: the upper dentry
 * @list: where to
 * @size: bytes of @list, 0 to ask how many it takes
 *
 * Context: May sleep.
 * Return: Bytes, or a negative errno.
 */
ssize_t bypassfs_listxattr(struct dentry *dentry, char *list, size_t size)
{
	ssize_t ret = vfs_listxattr(bypassfs_lower_dentry(dentry), list, size);

	return ret > 0 && size ? without_filters(list, ret) : ret;
}

static const struct xattr_handler bypassfs_xattr_handler = {
	.prefix	= "",
	.get	= get,
	.set	= set,
};

const struct xattr_handler * const bypassfs_xattr_handlers[] = {
	&bypassfs_xattr_handler,
	NULL
};
