// SPDX-License-Identifier: GPL-2.0
/*
 * bpio_scan - nobody opens a file that holds a pattern
 *
 * A file that is opened for reading is scanned once, as a whole, and after that
 * may be bypassed until it is changed (verdict.c, rescan.c). What is read and
 * written in the traditional way is searched as it comes by, so that who had a file
 * open before the pattern came into it does not read it either.
 *
 * What is refused fails with EPERM, as it does for other listeners that may refuse
 * (fanotify): EACCES would send people to look at the file's mode.
 */
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "scan.h"
#include "scan_trace.h"

/**
 * struct scan_mount - a mount that is watched
 * @node: in mounts
 * @inst: this filter at it
 */
struct scan_mount {
	struct list_head node;
	struct bpio_instance *inst;
};

static DEFINE_MUTEX(mounts_lock);
static LIST_HEAD(mounts);

/**
 * struct scan_handle - what is remembered of an open file
 * @ctx: the core's
 * @lock: of the cursors
 * @read: of the bytes that were read last, so that a match is found in two reads
 * @write: likewise
 */
struct scan_handle {
	struct bpio_context ctx;
	spinlock_t lock;	/* of the cursors */
	struct scan_cursor read;
	struct scan_cursor write;
};

static void handle_free(struct bpio_context *ctx)
{
	kfree(container_of(ctx, struct scan_handle, ctx));
}

static struct scan_handle *handle_get(struct bpio_instance *inst,
				      struct bpio_call *call)
{
	struct bpio_context *ctx;
	struct scan_handle *new;

	while (!(ctx = bpio_context_get(inst, call->inode, call->file))) {
		new = kzalloc(sizeof(*new), GFP_KERNEL);
		if (!new)
			return NULL;
		new->ctx.free = handle_free;
		spin_lock_init(&new->lock);
		if (!bpio_context_set(inst, call->inode, call->file, &new->ctx))
			return new;
		kfree(new);
	}
	return container_of(ctx, struct scan_handle, ctx);
}

/* Without memory for what was before, only this piece is searched */
static bool search(struct bpio_instance *inst, struct bpio_call *call,
		   size_t len)
{
	struct scan_pattern *p = scan_pattern_get();
	struct scan_cursor cursor = {}, *kept;
	loff_t at, pos = call->rw.pos;
	struct scan_handle *h;
	bool found;

	if (!p)
		return false;
	h = handle_get(inst, call);
	if (h) {
		kept = call->type == BPIO_CALL_READ ? &h->read : &h->write;
		spin_lock(&h->lock);
		cursor = *kept;
		spin_unlock(&h->lock);
		/* Where it goes is not known yet: most likely behind the last */
		if (call->rw.iocb->ki_flags & IOCB_APPEND)
			pos = cursor.pos;
	}
	found = scan_search(p, &cursor, pos, call->rw.data, len, &at);
	if (found)
		trace_scan_match(call->inode, call->type, at);
	if (h) {
		spin_lock(&h->lock);
		/* Who is refused what he reads may try again */
		if (!found || call->type == BPIO_CALL_WRITE)
			*kept = cursor;
		spin_unlock(&h->lock);
		bpio_context_put(&h->ctx);
	}
	scan_pattern_put(p);
	return found;
}

static void open_post(struct bpio_instance *inst, struct bpio_call *call,
		      void *cookie)
{
	if (!call->ret && call->file->f_mode & FMODE_READ)
		call->ret = scan_file(inst, call->file);
}

static void read_post(struct bpio_instance *inst, struct bpio_call *call,
		      void *cookie)
{
	if (call->ret > 0 && search(inst, call, call->ret))
		call->ret = -EPERM;
	scan_rescan(inst, call->file);
}

/* What changes a file or may do so: the post callback gets the cookie */
static enum bpio_next change_pre(struct bpio_instance *inst,
				 struct bpio_call *call, void **cookie)
{
	*cookie = scan_change_begin(inst, call->inode, call->file);
	if (*cookie)
		return BPIO_NEXT_POST;
	call->ret = -ENOMEM;
	return BPIO_DONE;
}

static void change_post(struct bpio_instance *inst, struct bpio_call *call,
			void *cookie)
{
	scan_change_end(cookie);
}

