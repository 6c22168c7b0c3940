/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The filters of a mount, by altitude
 */
#ifndef BPIO_CHAIN_H
#define BPIO_CHAIN_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/uio.h>
#include <linux/wait.h>

#include "attach.h"
#include "filter.h"
#include "gate.h"

struct bpio_volume;

/* So many filters at a mount; a walk keeps a cookie for each on the stack */
#define BPIO_CHAIN_MAX	32

/**
 * struct bpio_instance - a filter at a mount
 * @filter: I: which
 * @vol: I: the mount
 * @private: the filter's own
 * @bypass: I: reads may skip it
 * @block: keeps them from skipping any filter, unless @bypass
 * @node: L: in bpio_filtering.instances
 * @contexts: C: what it remembers
 * @freeing: C: who is freeing some of that
 * @vetoes: A: how often
 * @pauses: A: how often
 * @attached: R: it has come, and has not begun to go; read without any lock
 * @leaving: R: jiffies since somebody waits for its calls to end, or 0;
 *	likewise
 *
 * I: set when made. R: under the registry's lock. L: under list_lock as well.
 * C: under ctx_lock. A: atomic.
 */
struct bpio_instance {
	const struct bpio_filter *filter;
	struct bpio_volume *vol;
	void *private;
	bool bypass;
	struct bpio_block block;
	struct list_head node;
	struct list_head contexts;
	unsigned int freeing;
	atomic64_t vetoes;
	atomic64_t pauses;
	bool attached;
	unsigned long leaving;
};

/**
 * struct bpio_chain - what a walk goes along; never changed
 * @types: BIT(enum bpio_call_type) that somebody has a callback for
 * @data: of those, which want their data in kernel memory
 * @nr: of @at
 * @at: the highest first
 */
struct bpio_chain {
	u32 types;
	u32 data;
	unsigned int nr;
	struct bpio_instance *at[];
};

/**
 * struct bpio_filtering - all that a mount knows of filters
 * @chain: U: NULL if there is no filter
 * @types: R: as in @chain; read without any lock
 * @srcu: walks are inside it
 * @plain_reads: reads that no filter has to see are inside; closed as long as
 *	there is one that does
 * @plain_writes: the same of writes
 * @instances: L: all there are, also who comes or goes; the highest first
 * @node: R: in the list of mounts
 * @list_lock: innermost; so that they can be listed while somebody is waited
 *	for
 * @ctx_lock: innermost; of all contexts
 * @ctx_freed: a filter that goes waits here for those who free its contexts
 *
 * R: under the registry's lock. L: under @list_lock as well. U: written so,
 * read inside @srcu.
 */
struct bpio_filtering {
	struct bpio_chain __rcu *chain;
	u32 types;
	struct srcu_struct srcu;
	struct bpio_gate plain_reads;
	struct bpio_gate plain_writes;
	struct list_head instances;
	struct list_head node;
	spinlock_t list_lock;	/* of @instances */
	spinlock_t ctx_lock;	/* of contexts */
	wait_queue_head_t ctx_freed;
};

/**
 * typedef bpio_bottom_fn - what is below all filters
 * @call: on its way
 * @arg: as given to bpio_chain_call()
 *
 * Return: for bpio_call.ret.
 */
typedef long (*bpio_bottom_fn)(struct bpio_call *call, void *arg);

/* chain.c */
int bpio_chain_init(struct bpio_filtering *f, int depth);
void bpio_chain_exit(struct bpio_filtering *f);
int bpio_chain_add(struct bpio_instance *inst);
void bpio_chain_del(struct bpio_instance *inst);
const struct bpio_chain *bpio_chain_begin(struct bpio_filtering *f, int *idx)
	__acquires(&f->srcu);
void bpio_chain_end(struct bpio_filtering *f, int idx)
	__releases(&f->srcu);
long bpio_chain_walk(const struct bpio_chain *chain, struct bpio_call *call,
		     const struct bpio_instance *above, bpio_bottom_fn bottom,
		     void *arg);
long bpio_chain_call(struct bpio_filtering *f, struct bpio_call *call,
		     const struct bpio_instance *above, bpio_bottom_fn bottom,
		     void *arg);
void bpio_chain_ask_each(struct bpio_filtering *f, struct bpio_call *call,
			 void (*answer)(struct bpio_result *result, void *arg),
			 void *arg);

/* chainlist.c */
void bpio_chain_list_add(struct bpio_instance *inst);
void bpio_chain_list_del(struct bpio_instance *inst);

/* filter.c */
bool bpio_filter_features_ignored(void);
void bpio_filter_mount(struct bpio_volume *vol);
void bpio_filter_umount(struct bpio_volume *vol);

/* context.c */
void bpio_context_drop_object(struct bpio_filtering *f,
			      struct hlist_head *contexts);
void bpio_context_drop_instance(struct bpio_instance *inst);

/**
 * bpio_call_rw() - fill in a call that moves data
 * @call: uninitialised memory
 * @type: BPIO_CALL_READ or BPIO_CALL_WRITE
 * @iocb: synchronous, on the upper file
 * @iter: the buffers
 * @data: the same in kernel memory, or NULL
 *
 * Context: Any.
 */
static inline void bpio_call_rw(struct bpio_call *call,
				enum bpio_call_type type, struct kiocb *iocb,
				struct iov_iter *iter, void *data)
{
	*call = (struct bpio_call) {
		.type = type,
		.file = iocb->ki_filp,
		.inode = file_inode(iocb->ki_filp),
		.rw = {
			.iocb = iocb,
			.iter = iter,
			.pos = iocb->ki_pos,
			.len = iov_iter_count(iter),
			.data = data,
		},
	};
}

/**
 * bpio_chain_sees() - has somebody a callback for calls of this type?
 * @f: of the mount
 * @type: of the call
 *
 * Context: Any. Takes no lock.
 * Return: true if so.
 */
static inline bool bpio_chain_sees(const struct bpio_filtering *f,
				   enum bpio_call_type type)
{
	return READ_ONCE(f->types) & BIT(type);
}

/**
 * bpio_chain_pass() - a call goes to all filters, if there are any that see it
 * @f: of the mount
 * @call: likewise as for bpio_chain_call()
 * @bottom: likewise
 * @arg: likewise
 *
 * Filters see what is done to regular files; and the bypass, wherever it is
 * asked.
 *
 * Context: As @bottom, and of callbacks.
 * Return: as bpio_chain_call().
 */
static inline long bpio_chain_pass(struct bpio_filtering *f,
				   struct bpio_call *call,
				   bpio_bottom_fn bottom, void *arg)
{
	if (likely(!bpio_chain_sees(f, call->type)) ||
	    !S_ISREG(call->inode->i_mode))
		return bottom(call, arg);
	return bpio_chain_call(f, call, NULL, bottom, arg);
}

#endif /* BPIO_CHAIN_H */
