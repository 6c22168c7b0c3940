/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - the newest supported kernel's interface, for all of them
 *
 * The rest of the module is written for Linux 6.12 and includes this header
 * last. COMPAT_HAS_* come from features.mk. What a shim stands for, and when it
 * can go, is said at each.
 */
#ifndef BYPASSFS_COMPAT_H
#define BYPASSFS_COMPAT_H

#include <linux/fs.h>
#include <linux/exportfs.h>
#include <linux/mount.h>
#include <linux/splice.h>
#ifdef COMPAT_HAS_FILELOCK_H
#include <linux/filelock.h>
#endif

/* Before 6.3, idmaps were user namespaces. */
#ifndef COMPAT_HAS_MNT_IDMAP
#define mnt_idmap	user_namespace
#define nop_mnt_idmap	init_user_ns
#endif

static inline void compat_renamedata(struct renamedata *rd)
{
#ifdef COMPAT_HAS_MNT_IDMAP
	rd->old_mnt_idmap = &nop_mnt_idmap;
	rd->new_mnt_idmap = &nop_mnt_idmap;
#else
	rd->old_mnt_userns = &init_user_ns;
	rd->new_mnt_userns = &init_user_ns;
#endif
}

/* Before 6.5, a file system was asked for the temporary file by other names. */
#ifndef COMPAT_HAS_KERNEL_TMPFILE
#define kernel_tmpfile_open	vfs_tmpfile_open
#endif

/* Before 6.2, ACLs were fetched and set by inode, and through xattrs. */
struct posix_acl;
#ifdef COMPAT_HAS_ACL_BY_DENTRY
struct posix_acl *bypassfs_get_inode_acl(struct inode *inode, int type,
					 bool rcu);
struct posix_acl *bypassfs_get_acl(struct mnt_idmap *idmap,
				   struct dentry *dentry, int type);
int bypassfs_set_acl(struct mnt_idmap *idmap, struct dentry *dentry,
		     struct posix_acl *acl, int type);
#define COMPAT_ACL_IOPS						\
	.get_inode_acl	= bypassfs_get_inode_acl,			\
	.get_acl	= bypassfs_get_acl,				\
	.set_acl	= bypassfs_set_acl
#else
struct posix_acl *bypassfs_get_acl(struct inode *inode, int type, bool rcu);
int bypassfs_set_acl(struct user_namespace *ns, struct inode *inode,
		     struct posix_acl *acl, int type);
#define COMPAT_ACL_IOPS						\
	.get_acl	= bypassfs_get_acl,				\
	.set_acl	= bypassfs_set_acl
#endif

/* Before 6.6, update_time was told the time. */
#ifdef COMPAT_HAS_UPDATE_TIME_NOW
#define COMPAT_NOW_PARAM	struct timespec64 *now,
static inline int compat_inode_update_time(struct inode *inode, int flags)
{
	struct timespec64 now = current_time(inode);

	return inode_update_time(inode, &now, flags);
}
#else
#define COMPAT_NOW_PARAM
#define compat_inode_update_time	inode_update_time
#endif

/* Before 6.9, leases were locks, and locks had no common part. */
#ifdef COMPAT_HAS_LOCK_CORE
#define compat_lock_file(fl)	((fl)->c.flc_file)
#define compat_lease_arg	int
#else
#define compat_lock_file(fl)	((fl)->fl_file)
#define compat_lease_arg	long
#define file_lease		file_lock
#endif

/* Before 6.5, encoding a file handle took no flags. */
static inline int compat_encode_fh(struct inode *inode, u32 *fh, int *max_len,
				   struct inode *parent)
{
#ifdef COMPAT_HAS_FH_FLAGS
	return exportfs_encode_inode_fh(inode, (struct fid *)fh, max_len,
					parent, 0);
#else
	return exportfs_encode_inode_fh(inode, (struct fid *)fh, max_len,
					parent);
#endif
}

/* Before 6.6, whoever froze a file system was anonymous. */
#ifdef COMPAT_HAS_FREEZE_HOLDER
#define COMPAT_FREEZE_PARAMS(...)	__VA_ARGS__, enum freeze_holder who
#define COMPAT_FREEZE_ARGS(...)		__VA_ARGS__, who
#else
#define COMPAT_FREEZE_PARAMS(...)	__VA_ARGS__
#define COMPAT_FREEZE_ARGS(...)		__VA_ARGS__
#endif

/* Before 6.5, a splice that reads into fresh pages had another name. */
#ifdef COMPAT_HAS_COPY_SPLICE
#define compat_copy_splice_read	copy_splice_read
#else
#define compat_copy_splice_read	generic_file_splice_read
#endif

/* Before 6.8, copying by read and write had another name. */
static inline ssize_t compat_copy_by_splice(struct file *in, loff_t pos_in,
					    struct file *out, loff_t pos_out,
					    size_t len)
{
#ifdef COMPAT_HAS_SPLICE_COPY
	return splice_copy_file_range(in, pos_in, out, pos_out, len);
#else
	return generic_copy_file_range(in, pos_in, out, pos_out, len, 0);
#endif
}

/* Before 6.5, splicing from a file was the file system's own affair. */
#ifndef COMPAT_HAS_SPLICE_READ
static inline ssize_t vfs_splice_read(struct file *in, loff_t *ppos,
				      struct pipe_inode_info *pipe, size_t len,
				      unsigned int flags)
{
	if (!in->f_op->splice_read)
		return -EINVAL;
	return in->f_op->splice_read(in, ppos, pipe, len, flags);
}
#endif

/* Before 6.11, nobody had needed to ask for case folding by a name. */
#ifndef COMPAT_HAS_SB_ENCODING
static inline bool sb_has_encoding(const struct super_block *sb)
{
#if IS_ENABLED(CONFIG_UNICODE)
	return !!sb->s_encoding;
#else
	return false;
#endif
}
#endif

/* Before 6.7, the table of xattr handlers was not const. */
#ifdef COMPAT_HAS_CONST_XATTR_TABLE
#define compat_xattr_table(table)	(table)
#else
#define compat_xattr_table(table)	((const struct xattr_handler **)(table))
#endif

/* 6.8: asks getattr to leave the security modules out. */
#ifndef AT_GETATTR_NOSEC
#define AT_GETATTR_NOSEC	0
#endif

#endif /* BYPASSFS_COMPAT_H */
