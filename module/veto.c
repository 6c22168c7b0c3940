// SPDX-License-Identifier: GPL-2.0
/*
 * What the file system itself has against a bypass
 *
 * bpio_veto_handle() and bpio_veto_file() refuse ENABLE (R29): the first looks
 * at how our file is open, the second at what the lower file is.
 * bpio_veto_storage() refuses only the storage half, for what may pass (a writer
 * goes, inline data move out of the inode, a reflinked file is rewritten) and
 * for lower file systems whose blocks cannot be held.
 */
#include <linux/blkdev.h>
#include <linux/buffer_head.h>
#include <linux/fileattr.h>
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/stat.h>

#include "compat/file.h"
#include "lowerfs.h"
#include "veto.h"
#include "volume.h"

/**
 * bpio_veto_handle() - can reads of this open file bypass?
 * @file: an upper file
 *
 * Context: Any.
 * Return: BPIO_REASON_NONE, or why not.
 */
enum bpio_reason bpio_veto_handle(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (S_ISDIR(inode->i_mode))
		return BPIO_REASON_DIRECTORY;
	if (!S_ISREG(inode->i_mode))
		return BPIO_REASON_NOT_REGULAR;
	if (!(file->f_mode & FMODE_READ))
		return BPIO_REASON_NOT_READABLE;
	if (!(file->f_flags & O_DIRECT))
		return BPIO_REASON_NOT_DIRECT;
	return BPIO_REASON_NONE;
}

/* The lower file position is nobody's: ours is in the upper file */
static loff_t seek(struct file *lower, loff_t from, int whence)
{
	return vfs_llseek(lower, from, whence);
}

static bool has_hole(struct file *lower)
{
	loff_t size = i_size_read(file_inode(lower));
	loff_t hole = size ? seek(lower, 0, SEEK_HOLE) : size;

	return hole >= 0 && hole < size;
}

static bool has_all_blocks(struct file *lower)
{
	struct kstat stat;

	if (vfs_getattr_nosec(&lower->f_path, &stat, STATX_BLOCKS | STATX_SIZE,
			      AT_STATX_SYNC_AS_STAT))
		return false;
	return stat.blocks >= DIV_ROUND_UP_ULL(stat.size, SECTOR_SIZE);
}

/* A file system without attributes has none that matter */
static struct bp_fileattr attributes(struct file *lower)
{
	struct bp_fileattr fa = {};

	if (vfs_fileattr_get(lower->f_path.dentry, &fa))
		memset(&fa, 0, sizeof(fa));
	return fa;
}

static enum bpio_reason veto_flags(struct file *lower)
{
	const struct inode *inode = file_inode(lower);
	struct bp_fileattr fa;

	if (IS_ENCRYPTED(inode))
		return BPIO_REASON_ENCRYPTED;
	if (IS_SWAPFILE(inode))
		return BPIO_REASON_SWAPFILE;
	if (IS_DAX(inode))
		return BPIO_REASON_DAX;
	fa = attributes(lower);
	if (fa.flags & FS_COMPR_FL)
		return BPIO_REASON_COMPRESSED;
	if (fa.fsx_xflags & FS_XFLAG_DAX)
		return BPIO_REASON_DAX;
	return BPIO_REASON_NONE;
}

/**
 * bpio_veto_file() - is it a file whose reads must not bypass? (R29)
 * @lower: the lower file
 *
 * Context: Sleeps; takes locks of the lower inode.
 * Return: BPIO_REASON_NONE, or why not.
 */
enum bpio_reason bpio_veto_file(struct file *lower)
{
	enum bpio_reason reason = veto_flags(lower);

	if (reason)
		return reason;
	/* Preallocated and not written looks like a hole, but has its blocks */
	if (has_hole(lower) && !has_all_blocks(lower))
		return BPIO_REASON_SPARSE;
	return BPIO_REASON_NONE;
}

/* What STATX_DIOALIGN tells is the only public sign of some of these */
static enum bpio_reason veto_dio(const struct bpio_volume *vol,
				 struct file *lower)
{
	struct block_device *bdev = vol->lower_sb->s_bdev;
	struct kstat stat;

