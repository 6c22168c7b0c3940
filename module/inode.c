// SPDX-License-Identifier: GPL-2.0
/*
 * inode.c - upper inodes
 *
 * There is one upper inode per lower inode and mount, so hard links share one,
 * and with it the bypass state. It is found by the address of the lower inode,
 * which it holds a reference to: while it is in the hash, nobody else can have
 * that address. It goes when its last dentry goes, so that it does not keep a
 * deleted lower inode for longer than that.
 *
 * An upper inode holds copies of what the VFS looks at without asking: owner,
 * mode, link count, size, and the flags "immutable", "append only" and "sync".
 * All answers to user space come from the lower inode. bypassfs_refresh() takes
 * the copies, after each operation, and when a name is looked up.
 */
#include <linux/fs_stack.h>
#include <linux/mm.h>
#include <linux/posix_acl.h>
#include <linux/slab.h>

#include "stack.h"
#include "stream.h"
#include "compat/compat.h"

#define COPIED_FLAGS	(S_SYNC | S_DIRSYNC | S_APPEND | S_IMMUTABLE)

static struct kmem_cache *inode_cache;

/* By depth: a mount may be stacked over another one of ours. */
static struct lock_class_key dir_keys[FILESYSTEM_MAX_STACK_DEPTH];
static struct lock_class_key other_keys[FILESYSTEM_MAX_STACK_DEPTH];

static void init_once(void *object)
{
	struct bypassfs_inode *bi = object;

	inode_init_once(&bi->vfs);
}

/**
 * bypassfs_inode_cache_init() - make the cache of upper inodes
 *
 * Context: Module load.
 * Return: 0 or -ENOMEM.
 */
int bypassfs_inode_cache_init(void)
{
	inode_cache = kmem_cache_create("bypassfs_inode",
					sizeof(struct bypassfs_inode), 0,
					SLAB_RECLAIM_ACCOUNT | SLAB_ACCOUNT,
					init_once);
	return inode_cache ? 0 : -ENOMEM;
}

/**
 * bypassfs_inode_cache_exit() - the opposite
 *
 * Context: Module unload. Waits for inodes that RCU still has to free.
 */
void bypassfs_inode_cache_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(inode_cache);
}

/**
 * bypassfs_inode_alloc() - super_operations.alloc_inode
 * @sb: the mount
 *
 * Context: May sleep.
 * Return: An inode, or NULL without memory.
 */
struct inode *bypassfs_inode_alloc(struct super_block *sb)
{
	struct bypassfs_inode *bi;

	bi = alloc_inode_sb(sb, inode_cache, GFP_KERNEL);
	if (!bi)
		return NULL;
	bi->lower = NULL;
	bi->stream = NULL;
	INIT_HLIST_HEAD(&bi->contexts);
	return &bi->vfs;
}

/**
 * bypassfs_inode_free() - super_operations.free_inode
 * @inode: the upper inode
 *
 * Context: RCU callback.
 */
void bypassfs_inode_free(struct inode *inode)
{
	kmem_cache_free(inode_cache, bypassfs_inode(inode));
}

/**
 * bypassfs_inode_evict() - super_operations.evict_inode
 * @inode: the upper inode
 *
 * The address of the lower inode stays: path walks under RCU may still read it,
 * and lower inodes are freed after a grace period as well.
 *
 * Context: May sleep.
 */
void bypassfs_inode_evict(struct inode *inode)
{
	struct bypassfs_inode *bi = bypassfs_inode(inode);

	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	if (!bi->lower)
		return;
	bpio_context_drop_object(&bypassfs_sb(inode->i_sb)->vol.filtering,
				 &bi->contexts);
	bpio_stream_free(bi);
	iput(bi->lower);
}

/*
 * The VFS looks at the mount above when it runs a set-user-ID program. If the
 * mount below says nosuid, the bits are kept from it; stat() still shows them.
 */
static umode_t mode_of(const struct inode *inode, const struct inode *lower)
{
	umode_t mode = READ_ONCE(lower->i_mode);

	if (bypassfs_nosuid(inode->i_sb) && S_ISREG(mode))
		mode &= ~(S_ISUID | S_ISGID);
	return mode;
}

/**
 * bypassfs_inode_stale() - has the lower inode changed since the last refresh?
 * @inode: the upper inode
 *
 * Context: Any; also RCU.
 * Return: Whether a copy differs.
 */
bool bypassfs_inode_stale(const struct inode *inode)
{
	const struct inode *lower = bypassfs_lower_inode(inode);

	return inode->i_mode != mode_of(inode, lower) ||
	       !uid_eq(inode->i_uid, lower->i_uid) ||
	       !gid_eq(inode->i_gid, lower->i_gid) ||
	       inode->i_nlink != lower->i_nlink ||
	       (inode->i_flags ^ lower->i_flags) & COPIED_FLAGS ||
	       i_size_read(inode) != i_size_read(lower);
}

static void copy(struct inode *inode, struct inode *lower)
{
	spin_lock(&inode->i_lock);
	inode->i_mode = mode_of(inode, lower);
	inode->i_uid = lower->i_uid;
	inode->i_gid = lower->i_gid;
	if (inode->i_nlink != lower->i_nlink)
		set_nlink(inode, lower->i_nlink);
	inode->i_flags = (inode->i_flags & ~COPIED_FLAGS) |
			 (lower->i_flags & COPIED_FLAGS);
	fsstack_copy_attr_times(inode, lower);
	spin_unlock(&inode->i_lock);
	fsstack_copy_inode_size(inode, lower);
}

/**
 * bypassfs_refresh() - take the copies from the lower inode again
 * @inode: the upper inode
 *
 * Context: Any but interrupts.
 */
