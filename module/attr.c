// SPDX-License-Identifier: GPL-2.0
/*
 * attr.c - attributes of a file, and the right to use it
 *
 * Everything is the lower file system's to decide, with the caller's
 * credentials.
 */
#include <linux/fs.h>
#include <linux/fileattr.h>
#include <linux/mount.h>
#include <linux/namei.h>

#include "filter.h"
#include "stack.h"
#include "writer.h"
#include "compat/compat.h"

/**
 * bypassfs_permission() - inode_operations.permission
 * @idmap: of the mount, never anything but the identity
 * @inode: the upper inode
 * @mask: MAY_*
 *
 * Context: RCU if @mask has MAY_NOT_BLOCK, else may sleep.
 * Return: 0 or a negative errno.
 */
int bypassfs_permission(struct mnt_idmap *idmap, struct inode *inode, int mask)
{
	if (!(mask & MAY_NOT_BLOCK))
		bypassfs_refresh(inode);
	return inode_permission(&nop_mnt_idmap, bypassfs_lower_inode(inode),
				mask);
}

/**
 * bypassfs_getattr() - inode_operations.getattr
 * @idmap: of the mount, never anything but the identity
 * @path: of the upper file
 * @stat: what to fill in
 * @request_mask: STATX_*
 * @flags: AT_*
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int bypassfs_getattr(struct mnt_idmap *idmap, const struct path *path,
		     struct kstat *stat, u32 request_mask,
		     unsigned int flags)
{
	struct path lower = bypassfs_lower_path(path->dentry);
	int err;

	if (flags & AT_GETATTR_NOSEC)
		err = vfs_getattr_nosec(&lower, stat, request_mask, flags);
	else
		err = vfs_getattr(&lower, stat, request_mask, flags);
	if (err)
		return err;
	stat->dev = path->dentry->d_sb->s_dev;
	bypassfs_refresh(d_inode(path->dentry));
	return 0;
}

static int change(struct dentry *dentry, struct iattr *attr)
{
	struct path lower = bypassfs_lower_path(dentry);
	struct inode *inode = d_inode(lower.dentry);
	struct inode *delegated = NULL;
	int err;

	err = mnt_want_write(lower.mnt);
	if (err)
		return err;
	do {
		struct iattr again = *attr;

		inode_lock(inode);
		err = notify_change(&nop_mnt_idmap, lower.dentry, &again,
				    &delegated);
		inode_unlock(inode);
		if (!delegated)
			break;
		err = break_deleg_wait(&delegated);
	} while (!err);
	mnt_drop_write(lower.mnt);
	return err;
}

static int change_size(struct dentry *dentry, struct iattr *attr)
{
	struct inode *lower = bypassfs_lower_inode(d_inode(dentry));
	struct bpio_writer w;
	int err;

	bpio_writer_begin(&w, lower);
	err = get_write_access(lower);
	if (!err) {
		err = break_lease(lower, O_WRONLY);
		if (!err)
			err = change(dentry, attr);
		put_write_access(lower);
	}
	bpio_writer_end(&w);
	return err;
}

static long setattr_bottom(struct bpio_call *call, void *arg)
{
	struct dentry *dentry = call->setattr.dentry;
	const struct iattr *attr = call->setattr.attr;
	struct iattr lower_attr = *attr;

	/* which mode loses which bits is worked out again, from the lower's */
	if (attr->ia_valid & (ATTR_KILL_SUID | ATTR_KILL_SGID))
		lower_attr.ia_valid &= ~ATTR_MODE;
	if (attr->ia_valid & ATTR_FILE)
		lower_attr.ia_file = bypassfs_lower_file(attr->ia_file);

	if (attr->ia_valid & ATTR_SIZE)
		return change_size(dentry, &lower_attr);
	return change(dentry, &lower_attr);
}

/**
 * bypassfs_setattr() - inode_operations.setattr
 * @idmap: of the mount, never anything but the identity
 * @dentry: the upper dentry
 * @attr: what to change
 *
 * Context: Upper inode locked; takes the lower inode's lock.
 * Return: 0 or a negative errno.
 */
int bypassfs_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
		     struct iattr *attr)
{
	struct bpio_call call = {
		.type = BPIO_CALL_SETATTR,
		.inode = d_inode(dentry),
		.file = attr->ia_valid & ATTR_FILE ? attr->ia_file : NULL,
		.setattr = { .dentry = dentry, .attr = attr },
	};
	int err;

	err = bpio_chain_pass(bypassfs_filtering(call.inode), &call,
			      setattr_bottom, NULL);
	bypassfs_refresh(call.inode);
	return err;
}

/**
 * bypassfs_fileattr_get() - inode_operations.fileattr_get, for lsattr
 * @dentry: the upper dentry
 * @fa: what to fill in
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int bypassfs_fileattr_get(struct dentry *dentry, struct fileattr *fa)
{
	return vfs_fileattr_get(bypassfs_lower_dentry(dentry), fa);
}

/**
 * bypassfs_fileattr_set() - inode_operations.fileattr_set, for chattr
 * @idmap: of the mount, never anything but the identity
 * @dentry: the upper dentry
 * @fa: what to set
 *
 * Context: Upper inode locked; takes the lower inode's lock.
 * Return: 0 or a negative errno; -EOPNOTSUPP to compress a file whose bypass is
 * enabled.
 */
int bypassfs_fileattr_set(struct mnt_idmap *idmap, struct dentry *dentry,
			  struct fileattr *fa)
{
	struct path lower = bypassfs_lower_path(dentry);
	struct bpio_writer w;
	int err;

	/* Who reads past the file system would read what is compressed (R90) */
	if (fa->flags & FS_COMPR_FL && bpio_open_count(d_inode(dentry)))
		return -EOPNOTSUPP;
	err = mnt_want_write(lower.mnt);
	if (err)
		return err;
	bpio_writer_begin(&w, d_inode(lower.dentry));
	err = vfs_fileattr_set(&nop_mnt_idmap, lower.dentry, fa);
	bpio_writer_end(&w);
	mnt_drop_write(lower.mnt);
	bypassfs_refresh(d_inode(dentry));
	return err;
}
