// SPDX-License-Identifier: GPL-2.0
/*
 * file.c - open files
 *
 * OVERVIEW
 * Each open upper file has a lower file of its own, opened with the same flags
 * and credentials, so that what a file description carries (access mode, locks,
 * read-ahead, write errors) exists once per description below as well.
 *
 * ONE PAGE CACHE
 * Upper inodes have no pages. file->f_mapping is the lower file's mapping, from
 * open to release. What follows from that:
 *   - sync_file_range(), cachestat(), readahead() and swapon() work on the
 *   lower
 *     pages and, where they look for an inode, on the lower inode;
 *   - a loop device or a swap file on an upper file sees the lower inode's size
 *     and block device;
 *   - write errors (f_wb_err) are those of the lower mapping from open on;
 *   - "sync" and "append only" are tested on the lower inode for each read and
 *     write (iocb_flags());
 *   - where that is tmpfs, f_mapping stays our own: the kernel takes a file
 *   whose
 *     mapping is of tmpfs for one whose inode is, and has seals. There is no
 *     disk, so nobody misses the pages;
 *   - inode->i_mapping of the upper inode stays its own and empty, so nothing
 *     that goes by the inode can find a page that is not there.
 * Mappings (mmap.c) refer to the lower file and outlive the upper one.
 *
 * FLAGS
 * O_DIRECT is possible where it is on the lower file (FMODE_CAN_ODIRECT), also
 * for F_SETFL later. F_SETFL changes the upper file alone:
 * bypassfs_follow_flags() brings the lower one into line, before each operation
 * that reads them there. FMODE_NOWAIT is the lower file's, as all that we add
 * honours IOCB_NOWAIT; the buffered asynchronous read (FMODE_BUF_RASYNC) is not
 * offered: it leaves a wait entry in the kiocb that the caller owns. A read that
 * the caller wants to poll for (IOCB_HIPRI) has a bio in its kiocb if it went
 * straight to the disk; one that goes through the lower file ends by itself, and
 * there is nothing to look at.
 *
 * EXECUTION
 * exec denies write access to the upper inode. While a file is open for it, the
 * lower inode is held in the same way, so that neither side writes to a running
 * program, and nobody runs what is being written.
 */
#include <linux/blkdev.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/overflow.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/splice.h>

#include "handle.h"
#include "operation.h"
#include "stack.h"
#include "writer.h"
#include "compat/compat.h"

/* What F_SETFL can change, and the lower file system looks at */
#define FOLLOWED	(O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

static unsigned int extra_flags(const struct file *file)
{
	int mnt_flags = file->f_path.mnt->mnt_flags;

	if (mnt_flags & MNT_NOATIME)
		return O_NOATIME;
	if (mnt_flags & MNT_NODIRATIME && S_ISDIR(file_inode(file)->i_mode))
		return O_NOATIME;
	return 0;
}

/**
 * bypassfs_follow_flags() - bring the lower file's flags into line
 * @file: the upper file
 *
 * Context: Any but interrupts.
 */
void bypassfs_follow_flags(struct file *file)
{
	struct file *lower = bypassfs_lower_file(file);
	unsigned int flags = (file->f_flags | extra_flags(file)) & FOLLOWED;

	if (likely((lower->f_flags & FOLLOWED) == flags))
		return;
	spin_lock(&lower->f_lock);
	lower->f_flags = (lower->f_flags & ~FOLLOWED) | flags;
	lower->f_iocb_flags = iocb_flags(lower);
	spin_unlock(&lower->f_lock);
}

/* The reference is taken over, also on failure */
static int attach(struct file *file, struct file *lower)
{
	struct bypassfs_file *bf;

	bf = kzalloc(sizeof(*bf), GFP_KERNEL_ACCOUNT);
	if (!bf) {
		fput(lower);
		return -ENOMEM;
	}
	if (file->f_flags & __FMODE_EXEC) {
		if (deny_write_access(lower)) {
			fput(lower);
			kfree(bf);
			return -ETXTBSY;
		}
		bf->exec = true;
	}
	bf->lower = lower;
	file->private_data = bf;
	if (file_inode(lower)->i_sb->s_magic != TMPFS_MAGIC)
		file->f_mapping = lower->f_mapping;
	file->f_wb_err = filemap_sample_wb_err(file->f_mapping);
	file->f_mode |= lower->f_mode & (FMODE_NOWAIT | FMODE_CAN_ODIRECT);
	return 0;
}

/* The opposite */
static void detach(struct file *file)
{
	struct bypassfs_file *bf = bypassfs_file(file);
	struct inode *inode = file_inode(file);

	bpio_context_drop_object(bypassfs_filtering(inode), &bf->contexts);
	if (bf->exec)
		allow_write_access(bf->lower);
	/* locks of this description; those of its lower file go with that */
	bypassfs_unlock(bf->lower, (fl_owner_t)file);
	file->f_mapping = inode->i_mapping;
	file->private_data = NULL;
	fput(bf->lower);
	kfree(bf);
}

static struct file *open_lower(struct inode *inode, struct file *file)
{
	struct path path = bypassfs_lower_path(file->f_path.dentry);
	unsigned int flags = file->f_flags | extra_flags(file);
	struct bpio_writer w;
	struct file *lower;

	if (d_inode(path.dentry) != bypassfs_lower_inode(inode))
		return ERR_PTR(-ESTALE);
	/* the VFS has made the file, and truncates it through setattr */
	flags &= ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
	if (!(file->f_mode & FMODE_WRITE))
		return dentry_open(&path, flags, file->f_cred);

	bpio_writer_begin(&w, d_inode(path.dentry));
	lower = dentry_open(&path, flags, file->f_cred);
	bpio_writer_end(&w);
	return lower;
}

