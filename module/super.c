// SPDX-License-Identifier: GPL-2.0
/*
 * super.c - one mount
 *
 * The source of a mount is a directory. Its path is held for as long as the
 * mount lives, and everything below is opened through that path's mount, so the
 * flags of that mount (read-only, noatime) go on to count. Nothing is cloned:
 * who works on the lower directory and who works on the mount see each other.
 */
#include <linux/cred.h>
#include <linux/errseq.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/fs_stack.h>
#include <linux/lockdep.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/statfs.h>

#include "stack.h"
#include "compat/compat.h"

/* mount(2) has no other place for messages than the log */
#define SAY(format)	BYPASSFS_NAME ": " format

static int bypassfs_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	struct path lower = bypassfs_lower_path(dentry);
	int err;

	err = vfs_statfs(&lower, buf);
	if (!err)
		buf->f_type = BYPASSFS_MAGIC;
	return err;
}

/*
 * sync(2) leaves us out (SB_I_SKIP_SYNC), as it comes to the lower file system
 * by itself; this is for syncfs(2), and for those who sync just this mount.
 */
static int bypassfs_sync_fs(struct super_block *sb, int wait)
{
	struct bypassfs_sb *sbi = bypassfs_sb(sb);
	struct super_block *lower = sbi->lower.dentry->d_sb;
	int err, seen;

	if (!wait)
		return 0;
	down_read_nested(&lower->s_umount, SINGLE_DEPTH_NESTING);
	err = sync_filesystem(lower);
	up_read(&lower->s_umount);
	seen = errseq_check_and_advance(&lower->s_wb_err, &sbi->wb_err);
	if (seen)
		errseq_set(&sb->s_wb_err, seen);
	return err;
}

/*
 * Dirty pages belong to the lower file system and mapped ones are written to
 * without us, so only freezing all of it keeps this mount quiet.
 */
static int bypassfs_freeze_super(COMPAT_FREEZE_PARAMS(struct super_block *sb))
{
	struct super_block *lower = bypassfs_sb(sb)->lower.dentry->d_sb;

	if (lower->s_op->freeze_super)
		return lower->s_op->freeze_super(COMPAT_FREEZE_ARGS(lower));
	if (!lower->s_op->freeze_fs)
		return -EOPNOTSUPP;
	return freeze_super(COMPAT_FREEZE_ARGS(lower));
}

static int bypassfs_thaw_super(COMPAT_FREEZE_PARAMS(struct super_block *sb))
{
	struct super_block *lower = bypassfs_sb(sb)->lower.dentry->d_sb;

	if (lower->s_op->thaw_super)
		return lower->s_op->thaw_super(COMPAT_FREEZE_ARGS(lower));
	return thaw_super(COMPAT_FREEZE_ARGS(lower));
}

const struct super_operations bypassfs_super_ops = {
	.alloc_inode	= bypassfs_inode_alloc,
	.free_inode	= bypassfs_inode_free,
	.evict_inode	= bypassfs_inode_evict,
	.drop_inode	= generic_delete_inode,
	.statfs		= bypassfs_statfs,
	.sync_fs	= bypassfs_sync_fs,
	.freeze_super	= bypassfs_freeze_super,
	.thaw_super	= bypassfs_thaw_super,
};

static int lower_check(struct fs_context *fc, const struct path *lower)
{
	struct super_block *sb = lower->dentry->d_sb;

	if (sb->s_stack_depth + 1 > FILESYSTEM_MAX_STACK_DEPTH)
		return invalf(fc, SAY("%s: more than %d file systems would be stacked"),
			      fc->source, FILESYSTEM_MAX_STACK_DEPTH);
	if (is_idmapped_mnt(lower->mnt))
		return invalf(fc, SAY("%s: an idmapped mount cannot be stacked over"),
			      fc->source);
	if (sb->s_user_ns != fc->user_ns)
		return invalf(fc, SAY("%s: belongs to another user namespace"),
			      fc->source);
	/* What the kernel asks of such a file, it asks of its inode's type */
	if (sb->s_magic == HUGETLBFS_MAGIC)
		return invalf(fc, SAY("%s: cannot stack over huge pages"),
			      fc->source);
	if (sb_has_encoding(sb) ||
	    lower->dentry->d_flags & (DCACHE_OP_HASH | DCACHE_OP_COMPARE))
		return invalf(fc, SAY("%s: cannot stack over names that %s folds"),
			      fc->source, sb->s_type->name);
	return 0;
}

/* By depth: a mount may be stacked over another one of ours */
static void set_lock_classes(struct super_block *sb)
{
	static struct lock_class_key writers[FILESYSTEM_MAX_STACK_DEPTH]
					    [SB_FREEZE_LEVELS];
	static struct lock_class_key renames[FILESYSTEM_MAX_STACK_DEPTH];
	const int depth = sb->s_stack_depth - 1;
	int level;

	for (level = 0; level < SB_FREEZE_LEVELS; level++)
		lockdep_set_class(&sb->s_writers.rw_sem[level],
				  &writers[depth][level]);
	lockdep_set_class(&sb->s_vfs_rename_mutex, &renames[depth]);
}

