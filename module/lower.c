// SPDX-License-Identifier: GPL-2.0
/*
 * lower.c - reads and writes on the lower file, the traditional path
 *
 * The caller's kiocb is copied and aimed at the lower file. For a synchronous one
 * the copy lives on the stack. For an asynchronous one it is allocated, and has
 * two references: the lower file system's, until it calls ki_complete, and the
 * submitter's, as the lower file system still uses the kiocb after it has queued
 * the I/O, which may have completed by then. The lower file stays open: the
 * submitter of the original holds the upper one for as long.
 */
#include <linux/fsnotify.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "gate.h"
#include "stack.h"
#include "compat/compat.h"
#include "compat/kiocb.h"

/**
 * struct lower_io - an asynchronous read or write on the lower file
 * @iocb: on the lower file
 * @orig: I: the caller's
 * @refs: A: see above
 * @write: I: it is a write
 * @end: I: of a read; its gate also of a write
 * @work: what cannot be done at the end of a read
 */
struct lower_io {
	struct kiocb iocb;
	struct kiocb *orig;
	refcount_t refs;
	bool write;
	struct bypassfs_read_end end;
	struct work_struct work;
};

static struct kmem_cache *io_cache;
static struct workqueue_struct *late_queue;

/**
 * bypassfs_lower_init() - make the cache of asynchronous reads and writes
 *
 * Context: Module load.
 * Return: 0 or -ENOMEM.
 */
int bypassfs_lower_init(void)
{
	io_cache = KMEM_CACHE(lower_io, SLAB_HWCACHE_ALIGN);
	if (!io_cache)
		return -ENOMEM;
	late_queue = alloc_workqueue("bypassfs-lower", WQ_UNBOUND, 0);
	if (late_queue)
		return 0;
	kmem_cache_destroy(io_cache);
	return -ENOMEM;
}

/**
 * bypassfs_lower_exit() - the opposite
 *
 * Context: Module unload.
 */
void bypassfs_lower_exit(void)
{
	destroy_workqueue(late_queue);
	kmem_cache_destroy(io_cache);
}

static void io_put(struct lower_io *io)
{
	if (refcount_dec_and_test(&io->refs))
		kmem_cache_free(io_cache, io);
}

static void late_work(struct work_struct *work)
{
	struct lower_io *io = container_of(work, struct lower_io, work);

	bpio_buffer_release(&io->end.buf, true);
	io_put(io);
}

/* A page that was cleaned meanwhile is marked again before it is let go */
static void let_go(struct lower_io *io)
{
	if (bpio_buffer_is_dirty(&io->end.buf)) {
		bpio_buffer_release(&io->end.buf, false);
		return;
	}
	refcount_inc(&io->refs);
	INIT_WORK(&io->work, late_work);
	queue_work(late_queue, &io->work);
}

/* The reader's file is open until his completion is called, which is after this */
static void read_ended(struct lower_io *io, long ret)
{
	const struct bypassfs_read_end *end = &io->end;

	bpio_count(end->counts, end->path, end->reason, ret);
	let_go(io);
	bpio_gate_leave(end->gate);
}

/* Context: Any, as the lower file system likes. */
static void io_complete(struct kiocb *iocb, long ret)
{
	struct lower_io *io = container_of(iocb, struct lower_io, iocb);
	struct kiocb *orig = io->orig;

	if (io->write) {
		kiocb_end_write(iocb);
		bpio_gate_leave(io->end.gate);
	} else {
		read_ended(io, ret);
	}
	orig->ki_pos = iocb->ki_pos;
	io_put(io);
	orig->ki_complete(orig, ret);
}

static struct lower_io *io_get(struct kiocb *orig, struct file *lower,
			       bool write)
{
	gfp_t gfp = orig->ki_flags & IOCB_NOWAIT ? GFP_NOWAIT | __GFP_NOWARN :
						   GFP_KERNEL;
	struct lower_io *io;

	io = kmem_cache_alloc(io_cache, gfp);
	if (!io)
		return NULL;
	bp_kiocb_clone(&io->iocb, orig, lower);
	io->iocb.ki_complete = io_complete;
	io->orig = orig;
	io->write = write;
	refcount_set(&io->refs, 2);
	return io;
}

/* Not queued: nobody else has or will have the second reference. */
static void io_unqueued(struct lower_io *io)
{
	io->orig->ki_pos = io->iocb.ki_pos;
	io_put(io);
}

static ssize_t read_lower(struct file *lower, struct kiocb *iocb,
			  struct iov_iter *to, bool verified)
{
	ssize_t ret;

	if (!verified)
		return vfs_iocb_iter_read(lower, iocb, to);
	ret = lower->f_op->read_iter(iocb, to);
	if (ret >= 0)
		fsnotify_access(lower);
	return ret;
}

