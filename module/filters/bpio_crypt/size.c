// SPDX-License-Identifier: GPL-2.0
/*
 * Truncating a file that is encrypted, in both directions
 *
 * The lower file system does it; before that the block that the file ends in,
 * then or now, is put where it can be read at both sizes, see slots.c.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "crypt.h"

/* What is in a slot is zero in the lower file, but on the disk not before it */
static int clear(struct crypt_io *io, loff_t tail)
{
	loff_t end = tail + CRYPT_BLOCK;
	u8 raw[CRYPT_BLOCK];
	int ret;

	ret = crypt_read_raw(io, raw, tail, end);
	if (ret || !memchr_inv(raw, 0, sizeof(raw)))
		return ret;
	ret = vfs_fsync_range(crypt_lower(io), tail, end - 1, 0);
	memset(raw, 0, sizeof(raw));
	return ret ?: crypt_write_raw(io, raw, tail,
				      min(end, crypt_size(io)));
}

/* The block that will be the tail gets a slot */
static int shrink(struct crypt_io *io, loff_t to)
{
	loff_t tail = crypt_down(to, CRYPT_BLOCK), size = crypt_size(io);
	loff_t base = crypt_down(tail, CRYPT_UNIT);
	size_t len = CRYPT_UNIT;
	u8 *data;
	int ret;

	if (to == tail || !crypt_is_cipher(io->cf->head, tail))
		return 0;
	data = crypt_buffer(&len);
	if (!data)
		return -ENOMEM;
	ret = crypt_read_plain(io, data, tail, tail + CRYPT_BLOCK);
	if (!ret)
		ret = crypt_encrypt(io->cf->keys, data, base,
				    tail + CRYPT_BLOCK - base);
	/* All of it: the truncation may not come to pass */
	if (!ret)
		ret = crypt_slots_change(io, size, tail, data + (tail - base));
	kfree_sensitive(data);
	return ret ?: clear(io, tail);
}

static int prepare(struct crypt_io *io, struct dentry *dentry, loff_t to)
{
	loff_t size;
	int ret;

	if (!io->file) {
		io->lower = crypt_open_lower(dentry, O_RDWR);
		if (IS_ERR(io->lower))
			return PTR_ERR(io->lower);
	}
	size = crypt_size(io);
	/* Before anything is changed for it */
	ret = inode_newsize_ok(file_inode(crypt_lower(io)), to);
	if (!ret && to < size)
		ret = shrink(io, to);
	else if (!ret && to > size)
		ret = crypt_mask_tail(io);
	io->cf->changes++;
	if (!io->file)
		fput(io->lower);
	return ret;
}

/**
 * crypt_pre_setattr() - bpio_filter.pre of BPIO_CALL_SETATTR
 * @inst: of the mount
 * @call: the call
 * @cookie: for crypt_post_size()
 *
 * Context: Sleeps.
 * Return: what is next.
 */
enum bpio_next crypt_pre_setattr(struct bpio_instance *inst,
				 struct bpio_call *call, void **cookie)
{
	struct dentry *dentry = call->setattr.dentry;
	struct crypt_io io = { .inst = inst };

	if (!S_ISREG(call->inode->i_mode) ||
	    !(call->setattr.attr->ia_valid & ATTR_SIZE))
		return BPIO_NEXT;
	io.cf = crypt_file_get(inst, call->inode, dentry);
	if (IS_ERR(io.cf)) {
		call->ret = PTR_ERR(io.cf);
		return BPIO_DONE;
	}
	if (call->file && call->file->f_mode & FMODE_WRITE)
		io.file = call->file;
	call->ret = crypt_lock(inst, io.cf, dentry, true);
	if (!call->ret && io.cf->head) {
		call->ret = prepare(&io, dentry, call->setattr.attr->ia_size);
		if (call->ret)
			up_write(&io.cf->sem);
	}
	if (call->ret) {
		crypt_file_put(io.cf);
		return BPIO_DONE;
	}
	*cookie = io.cf;
	return BPIO_NEXT_POST;
}

/**
 * crypt_post_size() - bpio_filter.post of BPIO_CALL_SETATTR and _FALLOCATE
 * @inst: of the mount
 * @call: the call
 * @cookie: the file, locked
 *
 * Context: Sleeps.
 */
void crypt_post_size(struct bpio_instance *inst, struct bpio_call *call,
		     void *cookie)
{
	struct crypt_file *cf = cookie;

	if (cf->head)
		up_write(&cf->sem);
	else
		up_read(&cf->sem);
	crypt_file_put(cf);
}
