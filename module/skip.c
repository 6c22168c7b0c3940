// SPDX-License-Identifier: GPL-2.0
/*
 * Read the lower file, past the filters
 *
 * Overview
 *   What the disk is not asked for, the lower file system is, and if the filter
 *   half is bypassed no filter sees it. Such a read is inside the stream's skip
 *   gate until it completes: a pause, or a filter that is attached, closes that
 *   gate and waits for who is inside.
 *
 * Faults
 *   Whoever waits for the gate must not wait for a user. A fault on his buffer
 *   can take as long as he likes (userfaultfd, FUSE), so faults are not handled
 *   inside: a read that needs one comes out, has the pages faulted in, and goes
 *   in once more. If that was not enough it goes the traditional way, in no
 *   gate. It is one read for its reader in any case.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "dispatch.h"
#include "handle.h"
#include "skip.h"
#include "stack.h"
#include "stream.h"

static ssize_t read_without_faults(struct bpio_handle *h, struct kiocb *iocb,
				   struct iov_iter *to)
{
	const struct bypassfs_read_end end = {
		.gate = &h->stream->skip,
		.counts = h->counts,
		.path = BPIO_PATH_FILTERS_SKIPPED,
	};
	bool nofault = to->nofault;
	ssize_t ret;

	pagefault_disable();
	to->nofault = true;
	ret = bypassfs_lower_read(h->lower, iocb, to, &end);
	to->nofault = nofault;
	pagefault_enable();
	return ret;
}

/* False: no way past the filters. Else @ret is what the lower file returned. */
static bool try(struct bpio_handle *h, struct kiocb *iocb, struct iov_iter *to,
		ssize_t *ret)
{
	struct bpio_gate *gate = &h->stream->skip;
	struct iov_iter before = *to;
	loff_t pos = iocb->ki_pos;

	if (bpio_gate_closed(gate) || !bpio_gate_enter(gate))
		return false;
	if (!READ_ONCE(h->enabled)) {
		bpio_gate_leave(gate);
		return false;
	}
	bpio_gate_visit_begin(gate);
	*ret = read_without_faults(h, iocb, to);
	bpio_gate_visit_end(gate);
	if (*ret != -EIOCBQUEUED)
		bpio_gate_leave(gate);
	if (*ret == -EFAULT) {
		*to = before;
		iocb->ki_pos = pos;
	}
	return true;
}

/* Was it a fault that has ended the read, as far as one can tell? */
static bool fault_ended(const struct kiocb *iocb, const struct iov_iter *to,
			ssize_t ret)
{
	if (ret == -EFAULT)
		return true;
	return ret > 0 && iov_iter_count(to) &&
	       iocb->ki_pos < i_size_read(file_inode(iocb->ki_filp));
}

/**
 * bpio_skip_read() - read the lower file, past the filters if that is possible
 * @h: an enabled handle
 * @iocb: on the upper file
 * @to: the buffers
 * @route: its path is set
 *
 * Context: May sleep, unless @iocb has IOCB_NOWAIT.
 * Return: bytes, -EIOCBQUEUED, or a negative errno, as of the lower file.
 */
ssize_t bpio_skip_read(struct bpio_handle *h, struct kiocb *iocb,
		       struct iov_iter *to, struct bpio_route *route)
{
	const struct bypassfs_read_end end = {
		.counts = h->counts,
		.path = BPIO_PATH_TRADITIONAL,
	};
	ssize_t ret, got = 0;
	int tries;

	route->path = BPIO_PATH_FILTERS_SKIPPED;
	for (tries = 0; tries < 2 && try(h, iocb, to, &ret); tries++) {
		if (!fault_ended(iocb, to, ret))
			return ret < 0 && got ? got : ret + got;
		got += max_t(ssize_t, ret, 0);
		if (iocb->ki_flags & IOCB_NOWAIT)
			break;
		fault_in_iov_iter_writeable(to, iov_iter_count(to));
	}
	if (got)
		route->path = BPIO_PATH_FILTERS_SKIPPED;
	else
		route->path = BPIO_PATH_TRADITIONAL;
	ret = bypassfs_lower_read(h->lower, iocb, to, &end);
	return ret < 0 && got ? got : ret + got;
}
