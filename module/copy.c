// SPDX-License-Identifier: GPL-2.0
/*
 * copy.c - operations that move or place data without the caller touching them
 *
 * Where a lower file system may share blocks between files, both of them are
 * about to be changed: the source's are marked as shared.
 */
#include <linux/fs.h>
#include <linux/splice.h>

#include "stack.h"
#include "writer.h"
#include "compat/compat.h"

/**
 * struct pair - two upper files, whose lower ones are about to share blocks
 * @in: lower source
 * @out: lower destination
 * @w_in: announces the change of @in
 * @w_out: announces the change of @out
 */
struct pair {
	struct file *in;
	struct file *out;
	struct bpio_writer w_in;
	struct bpio_writer w_out;
};

static void pair_begin(struct pair *p, struct file *in, struct file *out)
{
	bypassfs_follow_flags(in);
	bypassfs_follow_flags(out);
	p->in = bypassfs_lower_file(in);
	p->out = bypassfs_lower_file(out);
	bpio_writer_begin(&p->w_in, file_inode(p->in));
	bpio_writer_begin(&p->w_out, file_inode(p->out));
}

static void pair_end(struct pair *p, struct file *out)
{
	bpio_writer_end(&p->w_out);
	bpio_writer_end(&p->w_in);
	bypassfs_refresh(file_inode(out));
}

/* False if filters see such reads or writes. Who attaches one waits for us. */
static bool enter(struct bpio_gate *gate)
{
	return !bpio_gate_closed(gate) && bpio_gate_enter(gate);
}

static bool enter_both(struct file *in, struct file *out)
{
	struct bpio_gate *reads = &bypassfs_filtering(file_inode(in))->plain_reads;

	if (!enter(reads))
		return false;
	if (enter(&bypassfs_filtering(file_inode(out))->plain_writes))
		return true;
	bpio_gate_leave(reads);
	return false;
}

static void leave_both(struct file *in, struct file *out)
{
	bpio_gate_leave(&bypassfs_filtering(file_inode(out))->plain_writes);
	bpio_gate_leave(&bypassfs_filtering(file_inode(in))->plain_reads);
}

/**
 * bypassfs_copy_file_range() - file_operations.copy_file_range
 * @in: upper source, of this or another mount of ours
 * @pos_in: bytes
 * @out: upper destination
 * @pos_out: bytes
 * @len: bytes
 * @flags: 0
 *
 * Context: May sleep.
 * Return: Bytes copied or a negative errno.
 */
ssize_t bypassfs_copy_file_range(struct file *in, loff_t pos_in,
				 struct file *out, loff_t pos_out,
				 size_t len, unsigned int flags)
{
	struct pair p;
	ssize_t ret;

	if (!enter_both(in, out))
		return compat_copy_by_splice(in, pos_in, out, pos_out, len);
	pair_begin(&p, in, out);
	ret = vfs_copy_file_range(p.in, pos_in, p.out, pos_out, len, flags);
	pair_end(&p, out);
	leave_both(in, out);
	return ret;
}

/**
 * bypassfs_remap_file_range() - file_operations.remap_file_range
 * @in: upper source
 * @pos_in: bytes
 * @out: upper destination, of the same mount
 * @pos_out: bytes
 * @len: bytes
 * @flags: REMAP_FILE_*
 *
 * Context: May sleep.
 * Return: Bytes shared or a negative errno; -EOPNOTSUPP if filters have to see
 * what is read or written.
 */
loff_t bypassfs_remap_file_range(struct file *in, loff_t pos_in,
				 struct file *out, loff_t pos_out,
				 loff_t len, unsigned int flags)
{
	struct pair p;
	loff_t ret;

	if (!enter_both(in, out))
		return -EOPNOTSUPP;
	pair_begin(&p, in, out);
	if (flags & REMAP_FILE_DEDUP)
		ret = vfs_dedupe_file_range_one(p.in, pos_in, p.out, pos_out,
						len, flags);
	else
		ret = vfs_clone_file_range(p.in, pos_in, p.out, pos_out, len,
					   flags);
	pair_end(&p, out);
	leave_both(in, out);
	return ret;
}

/**
 * bypassfs_splice_read() - file_operations.splice_read
 * @in: the upper file
 * @ppos: bytes
 * @pipe: where to
 * @len: bytes
 * @flags: SPLICE_F_*
 *
 * Context: May sleep.
 * Return: Bytes moved or a negative errno.
 */
ssize_t bypassfs_splice_read(struct file *in, loff_t *ppos,
			     struct pipe_inode_info *pipe, size_t len,
			     unsigned int flags)
{
	struct bpio_gate *gate = &bypassfs_filtering(file_inode(in))->plain_reads;
	ssize_t ret;

	if (!enter(gate))
		return compat_copy_splice_read(in, ppos, pipe, len, flags);
	bypassfs_follow_flags(in);
	ret = vfs_splice_read(bypassfs_lower_file(in), ppos, pipe, len, flags);
	bpio_gate_leave(gate);
	return ret;
}

static long fallocate_bottom(struct bpio_call *call, void *arg)
{
	struct file *lower = bypassfs_lower_file(call->file);
	struct bpio_writer w;
	long err;

	bpio_writer_begin(&w, file_inode(lower));
	err = vfs_fallocate(lower, call->fallocate.mode, call->fallocate.offset,
			    call->fallocate.len);
	bpio_writer_end(&w);
	return err;
}

/**
 * bypassfs_fallocate() - file_operations.fallocate
 * @file: the upper file
 * @mode: FALLOC_FL_*
 * @offset: bytes
 * @len: bytes
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
long bypassfs_fallocate(struct file *file, int mode, loff_t offset,
			loff_t len)
{
	struct bpio_call call = {
		.type = BPIO_CALL_FALLOCATE,
		.inode = file_inode(file),
		.file = file,
		.fallocate = { .mode = mode, .offset = offset, .len = len },
	};
	long err;

	err = bpio_chain_pass(bypassfs_filtering(call.inode), &call,
			      fallocate_bottom, NULL);
	bypassfs_refresh(call.inode);
	return err;
}

/**
 * bypassfs_fadvise() - file_operations.fadvise
 * @file: the upper file
 * @offset: bytes
 * @len: bytes
 * @advice: POSIX_FADV_*
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int bypassfs_fadvise(struct file *file, loff_t offset, loff_t len, int advice)
{
	return vfs_fadvise(bypassfs_lower_file(file), offset, len, advice);
}
