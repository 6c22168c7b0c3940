// SPDX-License-Identifier: GPL-2.0
/*
 * The lower file as programs see it, in whole blocks
 *
 * Memory for a range begins where its first unit begins, so that @data and @lo
 * of the functions here differ by what lies before @lo in that unit: it is not
 * looked at, and not kept. A range ends at a block's end, or at the end of the
 * file.
 */
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/slab.h>

#include "crypt.h"
#include "compat/compat.h"

/**
 * crypt_lower() - a lower file, for what does not read or write
 * @io: the file
 *
 * Context: Any.
 * Return: borrowed.
 */
struct file *crypt_lower(const struct crypt_io *io)
{
	return io->file ? bpio_lower_file(io->file) : io->lower;
}

/**
 * crypt_size() - how long is the file?
 * @io: the file
 *
 * Context: Any.
 * Return: bytes.
 */
loff_t crypt_size(const struct crypt_io *io)
{
	return i_size_read(file_inode(crypt_lower(io)));
}

/**
 * crypt_buffer() - memory for a range of a file
 * @size: in: bytes that would be good; out: that there are, whole units
 *
 * Context: Sleeps.
 * Return: to be freed with kfree_sensitive(), or NULL.
 */
void *crypt_buffer(size_t *size)
{
	void *data;

	*size = crypt_up(clamp(*size, CRYPT_UNIT, CRYPT_CHUNK), CRYPT_UNIT);
	data = kzalloc(*size, GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
	if (data || *size == CRYPT_UNIT)
		return data;
	*size = CRYPT_UNIT;
	return kzalloc(*size, GFP_KERNEL);
}

static ssize_t read_some(struct crypt_io *io, u8 *data, size_t len, loff_t pos)
{
	if (io->file && io->file->f_mode & FMODE_READ)
		return bpio_read_below(io->inst, io->file, data, len, pos);
	return kernel_read(io->lower ?: io->cf->lower, data, len, &pos);
}

static ssize_t write_some(struct crypt_io *io, const u8 *data, size_t len,
			  loff_t pos)
{
	if (io->file && io->file->f_mode & FMODE_WRITE)
		return bpio_write_below(io->inst, io->file, data, len, pos);
	if (WARN_ON_ONCE(!io->lower))
		return -EBADF;
	return kernel_write(io->lower, data, len, &pos);
}

/**
 * crypt_read_raw() - what is in the lower file
 * @io: the file
 * @data: where to; zeroes beyond the end of the file
 * @lo: bytes; from there
 * @hi: bytes; to there
 *
 * Context: Sleeps; sem held.
 * Return: 0 or a negative errno.
 */
int crypt_read_raw(struct crypt_io *io, u8 *data, loff_t lo, loff_t hi)
{
	ssize_t n;

	while (lo < hi) {
		n = read_some(io, data, hi - lo, lo);
		if (n < 0)
			return n;
		if (!n)
			break;
		data += n;
		lo += n;
	}
	memset(data, 0, hi - lo);
	return 0;
}

/**
 * crypt_write_raw() - into the lower file
 * @io: the file
 * @data: where from
 * @lo: bytes; from there
 * @hi: bytes; to there
 *
 * Context: Sleeps; sem held for writing.
 * Return: 0 or a negative errno, some of it being written.
 */
int crypt_write_raw(struct crypt_io *io, const u8 *data, loff_t lo, loff_t hi)
{
	ssize_t n;

	io->cf->changes++;
	while (lo < hi) {
		n = write_some(io, data, hi - lo, lo);
		if (n <= 0)
			return n ?: -EIO;
		data += n;
		lo += n;
	}
	return 0;
}

/**
 * crypt_read_plain() - what programs see
 * @io: the file, with keys
 * @data: where to, see above; zeroes beyond the end of the file
 * @lo: bytes, of a block's beginning
 * @hi: bytes
 *
 * Context: Sleeps; sem held.
 * Return: 0 or a negative errno.
 */
int crypt_read_plain(struct crypt_io *io, u8 *data, loff_t lo, loff_t hi)
{
	const struct crypt_head *head = io->cf->head;
	loff_t base = crypt_down(lo, CRYPT_UNIT);
	loff_t end = crypt_up(hi, CRYPT_BLOCK);
	loff_t size = crypt_size(io);
	loff_t cipher;
	int ret;

	ret = crypt_read_raw(io, data + (lo - base), lo, end);
	if (ret || !crypt_is_cipher(head, lo))
		return ret;
	cipher = min_t(u64, end, head->boundary);
	crypt_slots_fill(head, data + (lo - base), lo, cipher, size);
	ret = crypt_decrypt(io->cf->keys, data, base, cipher - base);
	if (!ret && size < end)
		memset(data + max(size - base, lo - base), 0,
		       end - max(size, lo));
	return ret;
}

/* A write has failed: where the file ends now there is no slot for its tail */
static void trim(struct crypt_io *io, loff_t size)
{
	struct file *lower = crypt_lower(io);
	struct iattr attr = { .ia_valid = ATTR_SIZE };
	struct inode *inode = file_inode(lower);

	attr.ia_size = max(size, crypt_down(crypt_size(io), CRYPT_BLOCK));
	if (attr.ia_size >= crypt_size(io) || mnt_want_write(lower->f_path.mnt))
		return;
	inode_lock(inode);
	if (notify_change(&nop_mnt_idmap, lower->f_path.dentry, &attr, NULL))
		pr_warn_ratelimited("bpio_crypt: a failed write at the end of inode %lu cannot be taken back\n",
				    inode->i_ino);
	inode_unlock(inode);
	mnt_drop_write(lower->f_path.mnt);
}

/**
 * crypt_write_plain() - what programs will see
 * @io: the file, with keys
 * @data: where from, see above; is used up
 * @lo: bytes, of a block's beginning, not behind the block that the file ends
 *	in
 * @hi: bytes, of a block's end, or where the file ends, now or then
 *
 * Context: Sleeps; sem held for writing.
 * Return: 0 or a negative errno.
 */
int crypt_write_plain(struct crypt_io *io, u8 *data, loff_t lo, loff_t hi)
{
	const struct crypt_head *head = io->cf->head;
	loff_t base = crypt_down(lo, CRYPT_UNIT);
	loff_t tail = crypt_down(hi, CRYPT_BLOCK);
	loff_t size = crypt_size(io);
	bool tail_slot = hi != tail && crypt_is_cipher(head, tail);
	loff_t cipher;
	int ret = 0;

	if (tail_slot)
		memset(data + (hi - base), 0, tail + CRYPT_BLOCK - hi);
	cipher = min_t(u64, crypt_up(hi, CRYPT_BLOCK), head->boundary);
	if (crypt_is_cipher(head, lo))
		ret = crypt_encrypt(io->cf->keys, data, base, cipher - base);
	if (!ret && (tail_slot || hi > size))
		ret = crypt_slots_change(io, size, tail,
					 tail_slot ? data + (tail - base) :
						     NULL);
	if (ret)
		return ret;
	if (tail_slot)
		memset(data + (tail - base), 0, hi - tail);
	ret = crypt_write_raw(io, data + (lo - base), lo, hi);
	if (ret && crypt_size(io) > size)
		trim(io, size);
	return ret;
}

/**
 * crypt_mask_tail() - the file is about to grow
 * @io: the file, with keys
 *
 * The block that it ends in is in a slot, if it is anywhere. On return the slot
 * has zeroes behind what is in the file, and so the block may become whole.
 *
 * Context: Sleeps; sem held for writing.
 * Return: 0 or a negative errno.
 */
int crypt_mask_tail(struct crypt_io *io)
{
	loff_t size = crypt_size(io), tail = crypt_down(size, CRYPT_BLOCK);
	loff_t base = crypt_down(tail, CRYPT_UNIT);
	size_t len = CRYPT_UNIT;
	u8 *data;
	int ret;

	if (size == tail || !crypt_is_cipher(io->cf->head, tail) ||
	    !crypt_slot_find(io->cf->head, tail))
		return crypt_slots_change(io, size, 0, NULL);
	data = crypt_buffer(&len);
	if (!data)
		return -ENOMEM;
	ret = crypt_read_plain(io, data, tail, tail + CRYPT_BLOCK);
	if (!ret)
		ret = crypt_encrypt(io->cf->keys, data, base,
				    tail + CRYPT_BLOCK - base);
	if (!ret)
		ret = crypt_slots_change(io, size, tail, data + (tail - base));
	kfree_sensitive(data);
	return ret;
}
