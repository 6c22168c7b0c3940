// SPDX-License-Identifier: GPL-2.0
/*
 * The filters of a mount: a call goes down along them, and up again
 *
 * Coming and going
 *   A chain is never changed: who comes or goes publishes another one, and
 *   waits until nobody walks along the old one. Walks are inside SRCU, since
 *   callbacks sleep. So the return of bpio_chain_del() means that no callback
 *   of the filter runs, and the return of bpio_chain_add() that every call sees
 *   it.
 *
 * Reads and writes that no filter has to see
 *   They must not pay for SRCU, and may complete long after they were
 *   submitted. They are inside a gate instead, which is closed, and drained, as
 *   soon as a filter has a callback for them: who finds it closed walks. Reads
 *   that go to the disk on their own are inside their stream's gate as well;
 *   those that have to be seen but are not (a stream is paused, and so far
 *   nobody wanted to see) turn round there when plain_reads is closed, and so
 *   these gates are drained as well.
 */
#include <linux/slab.h>

#include "altitude.h"
#include "attach.h"
#include "chain.h"
#include "inside.h"
#include "reason.h"
#include "volume.h"

static struct bpio_filtering *filtering_of(const struct bpio_instance *inst)
{
	return &inst->vol->filtering;
}

/*
 * Readers and writers inside these gates take locks of the file system below,
 * which may be a mount of ours. By depth, as other locks of a mount.
 */
static struct lock_class_key read_keys[FILESYSTEM_MAX_STACK_DEPTH];
static struct lock_class_key write_keys[FILESYSTEM_MAX_STACK_DEPTH];

/**
 * bpio_chain_init() - no filters
 * @f: zeroed
 * @depth: of the mount, from 0
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int bpio_chain_init(struct bpio_filtering *f, int depth)
{
	INIT_LIST_HEAD(&f->instances);
	INIT_LIST_HEAD(&f->node);
	spin_lock_init(&f->list_lock);
	spin_lock_init(&f->ctx_lock);
	init_waitqueue_head(&f->ctx_freed);
	if (bpio_gate_init(&f->plain_reads))
		return -ENOMEM;
	if (bpio_gate_init(&f->plain_writes))
		goto out_reads;
	if (init_srcu_struct(&f->srcu))
		goto out_writes;
	lockdep_init_map(&f->plain_reads.dep, "bpio_plain_reads",
			 &read_keys[depth], 0);
	lockdep_init_map(&f->plain_writes.dep, "bpio_plain_writes",
			 &write_keys[depth], 0);
	bpio_gate_open(&f->plain_reads, BPIO_GATE_DISARMED);
	bpio_gate_open(&f->plain_writes, BPIO_GATE_DISARMED);
	return 0;

out_writes:
	bpio_gate_exit(&f->plain_writes);
out_reads:
	bpio_gate_exit(&f->plain_reads);
	return -ENOMEM;
}

/**
 * bpio_chain_exit() - the mount goes, its filters are gone
 * @f: the filters
 *
 * Context: May sleep.
 */
void bpio_chain_exit(struct bpio_filtering *f)
{
	WARN_ON_ONCE(rcu_access_pointer(f->chain));
	cleanup_srcu_struct(&f->srcu);
	bpio_gate_close(&f->plain_writes, BPIO_GATE_DISARMED);
	bpio_gate_close(&f->plain_reads, BPIO_GATE_DISARMED);
	bpio_gate_exit(&f->plain_writes);
	bpio_gate_exit(&f->plain_reads);
}

static void append(struct bpio_chain *chain, struct bpio_instance *inst)
{
	const struct bpio_filter *filter = inst->filter;
	u32 types = 0;
	int i;

	for (i = 0; i < BPIO_CALL_MAX; i++)
		if (filter->pre[i] || filter->post[i])
			types |= BIT(i);
	chain->types |= types;
	if (filter->features & BPIO_FEATURE_DATA)
		chain->data |= types;
	chain->at[chain->nr++] = inst;
}

/* The old one with @come, and without @go */
static struct bpio_chain *changed(const struct bpio_chain *old,
				  struct bpio_instance *come,
				  const struct bpio_instance *go)
{
	unsigned int i, nr = old ? old->nr : 0;
	struct bpio_chain *new;

	/* A few hundred bytes, and a filter that goes must not fail */
	new = kzalloc(struct_size(new, at, nr + 1), GFP_KERNEL | __GFP_NOFAIL);
	for (i = 0; i < nr; i++) {
		if (old->at[i] == go)
			continue;
		if (come &&
		    bpio_altitude_cmp(come->filter->altitude,
				      old->at[i]->filter->altitude) > 0) {
			append(new, come);
			come = NULL;
		}
		append(new, old->at[i]);
	}
	if (come)
		append(new, come);
	if (new->nr)
		return new;
	kfree(new);
	return NULL;
}

