/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What filters remember of inodes and open files; see filter.h, which brings
 * this along
 */
#ifndef BPIO_CONTEXT_H
#define BPIO_CONTEXT_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct bpio_instance;
struct file;
struct inode;

/**
 * struct bpio_context - what a filter remembers of an inode or of an open file
 * @free: called once, when it is dropped and nobody has it any more; may not
 *	sleep
 * @refs: the core's, as is the rest
 * @inst: whose it is
 * @object: what it is about
 * @on_object: in the list of the inode
 * @on_inst: in the list of the instance
 *
 * To be embedded in the filter's own struct.
 */
struct bpio_context {
	void (*free)(struct bpio_context *ctx);
	refcount_t refs;
	struct bpio_instance *inst;
	const void *object;
	struct hlist_node on_object;
	struct list_head on_inst;
};

/**
 * bpio_context_set() - remember something of an inode or of an open file
 * @inst: who remembers
 * @inode: of the mount
 * @file: NULL, or open file of it: then of that
 * @ctx: zeroed, with @free set
 *
 * It is dropped when the inode leaves memory, the file is closed (after post of
 * BPIO_CALL_RELEASE), or the filter detached.
 *
 * Context: Any but interrupts.
 * Return: 0, and the caller has a reference of his own to put; or -EEXIST if
 * there is one already, and @ctx is untouched.
 */
int bpio_context_set(struct bpio_instance *inst, struct inode *inode,
		     const struct file *file, struct bpio_context *ctx);

/**
 * bpio_context_get() - find it again
 * @inst: as given to bpio_context_set()
 * @inode: likewise
 * @file: likewise
 *
 * Context: Any but interrupts; takes a spinlock.
 * Return: with a reference, to be given to bpio_context_put(); NULL if there is
 * none.
 */
struct bpio_context *bpio_context_get(struct bpio_instance *inst,
				      struct inode *inode,
				      const struct file *file);

/**
 * bpio_context_put() - give a reference back; the last one frees it
 * @ctx: or NULL
 *
 * Context: As its @free.
 */
void bpio_context_put(struct bpio_context *ctx);

/**
 * bpio_context_drop() - forget it before its time
 * @ctx: the caller has a reference, and keeps it
 *
 * Context: Any but interrupts.
 * Return: true for one caller, who has dropped it.
 */
bool bpio_context_drop(struct bpio_context *ctx);

#endif /* BPIO_CONTEXT_H */
