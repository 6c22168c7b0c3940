// SPDX-License-Identifier: GPL-2.0
/*
 * What filters say to a bypass, and how they say it
 */
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "ask.h"
#include "attach.h"
#include "chain.h"
#include "pause.h"
#include "reason.h"
#include "stack.h"
#include "stream.h"
#include "trace.h"

static bool is_asked(const struct bpio_call *call)
{
	return call->type == BPIO_CALL_ENABLE || call->type == BPIO_CALL_QUERY;
}

/* See filter.h */
int bpio_veto(struct bpio_call *call, int status, enum bpio_reason reason,
	      const char *text)
{
	struct bpio_instance *inst = call->at;
	int ret;

	if (!is_asked(call) || !inst)
		return -EOPNOTSUPP;
	ret = bpio_refuse_as(&call->manage.args->results.filter, status, reason,
			     text, inst->filter->name);
	if (ret)
		return ret;
	atomic64_inc(&inst->vetoes);
	trace_bpio_filter_veto(bypassfs_lower_inode(call->inode),
			       inst->filter->name, status, reason);
	return 0;
}
EXPORT_SYMBOL_GPL(bpio_veto);

/* See filter.h */
bool bpio_agreed(const struct bpio_call *call)
{
	return is_asked(call) && !call->at && !call->ret &&
	       !call->manage.args->results.filter.status;
}
EXPORT_SYMBOL_GPL(bpio_agreed);

static long nothing(struct bpio_call *call, void *arg)
{
	return 0;
}

/* Whoever asks cannot fail for want of memory */
static void query_begin(struct bpio_call *call, struct inode *inode,
			struct file *file)
{
	struct bpio_args *args = kzalloc(sizeof(*args),
					 GFP_KERNEL | __GFP_NOFAIL);

	args->op = BPIO_OP_QUERY;
	args->in_flags = BPIO_IN_SKIP_STORAGE;
	*call = (struct bpio_call) {
		.type = BPIO_CALL_QUERY,
		.inode = inode,
		.file = file,
		.manage.args = args,
	};
}

/**
 * bpio_ask_filters() - does any filter object? (R63)
 * @inode: the upper inode
 * @file: open file of it, or NULL
 * @result: zeroed; who objects, the first from the top
 *
 * Context: Sleeps; calls filters, so no lock is held. Cannot fail.
 */
void bpio_ask_filters(struct inode *inode, struct file *file,
		      struct bpio_result *result)
{
	struct bpio_filtering *f = bypassfs_filtering(inode);
	struct bpio_call call;

	if (!bpio_chain_sees(f, BPIO_CALL_QUERY))
		return;
	query_begin(&call, inode, file);
	bpio_chain_call(f, &call, NULL, nothing, NULL);
	*result = call.manage.args->results.filter;
	kfree(call.manage.args);
}

/**
 * bpio_ask_each_filter() - which of them object? (W7)
 * @inode: the upper inode
 * @file: open file of it
 * @answer: called for each
 * @arg: for @answer
 *
 * Context: Sleeps; calls filters, so no lock is held.
 */
void bpio_ask_each_filter(struct inode *inode, struct file *file,
			  void (*answer)(struct bpio_result *result, void *arg),
			  void *arg)
{
	struct bpio_filtering *f = bypassfs_filtering(inode);
	struct bpio_call call;

	if (!bpio_chain_sees(f, BPIO_CALL_QUERY))
		return;
	query_begin(&call, inode, file);
	bpio_chain_ask_each(f, &call, answer, arg);
	kfree(call.manage.args);
}

/* As if it had paused, and its pause ended with it: see bpio_stream_forget() */
static void ask_stream(struct bpio_stream *st, const void *arg)
{
	const struct bpio_instance *inst = arg;

	bpio_stream_pause(st, bpio_pauser_new(inst, inst->filter->name, 0,
					      NULL));
	bpio_stream_forget(st, inst, NULL);
}

/* See filter.h */
void bpio_ask_again(struct bpio_instance *inst)
{
	bpio_attach_each_stream(inst->vol, ask_stream, inst);
}
EXPORT_SYMBOL_GPL(bpio_ask_again);
