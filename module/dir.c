// SPDX-License-Identifier: GPL-2.0
/*
 * dir.c - making, linking, moving and removing names
 *
 * All of it is done to the lower names first, by the VFS, with the caller's
 * credentials; that makes all checks anew. Locks are taken upper directory,
 * lower directory. The lower name is looked at again with its directory locked:
 * if it is not what the upper one stood for any more, -ESTALE makes the VFS look
 * up everything afresh.
 */
#include <linux/file.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>

#include "stack.h"
#include "compat/compat.h"

/**
 * struct place - a lower name, with its directory locked
 * @mnt: of the lower directory, write access held
 * @dir: lower directory
 * @entry: lower name
 */
struct place {
	struct vfsmount *mnt;
	struct dentry *dir;
	struct dentry *entry;
};

static bool still_there(const struct dentry *dir, const struct dentry *entry)
{
	return entry && entry->d_parent == dir && !d_unhashed(entry);
}

static bool same_inode(const struct dentry *dentry, const struct dentry *lower)
{
	return d_inode(lower) == bypassfs_lower_inode(d_inode(dentry));
}

static int lock_place(struct place *p, struct dentry *dentry)
{
	int err;

	p->mnt = bypassfs_sb(dentry->d_sb)->lower.mnt;
	p->dir = bypassfs_lower_dentry(dentry->d_parent);
	p->entry = bypassfs_lower_dentry(dentry);
	err = mnt_want_write(p->mnt);
	if (err)
		return err;
	inode_lock_nested(d_inode(p->dir), I_MUTEX_PARENT);
	if (still_there(p->dir, p->entry)) {
		bypassfs_change_begin(dentry);
		return 0;
	}
	inode_unlock(d_inode(p->dir));
	mnt_drop_write(p->mnt);
	return -ESTALE;
}

static void unlock_place(struct place *p, struct dentry *dentry, int err)
{
	if (err)
		bypassfs_change_failed(dentry);
	inode_unlock(d_inode(p->dir));
	mnt_drop_write(p->mnt);
	bypassfs_refresh(d_inode(dentry->d_parent));
}

/* The lower name has just got an inode: so does the upper one. */
static int instantiate(struct dentry *dentry, struct dentry *lower)
{
	struct inode *inode;

	if (d_really_is_negative(lower)) {
		d_drop(dentry);
		return 0;
	}
	inode = bypassfs_iget(dentry->d_sb, d_inode(lower));
	if (IS_ERR(inode)) {
		d_drop(dentry);
		return PTR_ERR(inode);
	}
	d_instantiate(dentry, inode);
	return 0;
}

static int bypassfs_create(struct mnt_idmap *idmap, struct inode *dir,
			   struct dentry *dentry, umode_t mode, bool excl)
{
	struct place p;
	int err;

	err = lock_place(&p, dentry);
	if (err)
		return err;
	/* somebody was faster, below: open what he made */
	if (d_really_is_positive(p.entry) && !excl)
		err = -ESTALE;
	if (!err)
		err = vfs_create(&nop_mnt_idmap, d_inode(p.dir), p.entry, mode,
				 excl);
	if (!err)
		err = instantiate(dentry, p.entry);
	unlock_place(&p, dentry, err);
	return err;
}

static int bypassfs_mkdir(struct mnt_idmap *idmap, struct inode *dir,
			  struct dentry *dentry, umode_t mode)
{
	struct place p;
	int err;

	err = lock_place(&p, dentry);
	if (err)
		return err;
	err = vfs_mkdir(&nop_mnt_idmap, d_inode(p.dir), p.entry, mode);
	if (!err)
		err = instantiate(dentry, p.entry);
	unlock_place(&p, dentry, err);
	return err;
}

static int bypassfs_mknod(struct mnt_idmap *idmap, struct inode *dir,
			  struct dentry *dentry, umode_t mode, dev_t dev)
{
	struct place p;
	int err;

	err = lock_place(&p, dentry);
	if (err)
		return err;
	err = vfs_mknod(&nop_mnt_idmap, d_inode(p.dir), p.entry, mode, dev);
	if (!err)
		err = instantiate(dentry, p.entry);
	unlock_place(&p, dentry, err);
	return err;
}

static int bypassfs_symlink(struct mnt_idmap *idmap, struct inode *dir,
			    struct dentry *dentry, const char *target)
{
	struct place p;
	int err;

