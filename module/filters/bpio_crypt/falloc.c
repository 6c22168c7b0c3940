// SPDX-License-Identifier: GPL-2.0
/*
 * fallocate() on a file that is encrypted
 *
 * Whole blocks are the lower file system's: zero there is zero here. Blocks of
 * which only a part goes are written. To move blocks (collapse, insert) would
 * need each to be encrypted anew: EOPNOTSUPP.
 */
#include <linux/fs.h>
#include <linux/falloc.h>

#include "crypt.h"

/* From @pos to @end, which may be beyond the end of the file */
static int zero_range(struct crypt_io *io, int mode, loff_t pos, loff_t end)
{
	loff_t size = crypt_size(io);
	loff_t lo = crypt_up(pos, CRYPT_BLOCK);
	loff_t hi = end >= size ? end : crypt_down(end, CRYPT_BLOCK);
	bool grow = end > size && !(mode & FALLOC_FL_KEEP_SIZE);
	int ret = 0;

	if (pos < min(lo, size))
		ret = crypt_zero(io, pos, min3(lo, end, size));
	if (!ret && end < size && hi < end && hi >= lo)
		ret = crypt_zero(io, hi, end);
	if (!ret && hi > lo)
		ret = crypt_slots_drop(io, lo, hi);
	if (!ret && grow)
		ret = crypt_mask_tail(io);
	if (grow && lo >= hi) {
		/* Nothing is there yet, so it need not be whole blocks */
		lo = size;
		hi = end;
	}
	if (ret || hi <= lo)
		return ret;
	io->cf->changes++;
	return vfs_fallocate(crypt_lower(io), mode, lo, hi - lo);
}

/* 1: it is the lower file system's to do */
static int falloc(struct crypt_io *io, int mode, loff_t pos, loff_t len)
{
	int ret;

	switch (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_UNSHARE_RANGE)) {
	case 0:
		ret = 0;
		if (!(mode & FALLOC_FL_KEEP_SIZE) &&
		    pos + len > crypt_size(io))
			ret = crypt_mask_tail(io);
		return ret ?: 1;
	case FALLOC_FL_PUNCH_HOLE:
	case FALLOC_FL_ZERO_RANGE:
		return zero_range(io, mode, pos, pos + len);
	default:
		return -EOPNOTSUPP;
	}
}

/**
 * crypt_pre_fallocate() - bpio_filter.pre of BPIO_CALL_FALLOCATE
 * @inst: of the mount
 * @call: the call
 * @cookie: for crypt_post_size()
 *
 * Context: Sleeps.
 * Return: what is next.
 */
enum bpio_next crypt_pre_fallocate(struct bpio_instance *inst,
				   struct bpio_call *call, void **cookie)
{
	struct crypt_io io = { .inst = inst, .file = call->file };
	struct dentry *dentry = call->file->f_path.dentry;

	if (!S_ISREG(call->inode->i_mode))
		return BPIO_NEXT;
	io.cf = crypt_file_get(inst, call->inode, dentry);
	if (IS_ERR(io.cf)) {
		call->ret = PTR_ERR(io.cf);
		return BPIO_DONE;
	}
	call->ret = crypt_lock(inst, io.cf, dentry, true);
	if (!call->ret && io.cf->head) {
		call->ret = falloc(&io, call->fallocate.mode,
				   call->fallocate.offset, call->fallocate.len);
		if (call->ret <= 0)
			up_write(&io.cf->sem);
	} else if (!call->ret) {
		call->ret = 1;
	}
	if (call->ret <= 0) {
		crypt_file_put(io.cf);
		return BPIO_DONE;
	}
	call->ret = 0;
	*cookie = io.cf;
	return BPIO_NEXT_POST;
}