static ssize_t read_sync(struct file *lower, struct kiocb *orig,
			 struct iov_iter *to, bool verified)
{
	struct kiocb iocb;
	ssize_t ret;

	bp_kiocb_clone(&iocb, orig, lower);
	ret = read_lower(lower, &iocb, to, verified);
	orig->ki_pos = iocb.ki_pos;
	return ret;
}

/**
 * bypassfs_lower_read() - read from the lower file
 * @lower: the lower file
 * @iocb: on the upper file
 * @to: where to
 * @end: what is done at completion if, and only if, it is queued
 *
 * Context: May sleep, unless @iocb has IOCB_NOWAIT.
 * Return: Bytes read, -EIOCBQUEUED, or a negative errno.
 */
ssize_t bypassfs_lower_read(struct file *lower, struct kiocb *iocb,
			    struct iov_iter *to,
			    const struct bypassfs_read_end *end)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	struct lower_io *io = NULL;
	ssize_t ret;

	bypassfs_follow_flags(iocb->ki_filp);
	if (!is_sync_kiocb(iocb)) {
		io = io_get(iocb, lower, false);
		if (!io && iocb->ki_flags & IOCB_NOWAIT)
			return -EAGAIN;
	}
	if (io) {
		io->end = *end;
		ret = read_lower(lower, &io->iocb, to, end->verified);
		if (ret != -EIOCBQUEUED)
			io_unqueued(io);
		io_put(io);
	} else {
		ret = read_sync(lower, iocb, to, end->verified);
	}
	/* the VFS asks the upper inode where the file ends, for copies */
	if (i_size_read(inode) != i_size_read(file_inode(lower)))
		bypassfs_refresh(inode);
	return ret;
}

/* As in vfs_iocb_iter_write(), which differs in who waits for a thaw. */
static ssize_t write_lower(struct file *lower, struct kiocb *iocb,
			   struct iov_iter *from)
{
	ssize_t ret = lower->f_op->write_iter(iocb, from);

	if (ret > 0)
		fsnotify_modify(lower);
	return ret;
}

static bool start_write(struct super_block *sb, const struct kiocb *iocb)
{
	if (iocb->ki_flags & IOCB_NOWAIT)
		return sb_start_write_trylock(sb);
	sb_start_write(sb);
	return true;
}

static ssize_t write_sync(struct file *lower, struct kiocb *orig,
			  struct iov_iter *from)
{
	struct super_block *sb = file_inode(lower)->i_sb;
	struct kiocb iocb;
	ssize_t ret;

	bp_kiocb_clone(&iocb, orig, lower);
	if (!start_write(sb, &iocb))
		return -EAGAIN;
	ret = write_lower(lower, &iocb, from);
	sb_end_write(sb);
	orig->ki_pos = iocb.ki_pos;
	return ret;
}

static ssize_t write_async(struct file *lower, struct lower_io *io,
			   struct iov_iter *from)
{
	struct super_block *sb = file_inode(lower)->i_sb;
	ssize_t ret;

	if (!start_write(sb, &io->iocb)) {
		io_put(io);
		return -EAGAIN;
	}
	/* the completion, in another context, ends what has begun here */
	__sb_writers_release(sb, SB_FREEZE_WRITE);
	ret = write_lower(lower, &io->iocb, from);
	if (ret != -EIOCBQUEUED) {
		kiocb_end_write(&io->iocb);
		io_unqueued(io);
	}
	return ret;
}

/**
 * bypassfs_lower_write() - write to the lower file
 * @lower: the lower file
 * @iocb: on the upper file
 * @from: where from
 * @gate: left at completion if, and only if, it is queued
 *
 * The upper inode's lock is not needed: the lower file system takes its own.
 *
 * Context: May sleep, unless @iocb has IOCB_NOWAIT.
 * Return: Bytes written, -EIOCBQUEUED, or a negative errno.
 */
ssize_t bypassfs_lower_write(struct file *lower, struct kiocb *iocb,
			     struct iov_iter *from, struct bpio_gate *gate)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	struct lower_io *io = NULL;
	ssize_t ret;

	if (!lower->f_op->write_iter)
		return -EINVAL;
	bypassfs_follow_flags(iocb->ki_filp);
	/* not after the start of the write: who is asked may freeze */
	ret = rw_verify_area(WRITE, lower, &iocb->ki_pos, iov_iter_count(from));
	if (ret < 0)
		return ret;

	if (!is_sync_kiocb(iocb)) {
		io = io_get(iocb, lower, true);
		if (!io && iocb->ki_flags & IOCB_NOWAIT)
			return -EAGAIN;
	}
	if (io) {
		io->end.gate = gate;
		ret = write_async(lower, io, from);
		io_put(io);
	} else {
		ret = write_sync(lower, iocb, from);
	}
	bypassfs_refresh(inode);
	return ret;
}
