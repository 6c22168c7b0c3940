// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and writes that filters see, if there are any that want to
 *
 * If there are none, the lower file is read or written, inside a gate: who
 * attaches a filter closes it and waits (chain.c). Otherwise the call goes down
 * along the filters, with a synchronous kiocb, and at the bottom to the lower
 * file; or, if the read is one that only has to be seen by them, to the disk.
 *
 * If a filter wants the data, they lie in memory of ours, where nobody changes
 * them between its look and their use, and the call is made in pieces.
 */
#include <linux/bvec.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/uio.h>

#include "compat/kiocb.h"
#include "dispatch.h"
#include "handle.h"
#include "seen.h"
#include "skip.h"
#include "stack.h"
#include "stream.h"

/**
 * struct bounce - memory that filters look at
 * @data: contiguous
 * @size: bytes, whole pages
 */
struct bounce {
	void *data;
	size_t size;
};

/**
 * struct read - a read on its way down
 * @h: if the bypass is enabled
 * @route: where it goes, and why
 */
struct read {
	struct bpio_handle *h;
	struct bpio_route *route;
};

static struct bpio_filtering *filtering_of(const struct kiocb *iocb)
{
	return bypassfs_filtering(file_inode(iocb->ki_filp));
}

/* Smaller pieces are better than none */
static bool bounce_alloc(struct bounce *b, size_t len)
{
	/* Zeroed: a filter may say more than it has filled */
	const gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO;

	b->size = PAGE_ALIGN(clamp(len, (size_t)1, BPIO_DATA_MAX));
	do {
		b->data = alloc_pages_exact(b->size, gfp | __GFP_NOWARN |
					    __GFP_NORETRY);
		if (b->data)
			return true;
		b->size = PAGE_ALIGN(b->size / 2);
	} while (b->size > PAGE_SIZE);
	b->size = PAGE_SIZE;
	b->data = alloc_pages_exact(b->size, gfp);
	return b->data;
}

static void bounce_free(struct bounce *b)
{
	free_pages_exact(b->data, b->size);
}

static struct bio_vec bounce_vec(const struct bounce *b, size_t len)
{
	return (struct bio_vec) {
		.bv_page = virt_to_page(b->data),
		.bv_len = len,
	};
}

static long read_lower(struct bpio_call *call, struct bpio_route *route)
{
	const struct bypassfs_read_end end = {};

	/* Synchronous: nothing is left to be done */
	route->path = BPIO_PATH_TRADITIONAL;
	return bypassfs_lower_read(bypassfs_lower_file(call->file),
				   call->rw.iocb, call->rw.iter, &end);
}

/* Filters see the read, so it may go to the disk whatever closed the gate */
static long read_bottom(struct bpio_call *call, void *arg)
{
	struct read *r = arg;
	struct bpio_route route = { .seen = true };
	long ret = 0;

	if (r->h && call->rw.iocb->ki_flags & IOCB_DIRECT)
		route.filtered = bpio_stream_filtered(r->h->stream);
	if (!route.filtered)
		return read_lower(call, r->route);
	ret = bpio_dispatch(r->h, call->rw.iocb, call->rw.iter, &route);
	r->route->path = route.path;
	r->route->reason = route.reason ?: route.filtered;
	if (!route.reason)
		return ret;
	return bpio_skip_sum(ret, read_lower(call, r->route));
}

static long write_bottom(struct bpio_call *call, void *arg)
{
	return bypassfs_lower_write(bypassfs_lower_file(call->file),
				    call->rw.iocb, call->rw.iter, NULL);
}

/* Returns how much of it the iterator has taken */
static long read_piece(const struct bpio_chain *chain, struct kiocb *iocb,
		       struct iov_iter *to, struct bounce *b, struct read *r)
{
	size_t copied, len = min(iov_iter_count(to), b->size);
	loff_t pos = iocb->ki_pos;
	struct bio_vec bv = bounce_vec(b, len);
	struct iov_iter iter;
	struct bpio_call call;
	long ret;

	iov_iter_bvec(&iter, ITER_DEST, &bv, 1, len);
	bpio_call_rw(&call, BPIO_CALL_READ, iocb, &iter, b->data);
	ret = bpio_chain_walk(chain, &call, NULL, read_bottom, r);
	iocb->ki_pos = pos;
	if (ret <= 0)
		return ret;
	copied = copy_to_iter(b->data, ret, to);
	iocb->ki_pos += copied;
	return copied ?: -EFAULT;
}

static long write_piece(const struct bpio_chain *chain, struct kiocb *iocb,
			struct iov_iter *from, struct bounce *b)
{
	size_t want = min(iov_iter_count(from), b->size);
	size_t len = copy_from_iter(b->data, want, from);
	struct bio_vec bv = bounce_vec(b, len);
	struct iov_iter iter;
	struct bpio_call call;
	long ret;

	if (want && !len)
		return -EFAULT;
	iov_iter_bvec(&iter, ITER_SOURCE, &bv, 1, len);
	bpio_call_rw(&call, BPIO_CALL_WRITE, iocb, &iter, b->data);
	ret = bpio_chain_walk(chain, &call, NULL, write_bottom, NULL);
	iov_iter_revert(from, ret > 0 ? len - ret : len);
	return ret;
}

/* What a user of the whole gets whose last piece returned @ret */
static long sum(long done, long ret)
{
	return done ? done + max(ret, 0L) : ret;
}

static long read_data(const struct bpio_chain *chain, struct kiocb *iocb,
		      struct iov_iter *to, struct read *r)
{
	size_t want, left = iov_iter_count(to);
	long ret, done = 0;
	struct bounce b;