	err = lock_place(&p, dentry);
	if (err)
		return err;
	err = vfs_symlink(&nop_mnt_idmap, d_inode(p.dir), p.entry, target);
	if (!err)
		err = instantiate(dentry, p.entry);
	unlock_place(&p, dentry, err);
	return err;
}

static int bypassfs_link(struct dentry *old, struct inode *dir,
			 struct dentry *dentry)
{
	struct dentry *old_lower = bypassfs_lower_dentry(old);
	struct inode *delegated = NULL;
	struct place p;
	int err;

	do {
		err = lock_place(&p, dentry);
		if (err)
			return err;
		if (!same_inode(old, old_lower))
			err = -ESTALE;
		if (!err)
			err = vfs_link(old_lower, &nop_mnt_idmap,
				       d_inode(p.dir), p.entry, &delegated);
		if (!err)
			err = instantiate(dentry, p.entry);
		unlock_place(&p, dentry, err);
		if (!delegated)
			break;
		err = break_deleg_wait(&delegated);
	} while (!err);
	bypassfs_refresh(d_inode(old));
	return err;
}

/*
 * The reference keeps the inode in the lower dentry: open files still ask it.
 * The upper dentry is dropped, so that it does not keep the deleted inode.
 */
static int bypassfs_unlink(struct inode *dir, struct dentry *dentry)
{
	struct inode *delegated = NULL;
	struct place p;
	int err;

	do {
		err = lock_place(&p, dentry);
		if (err)
			return err;
		if (!same_inode(dentry, p.entry))
			err = -ESTALE;
		if (!err) {
			dget(p.entry);
			err = vfs_unlink(&nop_mnt_idmap, d_inode(p.dir),
					 p.entry, &delegated);
			dput(p.entry);
		}
		if (!err)
			d_drop(dentry);
		unlock_place(&p, dentry, err);
		if (!delegated)
			break;
		err = break_deleg_wait(&delegated);
	} while (!err);
	bypassfs_refresh(d_inode(dentry));
	return err;
}

static int bypassfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct place p;
	int err;

	err = lock_place(&p, dentry);
	if (err)
		return err;
	if (!same_inode(dentry, p.entry))
		err = -ESTALE;
	if (!err) {
		dget(p.entry);
		err = vfs_rmdir(&nop_mnt_idmap, d_inode(p.dir), p.entry);
		dput(p.entry);
	}
	if (!err)
		d_drop(dentry);
	unlock_place(&p, dentry, err);
	bypassfs_refresh(d_inode(dentry));
	return err;
}

static int rename_locked(struct renamedata *rd, struct dentry *old,
			 struct dentry *new, const struct dentry *trap)
{
	if (IS_ERR(trap))
		return PTR_ERR(trap);
	if (!same_inode(old, rd->old_dentry))
		return -ESTALE;
	if (d_really_is_positive(new) ? !same_inode(new, rd->new_dentry) :
	    d_really_is_positive(rd->new_dentry))
		return -ESTALE;
	if (rd->old_dentry == trap)
		return -EINVAL;
	if (rd->new_dentry == trap)
		return rd->flags & RENAME_EXCHANGE ? -EINVAL : -ENOTEMPTY;
	return vfs_rename(rd);
}

/* With both lower directories locked, unless -EAGAIN asks to come again. */
static int rename_once(struct dentry *old, struct dentry *new,
		       unsigned int flags, struct inode **delegated)
{
	struct dentry *old_dir = bypassfs_lower_dentry(old->d_parent);
	struct dentry *new_dir = bypassfs_lower_dentry(new->d_parent);
	struct renamedata rd = {
		.old_dir = d_inode(old_dir),
		.old_dentry = bypassfs_lower_dentry(old),
		.new_dir = d_inode(new_dir),
		.new_dentry = bypassfs_lower_dentry(new),
		.delegated_inode = delegated,
		.flags = flags,
	};
	struct dentry *trap;
	int err = -ESTALE;

	compat_renamedata(&rd);
	trap = lock_rename(new_dir, old_dir);
	bypassfs_change_begin(old);
	bypassfs_change_begin(new);
	if (IS_ERR(trap) || (still_there(old_dir, rd.old_dentry) &&
			     still_there(new_dir, rd.new_dentry)))
		err = rename_locked(&rd, old, new, trap);
	if (err) {
		bypassfs_change_failed(old);
		bypassfs_change_failed(new);
	}
	if (!IS_ERR(trap))
		unlock_rename(new_dir, old_dir);
	return err;
}