static void close_or_open(struct bpio_gate *gate, bool close)
{
	if (close) {
		bpio_gate_close(gate, BPIO_GATE_BLOCKED);
		bpio_gate_drain(gate);
	} else {
		bpio_gate_open(gate, BPIO_GATE_BLOCKED);
	}
}

static void publish(struct bpio_volume *vol, struct bpio_chain *old,
		    struct bpio_chain *new)
{
	struct bpio_filtering *f = &vol->filtering;
	u32 types = new ? new->types : 0;
	u32 more = types & ~(old ? old->types : 0);

	rcu_assign_pointer(f->chain, new);
	WRITE_ONCE(f->types, types);
	close_or_open(&f->plain_writes, types & BIT(BPIO_CALL_WRITE));
	close_or_open(&f->plain_reads, types & BIT(BPIO_CALL_READ));
	if (more & BIT(BPIO_CALL_READ))
		bpio_attach_drain(vol);
	synchronize_srcu_expedited(&f->srcu);
	kfree(old);
}

static struct bpio_chain *chain_of(struct bpio_filtering *f)
{
	/* Who changes it has the registry's lock */
	return rcu_dereference_protected(f->chain, true);
}

/**
 * bpio_chain_add() - calls are seen by one more filter from now on
 * @inst: with filter and mount; the registry's lock is held
 *
 * Context: Sleeps until reads and writes in flight are done.
 * Return: 0, or -ENOSPC if there are too many.
 */
int bpio_chain_add(struct bpio_instance *inst)
{
	struct bpio_filtering *f = filtering_of(inst);
	struct bpio_chain *old = chain_of(f);

	if (old && old->nr == BPIO_CHAIN_MAX)
		return -ENOSPC;
	publish(inst->vol, old, changed(old, inst, NULL));
	return 0;
}

/**
 * bpio_chain_del() - none of its callbacks runs or will run on return
 * @inst: of the chain; the registry's lock is held
 *
 * Context: Sleeps until calls in progress have returned, of other filters of
 * the mount as well. Cannot fail.
 */
void bpio_chain_del(struct bpio_instance *inst)
{
	struct bpio_filtering *f = filtering_of(inst);
	struct bpio_chain *old = chain_of(f);

	publish(inst->vol, old, changed(old, NULL, inst));
}

/* What a pre callback says, as far as it is its to say */
static enum bpio_next heeded(struct bpio_call *call, enum bpio_next next)
{
	switch (call->type) {
	case BPIO_CALL_ENABLE:
	case BPIO_CALL_QUERY:
		/* Vetoed; or the veto itself has failed (R25) */
		if (call->manage.args->results.filter.status ||
		    (next == BPIO_DONE && call->ret < 0))
			return BPIO_DONE;
		break;
	case BPIO_CALL_OPEN:
	case BPIO_CALL_MMAP:
		/* Nobody can do that in place of those below, but refuse it */
		if (next == BPIO_DONE && call->ret >= 0)
			call->ret = -EACCES;
		return next;
	case BPIO_CALL_READ:
	case BPIO_CALL_WRITE:
	case BPIO_CALL_SETATTR:
	case BPIO_CALL_FALLOCATE:
	case BPIO_CALL_FSYNC:
		return next;
	default:
		break;
	}
	return next == BPIO_DONE ? BPIO_NEXT : next;
}

/* Who says more than there was is believed neither above nor by programs */
static void limit(struct bpio_call *call)
{
	if (call->type == BPIO_CALL_READ || call->type == BPIO_CALL_WRITE)
		call->ret = min_t(long, call->ret, call->rw.len);
}

static enum bpio_next call_pre(struct bpio_instance *inst,
			       struct bpio_call *call, void **cookie)
{
	bpio_pre_fn pre = inst->filter->pre[call->type];
	struct bpio_inside in;
	enum bpio_next next;

	*cookie = NULL;
	if (!pre)
		return BPIO_NEXT_POST;
	call->at = inst;
	bpio_inside_enter(&in, inst, call->type);
	next = pre(inst, call, cookie);
	bpio_inside_leave(&in);
	call->at = NULL;
	next = heeded(call, next);
	limit(call);
	/* A veto that has failed is none the less one, and somebody's */
	if (next == BPIO_DONE && call->type >= BPIO_CALL_ENABLE)
		bpio_refuse_as(&call->manage.args->results.filter, -EOPNOTSUPP,
			       BPIO_REASON_OTHER,
			       "the filter vetoes without a proper reason",
			       inst->filter->name);
	return next;
}