	if (!bounce_alloc(&b, left))
		return -ENOMEM;
	do {
		want = min(iov_iter_count(to), b.size);
		ret = read_piece(chain, iocb, to, &b, r);
		done = sum(done, ret);
	} while (ret > 0 && ret == want && iov_iter_count(to));
	bounce_free(&b);
	return done;
}

static long write_data(const struct bpio_chain *chain, struct kiocb *iocb,
		       struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	size_t want, left = iov_iter_count(from);
	long ret, done = 0;
	struct bounce b;
	bool pieces;

	if (!bounce_alloc(&b, left))
		return -ENOMEM;
	/* Others' writes do not come in between its pieces */
	pieces = left > b.size;
	if (pieces)
		inode_lock(inode);
	else
		inode_lock_shared(inode);
	do {
		want = min(iov_iter_count(from), b.size);
		ret = write_piece(chain, iocb, from, &b);
		done = sum(done, ret);
	} while (ret > 0 && ret == want && iov_iter_count(from));
	if (pieces)
		inode_unlock(inode);
	else
		inode_unlock_shared(inode);
	bounce_free(&b);
	return done;
}

/* Synchronous, on the same file */
static bool begin(struct kiocb *clone, struct kiocb *iocb)
{
	if (iocb->ki_flags & IOCB_NOWAIT)
		return false;
	bp_kiocb_clone(clone, iocb, iocb->ki_filp);
	return true;
}

static ssize_t chain_read(struct bpio_handle *h, struct kiocb *orig,
			  struct iov_iter *to, struct bpio_route *route)
{
	struct bpio_filtering *f = filtering_of(orig);
	struct read r = { .h = h, .route = route };
	const struct bpio_chain *chain;
	struct bpio_call call;
	struct kiocb iocb;
	ssize_t ret;
	int idx;

	route->path = BPIO_PATH_TRADITIONAL;
	if (!begin(&iocb, orig))
		return -EAGAIN;
	chain = bpio_chain_begin(f, &idx);
	if (chain && chain->data & BIT(BPIO_CALL_READ)) {
		ret = read_data(chain, &iocb, to, &r);
	} else {
		bpio_call_rw(&call, BPIO_CALL_READ, &iocb, to, NULL);
		ret = bpio_chain_walk(chain, &call, NULL, read_bottom, &r);
	}
	bpio_chain_end(f, idx);
	if (ret > 0)
		orig->ki_pos += ret;
	return ret;
}

static ssize_t chain_write(struct kiocb *orig, struct iov_iter *from)
{
	struct bpio_filtering *f = filtering_of(orig);
	const struct bpio_chain *chain;
	struct bpio_call call;
	struct kiocb iocb;
	ssize_t ret;
	int idx;

	if (!begin(&iocb, orig))
		return -EAGAIN;
	chain = bpio_chain_begin(f, &idx);
	if (chain && chain->data & BIT(BPIO_CALL_WRITE)) {
		ret = write_data(chain, &iocb, from);
	} else {
		bpio_call_rw(&call, BPIO_CALL_WRITE, &iocb, from, NULL);
		ret = bpio_chain_walk(chain, &call, NULL, write_bottom, NULL);
	}
	bpio_chain_end(f, idx);
	if (ret > 0)
		orig->ki_pos = iocb.ki_pos;
	return ret;
}

/**
 * bpio_seen_read() - a read that no filter is to be skipped by
 * @h: of an enabled open file, or NULL
 * @iocb: on the upper file
 * @to: the buffers
 * @counts: where it is counted if it completes later
 * @route: why it comes this way; its path is set, and the reason if it changes
 *
 * Context: May sleep, unless @iocb has IOCB_NOWAIT.
 * Return: bytes, -EIOCBQUEUED, or a negative errno, as of the lower file, or as
 * a filter decides.
 */
ssize_t bpio_seen_read(struct bpio_handle *h, struct kiocb *iocb,
		       struct iov_iter *to,
		       struct bpio_counts __percpu *counts,
		       struct bpio_route *route)
{
	struct bpio_gate *gate = &filtering_of(iocb)->plain_reads;
	struct bypassfs_read_end end = {
		.gate = gate,
		.counts = counts,
		.path = BPIO_PATH_TRADITIONAL,
		.reason = route->reason,
		.verified = route->verified,
	};
	ssize_t ret;

	if (unlikely(bpio_gate_closed(gate) || !bpio_gate_enter(gate)))
		return chain_read(h, iocb, to, route);
	route->path = end.path;
	bpio_gate_visit_begin(gate);
	ret = bypassfs_lower_read(bypassfs_lower_file(iocb->ki_filp), iocb, to,
				  &end);
	bpio_gate_visit_end(gate);
	if (ret != -EIOCBQUEUED)
		bpio_gate_leave(gate);
	return ret;
}

/**
 * bypassfs_write_iter() - ->write_iter of regular files
 * @iocb: on an upper file
 * @from: the buffers
 *
 * Context: Sleeps, unless IOCB_NOWAIT is set.
 * Return: bytes, -EIOCBQUEUED, or a negative errno, as of the lower file, or as
 * a filter decides.
 */
ssize_t bypassfs_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct bpio_gate *gate = &filtering_of(iocb)->plain_writes;
	ssize_t ret;

	if (unlikely(bpio_gate_closed(gate) || !bpio_gate_enter(gate)))
		return chain_write(iocb, from);
	bpio_gate_visit_begin(gate);
	ret = bypassfs_lower_write(bypassfs_lower_file(iocb->ki_filp), iocb,
				   from, gate);
	bpio_gate_visit_end(gate);
	if (ret != -EIOCBQUEUED)
		bpio_gate_leave(gate);
	return ret;
}