static int bypassfs_rename(struct mnt_idmap *idmap, struct inode *old_dir,
			   struct dentry *old, struct inode *new_dir,
			   struct dentry *new, unsigned int flags)
{
	struct vfsmount *mnt = bypassfs_sb(old->d_sb)->lower.mnt;
	struct inode *delegated = NULL;
	int err;

	err = mnt_want_write(mnt);
	if (err)
		return err;
	do {
		err = rename_once(old, new, flags, &delegated);
		if (!delegated)
			break;
		err = break_deleg_wait(&delegated);
	} while (!err);
	mnt_drop_write(mnt);
	bypassfs_refresh(old_dir);
	bypassfs_refresh(new_dir);
	bypassfs_refresh(d_inode(old));
	if (d_really_is_positive(new))
		bypassfs_refresh(d_inode(new));
	return err;
}

/* The lower file came with the name; it is what ->open would have opened. */
static int open_tmpfile(struct inode *inode, struct file *file)
{
	struct file *lower = file->private_data;

	return bypassfs_open_on(inode, file, lower);
}

static int bypassfs_tmpfile(struct mnt_idmap *idmap, struct inode *dir,
			    struct file *file, umode_t mode)
{
	struct dentry *dentry = file->f_path.dentry;
	struct path lower_dir = bypassfs_lower_path(dentry->d_parent);
	struct inode *inode;
	struct file *lower;
	int err;

	err = mnt_want_write(lower_dir.mnt);
	if (err)
		return err;
	lower = kernel_tmpfile_open(&nop_mnt_idmap, &lower_dir, mode,
				    file->f_flags, file->f_cred);
	mnt_drop_write(lower_dir.mnt);
	if (IS_ERR(lower))
		return PTR_ERR(lower);
	inode = bypassfs_iget(dir->i_sb, file_inode(lower));
	if (IS_ERR(inode)) {
		fput(lower);
		return PTR_ERR(inode);
	}
	bypassfs_bind(dentry, dget(lower->f_path.dentry));
	/* d_tmpfile() takes away the link that it expects */
	set_nlink(inode, 1);
	d_tmpfile(file, inode);

	file->private_data = lower;
	err = finish_open(file, dentry, open_tmpfile);
	if (err && file->private_data == lower) {
		file->private_data = NULL;
		fput(lower);
	}
	return err;
}

const struct inode_operations bypassfs_dir_iops = {
	.lookup		= bypassfs_lookup,
	.create		= bypassfs_create,
	.link		= bypassfs_link,
	.unlink		= bypassfs_unlink,
	.symlink	= bypassfs_symlink,
	.mkdir		= bypassfs_mkdir,
	.rmdir		= bypassfs_rmdir,
	.mknod		= bypassfs_mknod,
	.rename		= bypassfs_rename,
	.tmpfile	= bypassfs_tmpfile,
	.permission	= bypassfs_permission,
	.getattr	= bypassfs_getattr,
	.setattr	= bypassfs_setattr,
	.listxattr	= bypassfs_listxattr,
	.fileattr_get	= bypassfs_fileattr_get,
	.fileattr_set	= bypassfs_fileattr_set,
	COMPAT_ACL_IOPS,
};

static int bypassfs_iterate(struct file *file, struct dir_context *ctx)
{
	struct file *lower = bypassfs_lower_file(file);
	int err;

	bypassfs_follow_flags(file);
	/* an NFS server decides how wide positions are after opening */
	lower->f_mode |= file->f_mode & (FMODE_32BITHASH | FMODE_64BITHASH);
	lower->f_pos = ctx->pos;
	err = iterate_dir(lower, ctx);
	bypassfs_refresh(file_inode(file));
	return err;
}

const struct file_operations bypassfs_dir_fops = {
	.owner		= THIS_MODULE,
	.open		= bypassfs_open,
	.release	= bypassfs_release,
	.flush		= bypassfs_flush,
	.llseek		= bypassfs_llseek,
	.read		= generic_read_dir,
	.iterate_shared	= bypassfs_iterate,
	.fsync		= bypassfs_fsync,
	.lock		= bypassfs_lock,
	.flock		= bypassfs_flock,
	.unlocked_ioctl	= bypassfs_ioctl,
	.compat_ioctl	= bypassfs_compat_ioctl,
};
