// SPDX-License-Identifier: GPL-2.0
/*
 * acl_dentry.c - ACLs where inode operations take a dentry
 *
 * The lower file system stores, checks and applies them. Nothing is kept in the
 * upper inode (ACL_DONT_CACHE), so that a change below is seen at once.
 */
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

#include "../stack.h"
#include "compat.h"

/**
 * bypassfs_get_inode_acl() - an ACL for the sake of a permission check
 * @inode: the upper inode
 * @type: ACL_TYPE_ACCESS or ACL_TYPE_DEFAULT
 * @rcu: must not sleep
 *
 * Context: RCU read side if @rcu, else may sleep.
 * Return: The ACL with a reference, NULL if there is none, or an error.
 */
struct posix_acl *bypassfs_get_inode_acl(struct inode *inode, int type,
					 bool rcu)
{
	struct inode *lower = bypassfs_lower_inode(inode);

	if (rcu)
		return ERR_PTR(-ECHILD);
	if (!IS_POSIXACL(lower))
		return NULL;
	return get_inode_acl(lower, type);
}

/**
 * bypassfs_get_acl() - an ACL for user space
 * @idmap: of the mount, never anything but the identity
 * @dentry: the upper dentry
 * @type: ACL_TYPE_ACCESS or ACL_TYPE_DEFAULT
 *
 * Context: May sleep.
 * Return: The ACL with a reference, NULL if there is none, or an error.
 */
struct posix_acl *bypassfs_get_acl(struct mnt_idmap *idmap,
				   struct dentry *dentry, int type)
{
	struct posix_acl *acl;

	acl = vfs_get_acl(&nop_mnt_idmap, bypassfs_lower_dentry(dentry),
			  posix_acl_xattr_name(type));
	if (acl == ERR_PTR(-ENODATA))
		return NULL;
	return acl;
}

/**
 * bypassfs_set_acl() - set or remove an ACL
 * @idmap: of the mount, never anything but the identity
 * @dentry: the upper dentry
 * @acl: the new one, NULL to remove it
 * @type: ACL_TYPE_ACCESS or ACL_TYPE_DEFAULT
 *
 * Context: Upper inode locked; takes the lower inode's lock.
 * Return: 0 or a negative errno.
 */
int bypassfs_set_acl(struct mnt_idmap *idmap, struct dentry *dentry,
		     struct posix_acl *acl, int type)
{
	struct dentry *lower = bypassfs_lower_dentry(dentry);
	struct vfsmount *mnt = bypassfs_sb(dentry->d_sb)->lower.mnt;
	const char *name = posix_acl_xattr_name(type);
	int err;

	err = mnt_want_write(mnt);
	if (err)
		return err;
	if (acl)
		err = vfs_set_acl(&nop_mnt_idmap, lower, name, acl);
	else
		err = vfs_remove_acl(&nop_mnt_idmap, lower, name);
	mnt_drop_write(mnt);
	bypassfs_refresh(d_inode(dentry));
	return err;
}
