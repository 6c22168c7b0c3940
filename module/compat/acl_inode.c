// SPDX-License-Identifier: GPL-2.0
/*
 * acl_inode.c - ACLs where inode operations take an inode
 *
 * User space reads and writes them through xattr.c on such a kernel; these two
 * serve callers in the kernel, as the NFS server. Nothing is kept in the upper
 * inode (ACL_DONT_CACHE), so that a change below is seen at once.
 */
#include <linux/fs.h>
#include <linux/posix_acl.h>

#include "../stack.h"
#include "compat.h"

/**
 * bypassfs_get_acl() - an ACL
 * @inode: the upper inode
 * @type: ACL_TYPE_ACCESS or ACL_TYPE_DEFAULT
 * @rcu: must not sleep
 *
 * Context: RCU read side if @rcu, else may sleep.
 * Return: The ACL with a reference, NULL if there is none, or an error.
 */
struct posix_acl *bypassfs_get_acl(struct inode *inode, int type, bool rcu)
{
	struct inode *lower = bypassfs_lower_inode(inode);

	if (rcu)
		return ERR_PTR(-ECHILD);
	if (!IS_POSIXACL(lower))
		return NULL;
	return get_acl(lower, type);
}

/**
 * bypassfs_set_acl() - set or remove an ACL
 * @ns: of the mount, never anything but the initial one
 * @inode: the upper inode
 * @acl: the new one, NULL to remove it
 * @type: ACL_TYPE_ACCESS or ACL_TYPE_DEFAULT
 *
 * Context: Upper inode locked; takes the lower inode's lock.
 * Return: 0 or a negative errno.
 */
int bypassfs_set_acl(struct user_namespace *ns, struct inode *inode,
		     struct posix_acl *acl, int type)
{
	struct vfsmount *mnt = bypassfs_sb(inode->i_sb)->lower.mnt;
	struct inode *lower = bypassfs_lower_inode(inode);
	int err;

	err = mnt_want_write(mnt);
	if (err)
		return err;
	inode_lock(lower);
	err = set_posix_acl(&init_user_ns, lower, type, acl);
	inode_unlock(lower);
	mnt_drop_write(mnt);
	bypassfs_refresh(inode);
	return err;
}