static void call_post(struct bpio_instance *inst, struct bpio_call *call,
		      void *cookie)
{
	bpio_post_fn post = inst->filter->post[call->type];
	struct bpio_inside in;
	long ret = call->ret;

	if (!post)
		return;
	bpio_inside_enter(&in, inst, call->type);
	post(inst, call, cookie);
	bpio_inside_leave(&in);
	limit(call);
	/* What is done to the bypass is done */
	if (call->type >= BPIO_CALL_ENABLE)
		call->ret = ret;
}

/* Who comes first below @above, which may have left the chain */
static unsigned int first_below(const struct bpio_chain *chain,
				const struct bpio_instance *above)
{
	unsigned int i = 0;

	while (above && i < chain->nr &&
	       bpio_altitude_cmp(chain->at[i]->filter->altitude,
				 above->filter->altitude) >= 0)
		i++;
	return i;
}

/**
 * bpio_chain_begin() - the filters as they are now
 * @f: of the mount
 * @idx: for bpio_chain_end()
 *
 * Context: Any but interrupts. None of them goes before bpio_chain_end().
 * Return: the chain, NULL if there are none.
 */
const struct bpio_chain *bpio_chain_begin(struct bpio_filtering *f, int *idx)
	__acquires(&f->srcu)
{
	*idx = srcu_read_lock(&f->srcu);
	return srcu_dereference(f->chain, &f->srcu);
}

/**
 * bpio_chain_end() - the chain is not used any more
 * @f: of the mount
 * @idx: of bpio_chain_begin()
 *
 * Context: Of the same task.
 */
void bpio_chain_end(struct bpio_filtering *f, int idx)
	__releases(&f->srcu)
{
	srcu_read_unlock(&f->srcu, idx);
}

/**
 * bpio_chain_walk() - a call goes down, and up again
 * @chain: as found by bpio_chain_begin(); or NULL
 * @call: filled in, but for @ret
 * @above: begin below this one; NULL: at the top
 * @bottom: what is below all of them
 * @arg: for @bottom
 *
 * Context: Sleeps.
 * Return: what @bottom has returned, or whoever has completed or changed it.
 */
long bpio_chain_walk(const struct bpio_chain *chain, struct bpio_call *call,
		     const struct bpio_instance *above, bpio_bottom_fn bottom,
		     void *arg)
{
	enum bpio_next next = BPIO_NEXT;
	void *cookies[BPIO_CHAIN_MAX];
	unsigned int i, first;
	u32 posts = 0;

	call->ret = 0;
	call->at = NULL;
	if (!chain || !(chain->types & BIT(call->type)))
		return call->ret = bottom(call, arg);
	first = first_below(chain, above);
	for (i = first; i < chain->nr; i++) {
		next = call_pre(chain->at[i], call, &cookies[i]);
		if (next == BPIO_DONE)
			break;
		if (next == BPIO_NEXT_POST)
			posts |= BIT(i);
	}
	if (next != BPIO_DONE)
		call->ret = bottom(call, arg);
	while (i-- > first)
		if (posts & BIT(i))
			call_post(chain->at[i], call, cookies[i]);
	return call->ret;
}

/**
 * bpio_chain_call() - bpio_chain_walk() along the filters as they are now
 * @f: of the mount
 * @call: likewise
 * @above: likewise
 * @bottom: likewise
 * @arg: likewise
 *
 * Context: Sleeps.
 * Return: likewise.
 */
long bpio_chain_call(struct bpio_filtering *f, struct bpio_call *call,
		     const struct bpio_instance *above, bpio_bottom_fn bottom,
		     void *arg)
{
	int idx;
	const struct bpio_chain *chain = bpio_chain_begin(f, &idx);
	long ret = bpio_chain_walk(chain, call, above, bottom, arg);

	bpio_chain_end(f, idx);
	return ret;
}

/**
 * bpio_chain_ask_each() - what would each filter say, whatever others say? (W7)
 * @f: of the mount
 * @call: a BPIO_CALL_QUERY
 * @answer: called for each that vetoes
 * @arg: for @answer
 *
 * Context: Sleeps.
 */
void bpio_chain_ask_each(struct bpio_filtering *f, struct bpio_call *call,
			 void (*answer)(struct bpio_result *result, void *arg),
			 void *arg)
{
	struct bpio_result *result = &call->manage.args->results.filter;
	const struct bpio_chain *chain;
	enum bpio_next next;
	unsigned int i;
	void *cookie;
	int idx;

	chain = bpio_chain_begin(f, &idx);
	for (i = 0; chain && i < chain->nr; i++) {
		call->ret = 0;
		memset(result, 0, sizeof(*result));
		next = call_pre(chain->at[i], call, &cookie);
		if (result->status)
			answer(result, arg);
		if (next == BPIO_NEXT_POST)
			call_post(chain->at[i], call, cookie);
	}
	bpio_chain_end(f, idx);
	memset(result, 0, sizeof(*result));
}
