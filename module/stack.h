/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stacked file system: what one object of ours keeps of the object below.
 * "Lower" is the file system that is mounted over, "upper" is ours.
 */
#ifndef BYPASSFS_STACK_H
#define BYPASSFS_STACK_H

#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/path.h>

#include "buffer.h"
#include "compat/compat.h"
#include "volume.h"

#define BYPASSFS_NAME	"bypassfs"
#define BYPASSFS_MAGIC	0x42504653	/* "BPFS" */

struct bpio_gate;
struct bpio_handle;
struct bpio_stream;
struct fileattr;

/**
 * struct bypassfs_sb - one mount
 * @lower: I: the directory below; pins its mount and super block
 * @creds: I: of who mounted; only for what we do on our own account
 * @wb_err: A: the lower super block's write errors up to here are reported
 * @has_vol: I: @vol is set up
 * @rcu: path walks under RCU may outlive the mount
 * @vol: its bypass state
 */
struct bypassfs_sb {
	struct path lower;
	const struct cred *creds;
	errseq_t wb_err;
	bool has_vol;
	struct rcu_head rcu;
	struct bpio_volume vol;
};

/**
 * struct bypassfs_inode - one inode; one per lower inode and mount
 * @lower: I: the inode below, holds a reference
 * @stream: bypass state, NULL until a handle first enables it; set once,
 *	freed with the inode
 * @contexts: what filters remember of it, see context.c
 * @vfs: the upper inode
 */
struct bypassfs_inode {
	struct inode *lower;
	struct bpio_stream *stream;
	struct hlist_head contexts;
	struct inode vfs;
};

/**
 * struct bypassfs_file - one open file
 * @lower: I: the file below, opened with the opener's flags and credentials
 * @handle: bypass state, NULL until first enabled; set once, freed on release
 * @exec: I: opened to be executed, holds write access to @lower denied
 * @owns_pause: pauses may end with it; set once
 * @contexts: what filters remember of it, see context.c
 */
struct bypassfs_file {
	struct file *lower;
	struct bpio_handle *handle;
	bool exec;
	bool owns_pause;
	struct hlist_head contexts;
};

static inline struct bypassfs_sb *bypassfs_sb(const struct super_block *sb)
{
	return sb->s_fs_info;
}

static inline struct bypassfs_inode *bypassfs_inode(const struct inode *inode)
{
	return container_of(inode, struct bypassfs_inode, vfs);
}

/* Borrowed: valid as long as the upper inode is */
static inline struct inode *bypassfs_lower_inode(const struct inode *inode)
{
	return bypassfs_inode(inode)->lower;
}

static inline struct bypassfs_file *bypassfs_file(const struct file *file)
{
	return file->private_data;
}

/* Borrowed: valid as long as the upper file is */
static inline struct file *bypassfs_lower_file(const struct file *file)
{
	return bypassfs_file(file)->lower;
}

/* Borrowed: valid as long as the upper dentry is. NULL only while it is made. */
static inline struct dentry *bypassfs_lower_dentry(const struct dentry *dentry)
{
	return READ_ONCE(dentry->d_fsdata);
}

/* Borrowed: valid as long as the upper dentry is */
static inline struct path bypassfs_lower_path(const struct dentry *dentry)
{
	return (struct path) {
		.mnt = bypassfs_sb(dentry->d_sb)->lower.mnt,
		.dentry = bypassfs_lower_dentry(dentry),
	};
}

/* Pairs with bpio_stream_attach(); NULL until first enabled */
static inline struct bpio_handle *bypassfs_handle(struct bypassfs_file *bf)
{
	/* What the handle points to was written before it was published */
	return smp_load_acquire(&bf->handle);
}

/* Pairs with bpio_stream_get(); NULL until first enabled */
static inline struct bpio_stream *bypassfs_stream(struct bypassfs_inode *bi)
{
	/* Likewise */
	return smp_load_acquire(&bi->stream);
}

/* All that the mount knows of filters */
static inline struct bpio_filtering *bypassfs_filtering(const struct inode *inode)
{
	return &bypassfs_sb(inode->i_sb)->vol.filtering;
}

/* Does the mount below say that set-user-ID programs have no such power? */
static inline bool bypassfs_nosuid(const struct super_block *sb)
{
	return bypassfs_sb(sb)->lower.mnt->mnt_flags & MNT_NOSUID;
}

extern struct file_system_type bypassfs_type;

/* NULL if it is not a mount of ours */
static inline struct bpio_volume *bypassfs_volume(const struct super_block *sb)
{
	return sb->s_type == &bypassfs_type ? &bypassfs_sb(sb)->vol : NULL;
}

extern const struct super_operations bypassfs_super_ops;
extern const struct dentry_operations bypassfs_dentry_ops;
extern const struct export_operations bypassfs_export_ops;
extern const struct inode_operations bypassfs_dir_iops;
extern const struct inode_operations bypassfs_file_iops;
extern const struct inode_operations bypassfs_symlink_iops;
extern const struct inode_operations bypassfs_special_iops;
extern const struct file_operations bypassfs_file_fops;
extern const struct file_operations bypassfs_sharing_fops;
extern const struct file_operations bypassfs_dir_fops;
extern const struct xattr_handler * const bypassfs_xattr_handlers[];

