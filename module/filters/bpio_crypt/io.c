// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and writes
 *
 * Those of a plain file go on down, with the semaphore held until they are
 * back, so that a conversion meets none. Those of any other are completed here:
 * many reads at a time, one write.
 */
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "crypt.h"

static struct dentry *dentry_of(const struct bpio_call *call)
{
	return call->file->f_path.dentry;
}

static bool is_ready(const struct crypt_file *cf)
{
	return cf->keys && cf->settled;
}

/**
 * crypt_lock() - keep conversions away
 * @inst: of the mount
 * @cf: the file
 * @dentry: one of its
 * @write: it will be changed
 *
 * Context: Sleeps.
 * Return: 0, sem being held: for writing if @write and the file is not plain,
 * else for reading, and if the file is not plain it can be read; or a negative
 * errno.
 */
int crypt_lock(struct bpio_instance *inst, struct crypt_file *cf,
	       struct dentry *dentry, bool write)
{
	int ret;

	for (;;) {
		ret = down_read_killable(&cf->sem);
		if (ret)
			return ret;
		if (!cf->head || (!write && is_ready(cf)))
			return 0;
		up_read(&cf->sem);
		ret = crypt_file_ready(inst, cf, dentry);
		if (ret)
			return ret;
		if (!write)
			continue;
		ret = down_write_killable(&cf->sem);
		if (ret)
			return ret;
		if (cf->head && is_ready(cf))
			return 0;
		up_write(&cf->sem);
	}
}

static ssize_t read_pieces(struct crypt_io *io, struct kiocb *iocb,
			   struct iov_iter *to, u8 *data, size_t room)
{
	loff_t lo, hi, base, pos, size;
	ssize_t done = 0;
	size_t n, copied;
	int ret;

	while (iov_iter_count(to)) {
		pos = iocb->ki_pos;
		size = crypt_size(io);
		if (pos >= size)
			break;
		lo = crypt_down(pos, CRYPT_BLOCK);
		base = crypt_down(pos, CRYPT_UNIT);
		hi = min3(size, base + (loff_t)room,
			  pos + (loff_t)iov_iter_count(to));
		ret = crypt_read_plain(io, data, lo, hi);
		if (ret)
			return done ?: ret;
		n = hi - pos;
		copied = copy_to_iter(data + (pos - base), n, to);
		iocb->ki_pos += copied;
		done += copied;
		if (copied != n)
			return done ?: -EFAULT;
		if (fatal_signal_pending(current))
			return done ?: -EINTR;
	}
	return done;
}

static ssize_t read_cipher(struct crypt_io *io, struct kiocb *iocb,
			   struct iov_iter *to)
{
	/* What is before the first byte in its unit has to fit as well */
	size_t room = min_t(size_t, iov_iter_count(to), CRYPT_CHUNK) +
		      CRYPT_UNIT;
	u8 *data = crypt_buffer(&room);
	ssize_t ret;

	if (!data)
		return -ENOMEM;
	ret = read_pieces(io, iocb, to, data, room);
	kfree_sensitive(data);
	return ret;
}

/* Blocks that keep a part of what they hold; @lo and @hi are of blocks */
static int read_edges(struct crypt_io *io, u8 *data, loff_t lo, loff_t pos,
		      loff_t end, loff_t hi)
{
	loff_t base = crypt_down(lo, CRYPT_UNIT);
	loff_t last = crypt_down(end, CRYPT_BLOCK);
	loff_t unit = crypt_down(last, CRYPT_UNIT);
	int ret = 0;

	if (last != end && end < hi && last >= lo)
		ret = crypt_read_plain(io, data + (unit - base), last,
				       last + CRYPT_BLOCK);
	if (!ret && lo != pos && (lo != last || end == hi))
		ret = crypt_read_plain(io, data, lo, lo + CRYPT_BLOCK);
	return ret;
}

/*
 * From @pos to @end, which fit into @data. @from NULL: zeroes. Growing a file
 * by more than a block is the caller's.
 */
static ssize_t write_piece(struct crypt_io *io, u8 *data, loff_t pos,
			   loff_t end, struct iov_iter *from)
{
	loff_t size = max(crypt_size(io), end);
	loff_t lo = crypt_down(pos, CRYPT_BLOCK);
	loff_t base = crypt_down(pos, CRYPT_UNIT);
	loff_t hi = min(crypt_up(end, CRYPT_BLOCK), size);
	int ret;

	ret = read_edges(io, data, lo, pos, end, hi);
	if (ret)
		return ret;
	if (!from)
		memset(data + (pos - base), 0, end - pos);
	else if (!copy_from_iter_full(data + (pos - base), end - pos, from))
		return -EFAULT;
	ret = crypt_write_plain(io, data, lo, hi);
	if (ret && from)
		iov_iter_revert(from, end - pos);
	return ret ?: end - pos;
}

