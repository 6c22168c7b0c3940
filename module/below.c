// SPDX-License-Identifier: GPL-2.0
/*
 * What a filter itself does to those below it
 */
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/uio.h>

#include "chain.h"
#include "filter.h"
#include "stack.h"
#include "writer.h"

/* Through the page cache, so that nothing has to be aligned */
static void begin(struct kiocb *iocb, struct file *file, loff_t pos)
{
	init_sync_kiocb(iocb, file);
	iocb->ki_flags &= ~(IOCB_DIRECT | IOCB_NOWAIT | IOCB_APPEND);
	iocb->ki_pos = pos;
}

static long read_bottom(struct bpio_call *call, void *arg)
{
	const struct bypassfs_read_end end = {};

	return bypassfs_lower_read(bypassfs_lower_file(call->file),
				   call->rw.iocb, call->rw.iter, &end);
}

static long write_bottom(struct bpio_call *call, void *arg)
{
	return bypassfs_lower_write(bypassfs_lower_file(call->file),
				    call->rw.iocb, call->rw.iter, NULL);
}

/* See filter.h */
ssize_t bpio_read_below(struct bpio_instance *inst, struct file *file,
			void *data, size_t len, loff_t pos)
{
	struct kvec vec = { .iov_base = data, .iov_len = len };
	struct bpio_call call;
	struct iov_iter iter;
	struct kiocb iocb;

	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, len);
	begin(&iocb, file, pos);
	bpio_call_rw(&call, BPIO_CALL_READ, &iocb, &iter, data);
	return bpio_chain_call(&inst->vol->filtering, &call, inst, read_bottom,
			       NULL);
}
EXPORT_SYMBOL_GPL(bpio_read_below);

/* See filter.h */
ssize_t bpio_write_below(struct bpio_instance *inst, struct file *file,
			 const void *data, size_t len, loff_t pos)
{
	struct kvec vec = { .iov_base = (void *)data, .iov_len = len };
	struct bpio_call call;
	struct iov_iter iter;
	struct kiocb iocb;

	/* Who has it open for reading only has not kept it from being armed */
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, len);
	begin(&iocb, file, pos);
	bpio_call_rw(&call, BPIO_CALL_WRITE, &iocb, &iter, (void *)data);
	return bpio_chain_call(&inst->vol->filtering, &call, inst, write_bottom,
			       NULL);
}
EXPORT_SYMBOL_GPL(bpio_write_below);

/* See filter.h */
struct file *bpio_lower_file(const struct file *file)
{
	return bypassfs_lower_file(file);
}
EXPORT_SYMBOL_GPL(bpio_lower_file);

/* See filter.h */
struct path bpio_lower_path(const struct dentry *dentry)
{
	return bypassfs_lower_path(dentry);
}
EXPORT_SYMBOL_GPL(bpio_lower_path);

/* See filter.h */
struct file *bpio_open_lower(const struct dentry *dentry, int flags,
			     const struct cred *cred)
{
	struct path path = bypassfs_lower_path(dentry);
	struct bpio_writer w;
	struct file *lower;

	if ((flags & O_ACCMODE) == O_RDONLY)
		return dentry_open(&path, flags, cred);
	bpio_writer_begin(&w, d_inode(path.dentry));
	lower = dentry_open(&path, flags, cred);
	bpio_writer_end(&w);
	return lower;
}
EXPORT_SYMBOL_GPL(bpio_open_lower);