/* Who writes the pattern is told on, and can: nobody will be able to open it */
static enum bpio_next write_pre(struct bpio_instance *inst,
				struct bpio_call *call, void **cookie)
{
	search(inst, call, call->rw.len);
	return change_pre(inst, call, cookie);
}

static enum bpio_next setattr_pre(struct bpio_instance *inst,
				  struct bpio_call *call, void **cookie)
{
	if (!(call->setattr.attr->ia_valid & ATTR_SIZE))
		return BPIO_NEXT;
	return change_pre(inst, call, cookie);
}

/* Shared, and of a file that is open for writing: it may become writable later */
static enum bpio_next mmap_pre(struct bpio_instance *inst,
			       struct bpio_call *call, void **cookie)
{
	if (!(call->mmap.vma->vm_flags & VM_SHARED))
		return BPIO_NEXT;
	return change_pre(inst, call, cookie);
}

static const char *why_not(struct bpio_instance *inst,
			   const struct bpio_call *call)
{
	switch (scan_verdict(inst, call->inode)) {
	case SCAN_CLEAN:
		return NULL;
	case SCAN_FOUND:
		return "the file holds what no file may hold";
	case SCAN_UNREADABLE:
		return "the file could not be read to its end";
	default:
		if (call->file && scan_being_written(call->file))
			return "somebody has the file open for writing";
		return "the file has to be scanned first";
	}
}

static enum bpio_next ask_pre(struct bpio_instance *inst,
			      struct bpio_call *call, void **cookie)
{
	const char *text;

	if (!S_ISREG(call->inode->i_mode))
		return BPIO_NEXT;
	text = why_not(inst, call);
	if (!text)
		return BPIO_NEXT;
	if (call->file)
		scan_rescan(inst, call->file);
	call->ret = bpio_veto(call, -EOPNOTSUPP, BPIO_REASON_MONITORING, text);
	return BPIO_DONE;
}

static int attach(struct bpio_instance *inst)
{
	struct scan_mount *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	m->inst = inst;
	bpio_instance_set(inst, m);
	mutex_lock(&mounts_lock);
	list_add(&m->node, &mounts);
	mutex_unlock(&mounts_lock);
	return 0;
}

static void detach(struct bpio_instance *inst)
{
	struct scan_mount *m = bpio_instance_get(inst);

	mutex_lock(&mounts_lock);
	list_del(&m->node);
	mutex_unlock(&mounts_lock);
	kfree(m);
}

static const struct bpio_filter filter = {
	.name		= KBUILD_MODNAME,
	.altitude	= "325000",
	.features	= BPIO_FEATURE_BYPASS | BPIO_FEATURE_DATA,
	.attach		= attach,
	.detach		= detach,
	.pre		= {
		[BPIO_CALL_WRITE]	= write_pre,
		[BPIO_CALL_SETATTR]	= setattr_pre,
		[BPIO_CALL_FALLOCATE]	= change_pre,
		[BPIO_CALL_MMAP]	= mmap_pre,
		[BPIO_CALL_ENABLE]	= ask_pre,
		[BPIO_CALL_QUERY]	= ask_pre,
	},
	.post		= {
		[BPIO_CALL_OPEN]	= open_post,
		[BPIO_CALL_READ]	= read_post,
		[BPIO_CALL_WRITE]	= change_post,
		[BPIO_CALL_SETATTR]	= change_post,
		[BPIO_CALL_FALLOCATE]	= change_post,
		[BPIO_CALL_MMAP]	= change_post,
	},
};

/**
 * scan_ask_again() - there is another pattern: no verdict counts any more
 *
 * Context: Sleeps.
 */
void scan_ask_again(void)
{
	struct scan_mount *m;

	mutex_lock(&mounts_lock);
	list_for_each_entry(m, &mounts, node)
		bpio_ask_again(m->inst);
	mutex_unlock(&mounts_lock);
}

static int __init scan_init(void)
{
	int ret = scan_rescan_init();

	if (ret)
		return ret;
	ret = bpio_filter_register(&filter);
	if (ret)
		scan_rescan_exit();
	return ret;
}

static void __exit scan_exit(void)
{
	scan_rescan_exit();
	bpio_filter_unregister(&filter);
	scan_pattern_exit();
}

module_init(scan_init);
module_exit(scan_exit);
MODULE_DESCRIPTION("bypassfs: refuses files that hold a pattern");
MODULE_LICENSE("GPL");