static ssize_t write_pieces(struct crypt_io *io, loff_t *pos, size_t len,
			    struct iov_iter *from)
{
	size_t room = min_t(size_t, len, CRYPT_CHUNK) + CRYPT_UNIT;
	loff_t stop = *pos + len;
	ssize_t ret, done = 0;
	u8 *data;

	data = crypt_buffer(&room);
	if (!data)
		return -ENOMEM;
	/* From the file's end to here it becomes a hole, see cipher.c */
	ret = *pos > crypt_size(io) ? crypt_mask_tail(io) : 0;
	while (!ret && *pos < stop) {
		loff_t end = min(stop, crypt_down(*pos, CRYPT_UNIT) +
				       (loff_t)room);

		ret = write_piece(io, data, *pos, end, from);
		if (ret < 0)
			break;
		done += ret;
		*pos += ret;
		ret = fatal_signal_pending(current) ? -EINTR : 0;
	}
	kfree_sensitive(data);
	return done ?: ret;
}

/**
 * crypt_zero() - write zeroes
 * @io: the file, with keys
 * @pos: bytes; from there
 * @end: bytes; to there; not beyond the end of the file
 *
 * Context: Sleeps; sem held for writing.
 * Return: 0 or a negative errno.
 */
int crypt_zero(struct crypt_io *io, loff_t pos, loff_t end)
{
	ssize_t ret;

	while (pos < end) {
		ret = write_pieces(io, &pos, end - pos, NULL);
		if (ret <= 0)
			return ret ?: -EIO;
	}
	return 0;
}

static ssize_t write_cipher(struct crypt_io *io, struct kiocb *iocb,
			    struct iov_iter *from)
{
	ssize_t ret = generic_write_checks(iocb, from);
	int err;

	if (ret <= 0)
		return ret;
	ret = write_pieces(io, &iocb->ki_pos, ret, from);
	if (ret > 0 && iocb->ki_flags & IOCB_DSYNC) {
		/* The tail is not among the data */
		err = vfs_fsync(crypt_lower(io), 0);
		if (err)
			return err;
		io->cf->synced = io->cf->changes;
	}
	return ret;
}

/* What the calls have in common: who has the key, and is it cipher text? */
static enum bpio_next pre(struct bpio_instance *inst, struct bpio_call *call,
			  void **cookie, bool write)
{
	struct crypt_io io = { .inst = inst, .file = call->file };

	io.cf = crypt_file_get(inst, call->inode, dentry_of(call));
	if (IS_ERR(io.cf)) {
		call->ret = PTR_ERR(io.cf);
		return BPIO_DONE;
	}
	call->ret = crypt_lock(inst, io.cf, dentry_of(call), write);
	if (!call->ret && !io.cf->head) {
		*cookie = io.cf;
		return BPIO_NEXT_POST;
	}
	if (!call->ret && write) {
		call->ret = write_cipher(&io, call->rw.iocb, call->rw.iter);
		up_write(&io.cf->sem);
	} else if (!call->ret) {
		call->ret = read_cipher(&io, call->rw.iocb, call->rw.iter);
		up_read(&io.cf->sem);
	}
	crypt_file_put(io.cf);
	return BPIO_DONE;
}

/**
 * crypt_pre_read() - bpio_filter.pre of BPIO_CALL_READ
 * @inst: of the mount
 * @call: the call
 * @cookie: for crypt_post_read()
 *
 * Context: Sleeps.
 * Return: what is next.
 */
enum bpio_next crypt_pre_read(struct bpio_instance *inst,
			      struct bpio_call *call, void **cookie)
{
	return pre(inst, call, cookie, false);
}

/**
 * crypt_post_read() - bpio_filter.post of BPIO_CALL_READ
 * @inst: of the mount
 * @call: the call
 * @cookie: of crypt_pre_read()
 *
 * Context: Sleeps.
 */
void crypt_post_read(struct bpio_instance *inst, struct bpio_call *call,
		     void *cookie)
{
	struct crypt_file *cf = cookie;

	up_read(&cf->sem);
	crypt_file_put(cf);
}

/**
 * crypt_pre_write() - bpio_filter.pre of BPIO_CALL_WRITE
 * @inst: of the mount
 * @call: the call
 * @cookie: for crypt_post_write()
 *
 * Context: Sleeps.
 * Return: what is next.
 */
enum bpio_next crypt_pre_write(struct bpio_instance *inst,
			       struct bpio_call *call, void **cookie)
{
	return pre(inst, call, cookie, true);
}

/**
 * crypt_post_write() - bpio_filter.post of BPIO_CALL_WRITE
 * @inst: of the mount
 * @call: the call
 * @cookie: of crypt_pre_write()
 *
 * Context: Sleeps.
 */
void crypt_post_write(struct bpio_instance *inst, struct bpio_call *call,
		      void *cookie)
{
	crypt_post_read(inst, call, cookie);
}