static long open_bottom(struct bpio_call *call, void *arg)
{
	struct file *lower = arg;

	if (!lower)
		lower = open_lower(call->inode, call->file);
	if (IS_ERR(lower))
		return PTR_ERR(lower);
	bypassfs_refresh(call->inode);
	call->file->private_data = NULL;
	return attach(call->file, lower);
}

/**
 * bypassfs_open_on() - open an upper file
 * @inode: the upper inode
 * @file: the upper file
 * @lower: the lower file if that is open already, and then private_data of
 *	@file; it is taken over, and private_data changed, unless a filter
 *	refuses
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int bypassfs_open_on(struct inode *inode, struct file *file,
		     struct file *lower)
{
	struct bpio_call call = {
		.type = BPIO_CALL_OPEN,
		.inode = inode,
		.file = file,
	};
	int ret;

	ret = bpio_chain_pass(bypassfs_filtering(inode), &call, open_bottom,
			      lower);
	/* A filter has thought better of it */
	if (ret && file->private_data && file->private_data != lower)
		detach(file);
	return ret;
}

/**
 * bypassfs_open() - file_operations.open, also of directories
 * @inode: the upper inode
 * @file: the upper file
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int bypassfs_open(struct inode *inode, struct file *file)
{
	return bypassfs_open_on(inode, file, NULL);
}

static long release_bottom(struct bpio_call *call, void *arg)
{
	bpio_operation_release(call->file);
	bpio_handle_release(bypassfs_file(call->file));
	return 0;
}

/**
 * bypassfs_release() - file_operations.release, also of directories
 * @inode: the upper inode
 * @file: the upper file
 *
 * Context: May sleep.
 * Return: 0.
 */
int bypassfs_release(struct inode *inode, struct file *file)
{
	struct bpio_call call = {
		.type = BPIO_CALL_RELEASE,
		.inode = inode,
		.file = file,
	};

	bpio_chain_pass(bypassfs_filtering(inode), &call, release_bottom,
			NULL);
	detach(file);
	return 0;
}

/**
 * bypassfs_flush() - file_operations.flush: a descriptor is closed
 * @file: the upper file
 * @id: whose descriptor, as owner of locks
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int bypassfs_flush(struct file *file, fl_owner_t id)
{
	struct file *lower = bypassfs_lower_file(file);
	int err = 0;

	if (lower->f_op->flush)
		err = lower->f_op->flush(lower, id);
	bypassfs_unlock(lower, id);
	return err;
}

static long fsync_bottom(struct bpio_call *call, void *arg)
{
	return vfs_fsync_range(bypassfs_lower_file(call->file),
			       call->fsync.start, call->fsync.end,
			       call->fsync.datasync);
}

/**
 * bypassfs_fsync() - file_operations.fsync, also of directories
 * @file: the upper file
 * @start: bytes
 * @end: bytes, included
 * @datasync: whether the inode's times may stay unwritten
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int bypassfs_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	struct bpio_call call = {
		.type = BPIO_CALL_FSYNC,
		.inode = file_inode(file),
		.file = file,
		.fsync = { .start = start, .end = end, .datasync = datasync },
	};

	return bpio_chain_pass(bypassfs_filtering(call.inode), &call,
			       fsync_bottom, NULL);
}

/**
 * bypassfs_llseek() - file_operations.llseek, also of directories
 * @file: the upper file
 * @offset: bytes, or a directory position
 * @whence: SEEK_*
 *
 * Context: May sleep. The VFS lets one at a time change the position of a file.
 * Return: The new position or a negative errno.
 */
loff_t bypassfs_llseek(struct file *file, loff_t offset, int whence)
{
	struct file *lower = bypassfs_lower_file(file);
	loff_t pos;

	lower->f_mode |= file->f_mode & (FMODE_32BITHASH | FMODE_64BITHASH);
	/*
	 * The lower position is nobody's: whoever looks for a hole moves it. So
	 * nothing is taken from there.
	 */
	if (whence == SEEK_CUR) {
		if (!offset)
			return file->f_pos;
		if (check_add_overflow(file->f_pos, offset, &offset))
			return -EOVERFLOW;
		whence = SEEK_SET;
	}
	pos = vfs_llseek(lower, offset, whence);
	if (pos >= 0)
		file->f_pos = pos;
	return pos;
}

#define COMMON_FOPS						\
	.owner			= THIS_MODULE,				\
	.open			= bypassfs_open,			\
	.release		= bypassfs_release,			\
	.flush			= bypassfs_flush,			\
	.llseek			= bypassfs_llseek,			\
	.read_iter		= bypassfs_read_iter,			\
	.iopoll			= iocb_bio_iopoll,			\
	.write_iter		= bypassfs_write_iter,			\
	.splice_read		= bypassfs_splice_read,			\
	.splice_write		= iter_file_splice_write,		\
	.copy_file_range	= bypassfs_copy_file_range,		\
	.fallocate		= bypassfs_fallocate,			\
	.fadvise		= bypassfs_fadvise,			\
	.mmap			= bypassfs_mmap,			\
	.fsync			= bypassfs_fsync,			\
	.lock			= bypassfs_lock,			\
	.flock			= bypassfs_flock,			\
	.setlease		= bypassfs_setlease,			\
	.unlocked_ioctl		= bypassfs_ioctl,			\
	.compat_ioctl		= bypassfs_compat_ioctl

const struct file_operations bypassfs_file_fops = {
	COMMON_FOPS,
};

/* Where the lower file system can share blocks: others have another errno. */
const struct file_operations bypassfs_sharing_fops = {
	COMMON_FOPS,
	.remap_file_range	= bypassfs_remap_file_range,
};
