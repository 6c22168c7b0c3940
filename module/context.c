// SPDX-License-Identifier: GPL-2.0
/*
 * What filters remember of inodes and open files
 *
 * A context is in two lists: of the inode or open file that it is about, and of
 * the instance whose it is. Whichever goes first takes it out of both, under
 * one lock, and gives back the reference of the lists. So that happens once. It
 * is freed when all who have found it have given theirs back.
 *
 * The function that frees it is the filter's. Those who let an inode or an open
 * file go are counted while they call it, and a filter that goes waits for them.
 */
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/rculist.h>

#include "chain.h"
#include "stack.h"

static struct hlist_head *contexts_of(struct inode *inode,
				      const struct file *file)
{
	return file ? &bypassfs_file(file)->contexts :
		      &bypassfs_inode(inode)->contexts;
}

static struct bpio_context *find(const struct hlist_head *contexts,
				 const struct bpio_instance *inst)
{
	struct bpio_context *ctx;

	hlist_for_each_entry(ctx, contexts, on_object)
		if (ctx->inst == inst)
			return ctx;
	return NULL;
}

/* See filter.h */
int bpio_context_set(struct bpio_instance *inst, struct inode *inode,
		     const struct file *file, struct bpio_context *ctx)
{
	struct bpio_filtering *f = &inst->vol->filtering;
	struct hlist_head *contexts = contexts_of(inode, file);
	int ret = -EEXIST;

	spin_lock(&f->ctx_lock);
	if (!find(contexts, inst)) {
		/* Those of the lists, and of the caller */
		refcount_set(&ctx->refs, 2);
		ctx->inst = inst;
		hlist_add_head(&ctx->on_object, contexts);
		list_add(&ctx->on_inst, &inst->contexts);
		ret = 0;
	}
	spin_unlock(&f->ctx_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(bpio_context_set);

/* See filter.h */
struct bpio_context *bpio_context_get(struct bpio_instance *inst,
				      struct inode *inode,
				      const struct file *file)
{
	struct bpio_filtering *f = &inst->vol->filtering;
	struct hlist_head *contexts = contexts_of(inode, file);
	struct bpio_context *ctx;

	/* Most have none */
	if (hlist_empty(contexts))
		return NULL;
	spin_lock(&f->ctx_lock);
	ctx = find(contexts, inst);
	if (ctx)
		refcount_inc(&ctx->refs);
	spin_unlock(&f->ctx_lock);
	return ctx;
}
EXPORT_SYMBOL_GPL(bpio_context_get);

/* See filter.h */
void bpio_context_put(struct bpio_context *ctx)
{
	if (ctx && refcount_dec_and_test(&ctx->refs))
		ctx->free(ctx);
}
EXPORT_SYMBOL_GPL(bpio_context_put);

/* Under ctx_lock. False if it was dropped already. */
static bool unlist(struct bpio_context *ctx)
{
	if (hlist_unhashed(&ctx->on_object))
		return false;
	hlist_del_init(&ctx->on_object);
	list_del_init(&ctx->on_inst);
	return true;
}

/* See filter.h */
bool bpio_context_drop(struct bpio_context *ctx)
{
	struct bpio_filtering *f = &ctx->inst->vol->filtering;
	bool dropped;

	spin_lock(&f->ctx_lock);
	dropped = unlist(ctx);
	spin_unlock(&f->ctx_lock);
	if (dropped)
		bpio_context_put(ctx);
	return dropped;
}
EXPORT_SYMBOL_GPL(bpio_context_drop);

static struct bpio_context *take_first(struct bpio_filtering *f,
				       const struct hlist_head *of_object,
				       struct list_head *of_inst)
{
	struct bpio_context *ctx;

	spin_lock(&f->ctx_lock);
	if (of_object)
		ctx = hlist_entry_safe(of_object->first, struct bpio_context,
				       on_object);
	else
		ctx = list_first_entry_or_null(of_inst, struct bpio_context,
					       on_inst);
	if (ctx) {
		unlist(ctx);
		ctx->inst->freeing++;
	}
	spin_unlock(&f->ctx_lock);
	return ctx;
}

/* The instance may be gone as soon as nobody is counted */
static void put_taken(struct bpio_filtering *f, struct bpio_context *ctx)
{
	struct bpio_instance *inst = ctx->inst;

	bpio_context_put(ctx);
	spin_lock(&f->ctx_lock);
	if (!--inst->freeing)
		wake_up_all(&f->ctx_freed);
	spin_unlock(&f->ctx_lock);
}

static bool all_freed(struct bpio_filtering *f,
		      const struct bpio_instance *inst)
{
	bool freed;

	/* So that who was counted last is out of there as well */
	spin_lock(&f->ctx_lock);
	freed = !inst->freeing;
	spin_unlock(&f->ctx_lock);
	return freed;
}

/**
 * bpio_context_drop_object() - an inode or an open file goes
 * @f: of its mount
 * @contexts: its
 *
 * Context: Any but interrupts.
 */
void bpio_context_drop_object(struct bpio_filtering *f,
			      struct hlist_head *contexts)
{
	struct bpio_context *ctx;

	if (hlist_empty(contexts))
		return;
	while ((ctx = take_first(f, contexts, NULL)))
		put_taken(f, ctx);
}

/**
 * bpio_context_drop_instance() - a filter goes, none of its callbacks runs
 * @inst: its instance
 *
 * Context: Sleeps until those that others have dropped are freed.
 */
void bpio_context_drop_instance(struct bpio_instance *inst)
{
	struct bpio_filtering *f = &inst->vol->filtering;
	struct bpio_context *ctx;

	while ((ctx = take_first(f, NULL, &inst->contexts)))
		put_taken(f, ctx);
	wait_event(f->ctx_freed, all_freed(f, inst));
}
