// SPDX-License-Identifier: GPL-2.0
/*
 * export.c - file handles, for NFS and open_by_handle_at()
 *
 * A handle of ours is the lower file system's handle of the lower file. A handle
 * may have been made elsewhere in the lower file system, so what it leads to has
 * to be below the source of the mount. A directory can be asked. Of another file
 * only a connected name tells, so unless all of the lower file system is mounted,
 * handles carry the parent directory, through which the lower file system finds
 * such a name again.
 */
#include <linux/exportfs.h>

#include "stack.h"
#include "compat/compat.h"

static bool whole(const struct super_block *sb)
{
	const struct dentry *lower = bypassfs_sb(sb)->lower.dentry;

	return lower == lower->d_sb->s_root;
}

static struct inode *some_parent(struct inode *inode)
{
	struct dentry *dentry = d_find_alias(inode);
	struct dentry *parent;
	struct inode *dir;

	if (!dentry)
		return NULL;
	parent = dget_parent(dentry);
	dput(dentry);
	dir = igrab(d_inode(parent));
	dput(parent);
	return dir;
}

static int bypassfs_encode_fh(struct inode *inode, u32 *fh, int *max_len,
			      struct inode *parent)
{
	struct inode *found = NULL;
	int type;

	if (!parent && !whole(inode->i_sb) && !S_ISDIR(inode->i_mode)) {
		found = some_parent(inode);
		parent = found;
	}
	type = compat_encode_fh(bypassfs_lower_inode(inode), fh, max_len,
				parent ? bypassfs_lower_inode(parent) : NULL);
	iput(found);
	return type;
}

static int acceptable(void *context, struct dentry *lower)
{
	const struct bypassfs_sb *sbi = context;

	if (!d_is_dir(lower) && sbi->lower.dentry == lower->d_sb->s_root)
		return 1;
	if (d_unhashed(lower) && !IS_ROOT(lower))
		return 0;
	return is_subdir(lower, sbi->lower.dentry);
}

/* Takes over the reference to @lower. */
static struct dentry *obtain(struct super_block *sb, struct dentry *lower)
{
	struct dentry *dentry;
	struct inode *inode;

	if (d_is_negative(lower)) {
		dput(lower);
		return ERR_PTR(-ESTALE);
	}
	inode = bypassfs_iget(sb, d_inode(lower));
	if (IS_ERR(inode)) {
		dput(lower);
		return ERR_CAST(inode);
	}
	dentry = d_obtain_alias(inode);
	if (IS_ERR(dentry))
		dput(lower);
	else
		bypassfs_bind(dentry, lower);
	return dentry;
}

static struct dentry *decode(struct super_block *sb, struct fid *fid, int len,
			     int type)
{
	struct bypassfs_sb *sbi = bypassfs_sb(sb);
	struct dentry *lower;

	lower = exportfs_decode_fh(sbi->lower.mnt, fid, len, type, acceptable,
				   sbi);
	if (lower == ERR_PTR(-EACCES))
		return ERR_PTR(-ESTALE);
	if (IS_ERR_OR_NULL(lower))
		return lower ? lower : ERR_PTR(-ESTALE);
	return obtain(sb, lower);
}

static struct dentry *bypassfs_fh_to_dentry(struct super_block *sb,
					    struct fid *fid, int len, int type)
{
	return decode(sb, fid, len, type);
}

/*
 * The lower file system may give us a directory that hangs in the air. Through
 * a handle of its own it is connected, and looked at as any other.
 */
static struct dentry *bypassfs_fh_to_parent(struct super_block *sb,
					    struct fid *fid, int len, int type)
{
	struct super_block *lower_sb = bypassfs_sb(sb)->lower.dentry->d_sb;
	u32 fh[MAX_HANDLE_SZ / sizeof(u32)];
	struct dentry *lower;

	if (!lower_sb->s_export_op->fh_to_parent)
		return NULL;
	lower = lower_sb->s_export_op->fh_to_parent(lower_sb, fid, len, type);
	if (IS_ERR_OR_NULL(lower))
		return lower;
	len = ARRAY_SIZE(fh);
	type = compat_encode_fh(d_inode(lower), fh, &len, NULL);
	dput(lower);
	if (type < 0 || type == FILEID_INVALID)
		return ERR_PTR(-ESTALE);
	return decode(sb, (struct fid *)fh, len, type);
}

static struct dentry *bypassfs_get_parent(struct dentry *child)
{
	struct super_block *sb = child->d_sb;
	struct dentry *lower = bypassfs_lower_dentry(child);

	if (lower == bypassfs_sb(sb)->lower.dentry)
		return ERR_PTR(-ESTALE);
	return obtain(sb, dget_parent(lower));
}

const struct export_operations bypassfs_export_ops = {
	.encode_fh	= bypassfs_encode_fh,
	.fh_to_dentry	= bypassfs_fh_to_dentry,
	.fh_to_parent	= bypassfs_fh_to_parent,
	.get_parent	= bypassfs_get_parent,
};