/* inode.c: inodes, and what they copy from the lower ones */
int bypassfs_inode_cache_init(void);
void bypassfs_inode_cache_exit(void);
struct inode *bypassfs_inode_alloc(struct super_block *sb);
void bypassfs_inode_free(struct inode *inode);
void bypassfs_inode_evict(struct inode *inode);
struct inode *bypassfs_iget(struct super_block *sb, struct inode *lower);
bool bypassfs_inode_stale(const struct inode *inode);
void bypassfs_refresh(struct inode *inode);

/* attr.c: inode operations that all types of file share */
int bypassfs_permission(struct mnt_idmap *idmap, struct inode *inode,
			int mask);
int bypassfs_getattr(struct mnt_idmap *idmap, const struct path *path,
		     struct kstat *stat, u32 request_mask,
		     unsigned int flags);
int bypassfs_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
		     struct iattr *attr);
int bypassfs_fileattr_get(struct dentry *dentry, struct fileattr *fa);
int bypassfs_fileattr_set(struct mnt_idmap *idmap, struct dentry *dentry,
			  struct fileattr *fa);

/* xattr.c */
ssize_t bypassfs_listxattr(struct dentry *dentry, char *list, size_t size);

/* lookup.c: dentries */
void bypassfs_bind(struct dentry *dentry, struct dentry *lower);
struct dentry *bypassfs_lookup(struct inode *dir, struct dentry *dentry,
			       unsigned int flags);
void bypassfs_change_begin(struct dentry *dentry);
void bypassfs_change_failed(struct dentry *dentry);

/* file.c: open files */
void bypassfs_follow_flags(struct file *file);
int bypassfs_open(struct inode *inode, struct file *file);
int bypassfs_open_on(struct inode *inode, struct file *file,
		     struct file *lower);
int bypassfs_release(struct inode *inode, struct file *file);
int bypassfs_flush(struct file *file, fl_owner_t id);
int bypassfs_fsync(struct file *file, loff_t start, loff_t end, int datasync);
loff_t bypassfs_llseek(struct file *file, loff_t offset, int whence);

/* mmap.c */
int bypassfs_mmap(struct file *file, struct vm_area_struct *vma);

/* lock.c: locks and leases */
int bypassfs_lock(struct file *file, int cmd, struct file_lock *fl);
int bypassfs_flock(struct file *file, int cmd, struct file_lock *fl);
void bypassfs_unlock(struct file *lower, fl_owner_t owner);
int bypassfs_setlease(struct file *file, compat_lease_arg arg,
		      struct file_lease **lease, void **priv);

/* copy.c: what moves data between files */
ssize_t bypassfs_copy_file_range(struct file *in, loff_t pos_in,
				 struct file *out, loff_t pos_out,
				 size_t len, unsigned int flags);
loff_t bypassfs_remap_file_range(struct file *in, loff_t pos_in,
				 struct file *out, loff_t pos_out,
				 loff_t len, unsigned int flags);
ssize_t bypassfs_splice_read(struct file *in, loff_t *ppos,
			     struct pipe_inode_info *pipe, size_t len,
			     unsigned int flags);
long bypassfs_fallocate(struct file *file, int mode, loff_t offset,
			loff_t len);
int bypassfs_fadvise(struct file *file, loff_t offset, loff_t len, int advice);

/* passioctl.c: ioctls of the lower file system, and the way to our own */
long bypassfs_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
long bypassfs_compat_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg);

/**
 * struct bypassfs_read_end - what is left to do when a queued read completes
 * @gate: to be left
 * @buf: to be unpinned, or empty
 * @counts: where it is counted
 * @path: the path that it took
 * @reason: why not another
 * @verified: who may object to the read was asked already
 */
struct bypassfs_read_end {
	struct bpio_gate *gate;
	struct bpio_buffer buf;
	struct bpio_counts __percpu *counts;
	enum bpio_path path;
	enum bpio_reason reason;
	bool verified;
};

/* lower.c: the traditional path, reads and writes on the lower file */
int bypassfs_lower_init(void);
void bypassfs_lower_exit(void);
ssize_t bypassfs_lower_read(struct file *lower, struct kiocb *iocb,
			    struct iov_iter *to,
			    const struct bypassfs_read_end *end);
ssize_t bypassfs_lower_write(struct file *lower, struct kiocb *iocb,
			     struct iov_iter *from, struct bpio_gate *gate);

/* read.c: ->read_iter, which of the four paths */
ssize_t bypassfs_read_iter(struct kiocb *iocb, struct iov_iter *to);

/* seen.c: reads and writes that filters see, if there are any that want to */
ssize_t bypassfs_write_iter(struct kiocb *iocb, struct iov_iter *from);

/* ioctl.c: BPIO_IOC_MANAGE; -ENOIOCTLCMD if @cmd is none of ours */
long bpio_ioctl(struct file *file, unsigned int cmd, void __user *arg);

#endif /* BYPASSFS_STACK_H */
