/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_HANDLE_H
#define BPIO_HANDLE_H

#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include "compat/perm.h"
#include "count.h"

struct bpio_result;
struct bpio_results;
struct bpio_stream;
struct bypassfs_file;
struct bio;
struct file;

/* So many reads of an open file are polled for at a time */
#define BPIO_POLLED_MAX	256

/**
 * struct bpio_handle - bypass state of one open file (R16)
 * @lower: I: the open file below, borrowed from the bypassfs_file
 * @stream: I: its inode's state
 * @enabled: S: read without the lock by every read
 * @counts: I: per-CPU
 * @agreed_cred: A: whom security modules have let read the lower file
 * @agreed_at: A: jiffies; and when
 * @agree_lock: of the A fields
 * @polled: polled reads in flight, BPIO_POLLED_MAX places; made by the first,
 *	then I; each place is taken by cmpxchg()
 * @poll_next: where to look for a place, as a hint
 * @node: S: in bpio_stream.handles
 * @vol_node: V: in bpio_volume.handles
 *
 * Made by the first ENABLE, lives until the file is released. I: set when
 * made. S: written under the stream's lock. V: under the volume's.
 * A: written under @agree_lock, see bpio_handle_agreed().
 */
struct bpio_handle {
	struct file *lower;
	struct bpio_stream *stream;
	bool enabled;
	struct bpio_counts __percpu *counts;
	const struct cred *agreed_cred;
	unsigned long agreed_at;
	spinlock_t agree_lock;	/* of the A fields */
	struct bio **polled;
	unsigned int poll_next;
	struct list_head node;
	struct list_head vol_node;
};

struct bio **bpio_handle_make_polled(struct bpio_handle *h);
void bpio_handle_agree(struct bpio_handle *h);
int bpio_handle_begin(struct file *file, struct bpio_stream **st);
void bpio_handle_tell_veto(struct file *file,
			   const struct bpio_result *result);
int bpio_handle_enable(struct file *file, struct bpio_results *results);
void bpio_handle_disable(struct file *file);
void bpio_handle_query(struct file *file, bool storage,
		       struct bpio_results *results);
void bpio_handle_ask_storage(struct file *file, struct bpio_result *result);
void bpio_handle_release(struct bypassfs_file *bf);

/* NULL when memory is short */
static inline struct bio **bpio_handle_polled(struct bpio_handle *h)
{
	struct bio **polled = READ_ONCE(h->polled);

	return likely(polled) ? polled : bpio_handle_make_polled(h);
}

/**
 * bpio_handle_agreed() - have security modules let this task read just now?
 * @h: the handle
 *
 * They are asked about the upper file for each read. About the lower one they
 * are asked once in a tick of the clock for each change of credentials: that they
 * have changed their mind is heeded that much later.
 *
 * Context: Any.
 * Return: true if so.
 */
static inline bool bpio_handle_agreed(const struct bpio_handle *h)
{
	const struct cred *cred = current_cred();

	if (READ_ONCE(h->agreed_cred) != cred)
		return false;
	/* Pairs with bpio_handle_agree(): the time is that of these credentials */
	smp_rmb();
	if (jiffies - READ_ONCE(h->agreed_at))
		return false;
	/* And still: others may have asked meanwhile */
	smp_rmb();
	return READ_ONCE(h->agreed_cred) == cred;
}

/**
 * bpio_handle_may_read() - as rw_verify_area() of the lower file
 * @h: the handle
 * @iocb: a read whose range the VFS has looked at
 * @count: bytes
 *
 * Context: Sleeps, for as long as a listener likes.
 * Return: 0, or the negative errno of who objects.
 */
static __always_inline int bpio_handle_may_read(struct bpio_handle *h,
						struct kiocb *iocb,
						size_t count)
{
	int ret;

	if (likely(bpio_handle_agreed(h)))
		return bp_ask_listeners(h->lower, &iocb->ki_pos, count);
	ret = rw_verify_area(READ, h->lower, &iocb->ki_pos, count);
	if (!ret)
		bpio_handle_agree(h);
	return ret;
}

#endif /* BPIO_HANDLE_H */
