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

/*
 * One more objection. The first is what a caller reports; one who wants @all of
 * them goes on asking. True if enough is known.
 */
static bool object(enum bpio_reason *first, u64 *all, enum bpio_reason reason)
{
	if (!reason)
		return false;
	if (!*first)
		*first = reason;
	if (all)
		*all |= BIT_ULL(reason);
	return !all;
}

/**
 * bpio_veto_handle() - can reads of this open file bypass?
 * @file: an upper file
 * @all: NULL, or where to add a bit for each reason
 *
 * Context: Any.
 * Return: BPIO_REASON_NONE, or the first reason why not.
 */
enum bpio_reason bpio_veto_handle(const struct file *file, u64 *all)
{
	const struct inode *inode = file_inode(file);
	enum bpio_reason first = BPIO_REASON_NONE;

	if (S_ISDIR(inode->i_mode))
		object(&first, all, BPIO_REASON_DIRECTORY);
	else if (!S_ISREG(inode->i_mode))
		object(&first, all, BPIO_REASON_NOT_REGULAR);
	if (first)
		return first;
	if (!(file->f_mode & FMODE_READ) &&
	    object(&first, all, BPIO_REASON_NOT_READABLE))
		return first;
	if (!(file->f_flags & O_DIRECT))
		object(&first, all, BPIO_REASON_NOT_DIRECT);
	return first;
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

static enum bpio_reason veto_flags(struct file *lower, u64 *all)
{
	const struct inode *inode = file_inode(lower);
	enum bpio_reason first = BPIO_REASON_NONE;
	struct bp_fileattr fa;

	if (IS_ENCRYPTED(inode) && object(&first, all, BPIO_REASON_ENCRYPTED))
		return first;
	if (IS_SWAPFILE(inode) && object(&first, all, BPIO_REASON_SWAPFILE))
		return first;
	if (IS_DAX(inode) && object(&first, all, BPIO_REASON_DAX))
		return first;
	fa = attributes(lower);
	if (fa.flags & FS_COMPR_FL &&
	    object(&first, all, BPIO_REASON_COMPRESSED))
		return first;
	if (fa.fsx_xflags & FS_XFLAG_DAX)
		object(&first, all, BPIO_REASON_DAX);
	return first;
}

/**
 * bpio_veto_file() - is it a file whose reads must not bypass? (R29)
 * @lower: the lower file
 * @all: NULL, or where to add a bit for each reason
 *
 * Context: Sleeps; takes locks of the lower inode.
 * Return: BPIO_REASON_NONE, or the first reason why not.
 */
enum bpio_reason bpio_veto_file(struct file *lower, u64 *all)
{
	enum bpio_reason first = veto_flags(lower, all);

	if (first && !all)
		return first;
	/* Preallocated and not written looks like a hole, but has its blocks */
	if (has_hole(lower) && !has_all_blocks(lower))
		object(&first, all, BPIO_REASON_SPARSE);
	return first;
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

static enum bpio_reason veto_attributes(struct file *lower, u64 *all)
{
	const struct inode *inode = file_inode(lower);
	enum bpio_reason first = BPIO_REASON_NONE;
	struct bp_fileattr fa;

	if (IS_VERITY(inode) && object(&first, all, BPIO_REASON_VERITY))
		return first;
	if (IS_NOQUOTA(inode) && object(&first, all, BPIO_REASON_SYSTEM_FILE))
		return first;
	if (bp_file_is_hsm(lower) && object(&first, all, BPIO_REASON_HSM))
		return first;
	fa = attributes(lower);
	if (fa.flags & FS_INLINE_DATA_FL &&
	    object(&first, all, BPIO_REASON_INLINE_DATA))
		return first;
	if (fa.flags & FS_JOURNAL_DATA_FL &&
	    object(&first, all, BPIO_REASON_JOURNALLED))
		return first;
	if (fa.fsx_xflags & FS_XFLAG_REALTIME)
		object(&first, all, BPIO_REASON_REALTIME);
	return first;
}

/**
 * bpio_veto_layout() - are the file's data in blocks that we may read?
 * @vol: the mount; @fs is set
 * @lower: the lower file, without dirty pages
 * @all: NULL, or where to add a bit for each reason
 *
 * Context: Sleeps; takes locks of the lower inode.
 * Return: BPIO_REASON_NONE, or the first reason why not.
 */
enum bpio_reason bpio_veto_layout(const struct bpio_volume *vol,
				  struct file *lower, u64 *all)
{
	enum bpio_reason first, reason;

	/* Asked before, but without the hold */
	first = veto_flags(lower, all);
	if (first && !all)
		return first;
	reason = veto_attributes(lower, all);
	if (object(&first, all, reason))
		return first;
	/* What is told already may be why there is no direct I/O, or no block */
	if (!first && object(&first, all, veto_dio(vol, lower)))
		return first;
	if (!first)
		object(&first, all, veto_unmapped(vol, lower));
	return first;
}

/**
 * bpio_veto_storage() - what arming the file would find, without arming it
 * @vol: the mount
 * @lower: the lower file
 * @all: NULL, or where to add a bit for each reason
 *
 * Context: Sleeps: writes out dirty pages; takes locks of the lower inode.
 * Return: BPIO_REASON_NONE, or the first reason why not.
 */
enum bpio_reason bpio_veto_storage(const struct bpio_volume *vol,
				   struct file *lower, u64 *all)
{
	enum bpio_reason first = BPIO_REASON_NONE;
	struct inode *inode = file_inode(lower);

	if (!vol->fs) {
		object(&first, all, vol->lower_sb->s_bdev ?
		       BPIO_REASON_FS_UNSUPPORTED :
		       BPIO_REASON_NO_BLOCK_DEVICE);
		return first;
	}
	if (READ_ONCE(vol->dead)) {
		object(&first, all, BPIO_REASON_SHUT_DOWN);
		return first;
	}
	if (READ_ONCE(vol->paused) &&
	    object(&first, all, BPIO_REASON_VOLUME_PAUSED))
		return first;
	if (filemap_write_and_wait(inode->i_mapping) &&
	    object(&first, all, BPIO_REASON_IO_ERROR))
		return first;
	if (object(&first, all, bpio_veto_layout(vol, lower, all)))
		return first;
	if (READ_ONCE(vol->drivers.vetoed) &&
	    object(&first, all, BPIO_REASON_VOLUME_VETOED))
		return first;
	/* Said last: the others stay when the writer is gone */
	if (atomic_read(&inode->i_writecount) > 0)
		object(&first, all, BPIO_REASON_WRITER);
	return first;
}