static void take_after(struct super_block *sb, const struct path *lower)
{
	struct super_block *lower_sb = lower->dentry->d_sb;

	sb->s_stack_depth = lower_sb->s_stack_depth + 1;
	sb->s_maxbytes = lower_sb->s_maxbytes;
	sb->s_time_gran = lower_sb->s_time_gran;
	sb->s_time_min = lower_sb->s_time_min;
	sb->s_time_max = lower_sb->s_time_max;
	sb->s_blocksize = lower_sb->s_blocksize;
	sb->s_blocksize_bits = lower_sb->s_blocksize_bits;
	sb->s_flags |= lower_sb->s_flags & SB_POSIXACL;
	sb->s_iflags |= SB_I_SKIP_SYNC;
	if (lower->mnt->mnt_flags & MNT_NOEXEC)
		sb->s_iflags |= SB_I_NOEXEC;
	if (lower->mnt->mnt_flags & MNT_NODEV)
		sb->s_iflags |= SB_I_NODEV;
	if (__mnt_is_readonly(lower->mnt))
		sb->s_flags |= SB_RDONLY;
	if (lower_sb->s_export_op && lower_sb->s_export_op->fh_to_dentry)
		sb->s_export_op = &bypassfs_export_ops;
}

static int bypassfs_fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct bypassfs_sb *sbi;
	struct inode *inode;
	int err;

	sbi = kzalloc(sizeof(*sbi), GFP_KERNEL);
	if (!sbi)
		return -ENOMEM;
	sb->s_fs_info = sbi;
	sbi->creds = get_cred(fc->cred);

	err = kern_path(fc->source, LOOKUP_FOLLOW | LOOKUP_DIRECTORY,
			&sbi->lower);
	if (err) {
		errorf(fc, SAY("%s: %s"), fc->source,
		       err == -ENOTDIR ? "is not a directory" :
		       err == -ENOENT ? "does not exist" :
		       "cannot be looked up");
		return err;
	}
	err = lower_check(fc, &sbi->lower);
	if (err)
		return err;

	sb->s_magic = BYPASSFS_MAGIC;
	sb->s_op = &bypassfs_super_ops;
	sb->s_d_op = &bypassfs_dentry_ops;
	sb->s_xattr = compat_xattr_table(bypassfs_xattr_handlers);
	take_after(sb, &sbi->lower);
	set_lock_classes(sb);
	sbi->wb_err = errseq_sample(&sbi->lower.dentry->d_sb->s_wb_err);

	err = bpio_volume_init(&sbi->vol, sb, sbi->lower.dentry->d_sb);
	if (err)
		return err;
	sbi->has_vol = true;

	inode = bypassfs_iget(sb, d_inode(sbi->lower.dentry));
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	sb->s_root = d_make_root(inode);
	if (!sb->s_root)
		return -ENOMEM;
	bypassfs_bind(sb->s_root, dget(sbi->lower.dentry));
	bpio_filter_mount(&sbi->vol);
	return 0;
}

static int bypassfs_get_tree(struct fs_context *fc)
{
	if (!fc->source)
		return invalf(fc, SAY("no source: which directory is to be mounted over?"));
	return get_tree_nodev(fc, bypassfs_fill_super);
}

static const struct fs_parameter_spec bypassfs_parameters[] = {
	{}
};

/* The source, and what all file systems share, is the VFS's to parse. */
static int bypassfs_parse_param(struct fs_context *fc,
				struct fs_parameter *param)
{
	struct fs_parse_result result;

	return fs_parse(fc, bypassfs_parameters, param, &result);
}

static int check_source(struct fs_context *fc, const struct bypassfs_sb *sbi)
{
	struct path path;
	bool same;
	int err;

	if (!fc->source)
		return 0;
	err = kern_path(fc->source, LOOKUP_FOLLOW, &path);
	if (err)
		return invalf(fc, SAY("%s: cannot be looked up; a source stays as it is"),
			      fc->source);
	same = path_equal(&path, &sbi->lower);
	path_put(&path);
	if (!same)
		return invalf(fc, SAY("%s: the source of a mount does not change"),
			      fc->source);
	return 0;
}

static int bypassfs_reconfigure(struct fs_context *fc)
{
	struct bypassfs_sb *sbi = bypassfs_sb(fc->root->d_sb);

	if (!(fc->sb_flags & SB_RDONLY) && __mnt_is_readonly(sbi->lower.mnt)) {
		errorf(fc, SAY("the lower directory is read-only, so is this mount"));
		return -EROFS;
	}
	return check_source(fc, sbi);
}

static const struct fs_context_operations bypassfs_context_ops = {
	.parse_param	= bypassfs_parse_param,
	.get_tree	= bypassfs_get_tree,
	.reconfigure	= bypassfs_reconfigure,
};

static int bypassfs_init_fs_context(struct fs_context *fc)
{
	fc->ops = &bypassfs_context_ops;
	return 0;
}

static void bypassfs_kill_sb(struct super_block *sb)
{
	struct bypassfs_sb *sbi = bypassfs_sb(sb);

	kill_anon_super(sb);
	if (!sbi)
		return;
	if (sbi->has_vol) {
		bpio_filter_umount(&sbi->vol);
		bpio_volume_exit(&sbi->vol);
	}
	path_put(&sbi->lower);
	put_cred(sbi->creds);
	kfree_rcu(sbi, rcu);
}

struct file_system_type bypassfs_type = {
	.owner			= THIS_MODULE,
	.name			= BYPASSFS_NAME,
	.init_fs_context	= bypassfs_init_fs_context,
	.parameters		= bypassfs_parameters,
	.kill_sb		= bypassfs_kill_sb,
};