	if (vfs_getattr_nosec(&lower->f_path, &stat, STATX_DIOALIGN,
			      AT_STATX_SYNC_AS_STAT))
		return BPIO_REASON_IO_ERROR;
	if (!(stat.result_mask & STATX_DIOALIGN) || !stat.dio_mem_align)
		return vol->fs->dio_zero_is_journal ?
			BPIO_REASON_JOURNALLED : BPIO_REASON_NO_DIRECT_IO;
	if (stat.dio_offset_align > bdev_logical_block_size(bdev) ||
	    stat.dio_mem_align > bdev_dma_alignment(bdev) + 1)
		return BPIO_REASON_NO_DIRECT_IO;
	return BPIO_REASON_NONE;
}

/* Nothing of the file can be found on the disk although it is not a hole */
static enum bpio_reason veto_unmapped(const struct bpio_volume *vol,
				      struct file *lower)
{
	struct inode *inode = file_inode(lower);
	loff_t data = i_size_read(inode) ? seek(lower, 0, SEEK_DATA) : -ENXIO;
	sector_t block;

	if (data == -ENXIO)
		return i_size_read(inode) ? BPIO_REASON_UNWRITTEN :
					    BPIO_REASON_NONE;
	if (data < 0)
		return BPIO_REASON_IO_ERROR;
	block = data >> inode->i_blkbits;
	if (bmap(inode, &block))
		return BPIO_REASON_FS_UNSUPPORTED;
	if (block)
		return BPIO_REASON_NONE;
	/* XFS tells no block of an inode that ever shared one */
	return vol->fs->moves_denied ? BPIO_REASON_UNMAPPED :
				       BPIO_REASON_SHARED;
}

/**
 * bpio_veto_layout() - are the file's data in blocks that we may read?
 * @vol: the mount; @fs is set
 * @lower: the lower file, without dirty pages
 *
 * Context: Sleeps; takes locks of the lower inode.
 * Return: BPIO_REASON_NONE, or why not.
 */
enum bpio_reason bpio_veto_layout(const struct bpio_volume *vol,
				  struct file *lower)
{
	const struct inode *inode = file_inode(lower);
	struct bp_fileattr fa;
	enum bpio_reason reason;

	reason = veto_flags(lower);
	if (reason)
		return reason;
	if (IS_VERITY(inode))
		return BPIO_REASON_VERITY;
	if (IS_NOQUOTA(inode))
		return BPIO_REASON_SYSTEM_FILE;
	if (bp_file_is_hsm(lower))
		return BPIO_REASON_HSM;
	fa = attributes(lower);
	if (fa.flags & FS_INLINE_DATA_FL)
		return BPIO_REASON_INLINE_DATA;
	if (fa.flags & FS_JOURNAL_DATA_FL)
		return BPIO_REASON_JOURNALLED;
	if (fa.fsx_xflags & FS_XFLAG_REALTIME)
		return BPIO_REASON_REALTIME;
	reason = veto_dio(vol, lower);
	if (reason)
		return reason;
	return veto_unmapped(vol, lower);
}

/**
 * bpio_veto_storage() - what arming the file would find, without arming it
 * @vol: the mount
 * @lower: the lower file
 *
 * Context: Sleeps: writes out dirty pages; takes locks of the lower inode.
 * Return: BPIO_REASON_NONE, or why not.
 */
enum bpio_reason bpio_veto_storage(const struct bpio_volume *vol,
				   struct file *lower)
{
	struct inode *inode = file_inode(lower);
	enum bpio_reason reason;

	if (!vol->lower_sb->s_bdev)
		return BPIO_REASON_NO_BLOCK_DEVICE;
	if (!vol->fs)
		return BPIO_REASON_FS_UNSUPPORTED;
	if (READ_ONCE(vol->dead))
		return BPIO_REASON_SHUT_DOWN;
	if (READ_ONCE(vol->paused))
		return BPIO_REASON_VOLUME_PAUSED;
	if (filemap_write_and_wait(inode->i_mapping))
		return BPIO_REASON_IO_ERROR;
	reason = bpio_veto_layout(vol, lower);
	/* Said last: the others stay when the writer is gone */
	if (!reason && atomic_read(&inode->i_writecount) > 0)
		reason = BPIO_REASON_WRITER;
	return reason;
}