void bypassfs_refresh(struct inode *inode)
{
	if (bypassfs_inode_stale(inode))
		copy(inode, bypassfs_lower_inode(inode));
}

/* Pipes and devices take no detour through us: times are passed on. */
static int bypassfs_update_time(struct inode *inode, COMPAT_NOW_PARAM int flags)
{
	struct inode *lower = bypassfs_lower_inode(inode);
	struct path path = bypassfs_sb(inode->i_sb)->lower;
	int err;

	if (flags & S_ATIME) {
		path.dentry = d_find_any_alias(lower);
		if (path.dentry)
			touch_atime(&path);
		dput(path.dentry);
		flags &= ~S_ATIME;
	}
	if (flags) {
		err = mnt_want_write(path.mnt);
		if (err)
			return err;
		err = compat_inode_update_time(lower, flags);
		mnt_drop_write(path.mnt);
		if (err)
			return err;
	}
	spin_lock(&inode->i_lock);
	fsstack_copy_attr_times(inode, lower);
	spin_unlock(&inode->i_lock);
	return 0;
}

static int bypassfs_fiemap(struct inode *inode, struct fiemap_extent_info *info,
			   u64 start, u64 len)
{
	struct inode *lower = bypassfs_lower_inode(inode);

	if (!lower->i_op->fiemap)
		return -EOPNOTSUPP;
	return lower->i_op->fiemap(lower, info, start, len);
}

/* The access time is the lower link's; whoever gets here reads or follows it. */
static const char *bypassfs_get_link(struct dentry *dentry, struct inode *inode,
				     struct delayed_call *done)
{
	struct path lower;

	if (!dentry)
		return ERR_PTR(-ECHILD);
	lower = bypassfs_lower_path(dentry);
	touch_atime(&lower);
	return vfs_get_link(lower.dentry, done);
}

/* For FIBMAP: the only thing that is ever asked of an upper mapping. */
static sector_t bypassfs_bmap(struct address_space *mapping, sector_t block)
{
	return bmap(bypassfs_lower_inode(mapping->host), &block) ? 0 : block;
}

static const struct address_space_operations bypassfs_aops = {
	.bmap		= bypassfs_bmap,
};

const struct inode_operations bypassfs_file_iops = {
	.permission	= bypassfs_permission,
	.getattr	= bypassfs_getattr,
	.setattr	= bypassfs_setattr,
	.listxattr	= bypassfs_listxattr,
	.fileattr_get	= bypassfs_fileattr_get,
	.fileattr_set	= bypassfs_fileattr_set,
	.fiemap		= bypassfs_fiemap,
	COMPAT_ACL_IOPS,
};

const struct inode_operations bypassfs_symlink_iops = {
	.get_link	= bypassfs_get_link,
	.permission	= bypassfs_permission,
	.getattr	= bypassfs_getattr,
	.setattr	= bypassfs_setattr,
	.listxattr	= bypassfs_listxattr,
};

const struct inode_operations bypassfs_special_iops = {
	.permission	= bypassfs_permission,
	.getattr	= bypassfs_getattr,
	.setattr	= bypassfs_setattr,
	.listxattr	= bypassfs_listxattr,
	.update_time	= bypassfs_update_time,
	COMPAT_ACL_IOPS,
};

static int same_lower(struct inode *inode, void *lower)
{
	return bypassfs_inode(inode)->lower == lower;
}

static int set_lower(struct inode *inode, void *lower)
{
	ihold(lower);
	bypassfs_inode(inode)->lower = lower;
	return 0;
}

static void fill(struct inode *inode, struct inode *lower)
{
	int level = inode->i_sb->s_stack_depth - 1;

	inode->i_ino = lower->i_ino;
	inode->i_generation = lower->i_generation;
	inode->i_mode = lower->i_mode;
	inode->i_blkbits = lower->i_blkbits;
	/* times and ACLs are kept below, and only there */
	inode->i_flags |= S_NOATIME | S_NOCMTIME;
	inode->i_acl = ACL_DONT_CACHE;
	inode->i_default_acl = ACL_DONT_CACHE;
	copy(inode, lower);

	if (S_ISDIR(inode->i_mode))
		lockdep_set_class(&inode->i_rwsem, &dir_keys[level]);
	else
		lockdep_set_class(&inode->i_rwsem, &other_keys[level]);

	switch (inode->i_mode & S_IFMT) {
	case S_IFREG:
		inode->i_op = &bypassfs_file_iops;
		inode->i_fop = lower->i_fop->remap_file_range ?
			       &bypassfs_sharing_fops : &bypassfs_file_fops;
		if (lower->i_mapping->a_ops->bmap)
			inode->i_mapping->a_ops = &bypassfs_aops;
		break;
	case S_IFDIR:
		inode->i_op = &bypassfs_dir_iops;
		inode->i_fop = &bypassfs_dir_fops;
		break;
	case S_IFLNK:
		inode->i_op = &bypassfs_symlink_iops;
		break;
	default:
		inode->i_op = &bypassfs_special_iops;
		inode->i_flags &= ~(S_NOATIME | S_NOCMTIME);
		init_special_inode(inode, inode->i_mode, lower->i_rdev);
		break;
	}
}

/**
 * bypassfs_iget() - the upper inode of a lower one
 * @sb: the mount
 * @lower: the lower inode; the caller's reference stays his
 *
 * Context: May sleep.
 * Return: The inode with a reference, or ERR_PTR(-ENOMEM).
 */
struct inode *bypassfs_iget(struct super_block *sb, struct inode *lower)
{
	struct inode *inode;

	inode = iget5_locked(sb, (unsigned long)lower, same_lower, set_lower,
			     lower);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (inode->i_state & I_NEW) {
		fill(inode, lower);
		unlock_new_inode(inode);
	} else {
		bypassfs_refresh(inode);
	}
	return inode;
}
