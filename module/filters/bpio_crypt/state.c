// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of an inode
 *
 * The extended attribute is read when a file is first opened (or truncated by
 * name, or used while the filter came), and kept as long as the inode is. Keys
 * come with the first who has them. For as long as a file that is not plain is
 * in memory the module is, or else those who have it open would see cipher
 * text, and write plain text into it.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "crypt.h"

/* Opens lower files whatever the caller may: he has been let through above */
static const struct cred *our_cred;

/**
 * crypt_state_init() - prepare
 *
 * Context: Module load.
 * Return: 0 or -ENOMEM.
 */
int crypt_state_init(void)
{
	our_cred = prepare_kernel_cred(&init_task);
	return our_cred ? 0 : -ENOMEM;
}

/**
 * crypt_state_exit() - the opposite
 *
 * Context: Module unload.
 */
void crypt_state_exit(void)
{
	put_cred(our_cred);
}

/**
 * crypt_open_lower() - open the file below for ourselves
 * @dentry: of the mount
 * @flags: O_RDONLY or O_RDWR
 *
 * Context: Sleeps.
 * Return: The lower file or an error.
 */
struct file *crypt_open_lower(struct dentry *dentry, int flags)
{
	return bpio_open_lower(dentry, flags | O_LARGEFILE | O_NOATIME,
			       our_cred);
}

/* False if the module is going */
static bool pin(struct crypt_file *cf)
{
	cf->pinned = try_module_get(THIS_MODULE);
	return cf->pinned;
}

static void unpin(struct crypt_file *cf)
{
	if (cf->pinned)
		module_put(THIS_MODULE);
	cf->pinned = false;
}

static void crypt_file_free(struct bpio_context *ctx)
{
	struct crypt_file *cf = container_of(ctx, struct crypt_file, ctx);

	unpin(cf);
	crypt_only_del(cf);
	crypt_mappers_free(cf);
	crypt_keys_free(cf->keys);
	kfree_sensitive(cf->head);
	if (cf->lower)
		fput(cf->lower);
	kfree(cf);
}

static struct crypt_file *read_state(const struct bpio_instance *inst,
				     struct dentry *dentry)
{
	struct dentry *lower = bpio_lower_path(dentry).dentry;
	struct crypt_file *cf = kzalloc(sizeof(*cf), GFP_KERNEL);
	int ret;

	if (!cf)
		return ERR_PTR(-ENOMEM);
	cf->inst = inst;
	cf->inode = d_inode(lower);
	cf->ctx.free = crypt_file_free;
	init_rwsem(&cf->sem);
	mutex_init(&cf->request);
	spin_lock_init(&cf->map_lock);
	INIT_LIST_HEAD(&cf->mappers);
	/* Nothing is known of what is on the disk */
	cf->changes = 1;
	/* First be seen, then look: whoever encrypts does the opposite */
	ret = crypt_only_add(cf);
	if (!ret)
		ret = crypt_head_read(lower, &cf->head);
	if (!ret && cf->head)
		ret = pin(cf) ? crypt_only_take(cf) : -EBUSY;
	if (!ret && cf->head) {
		cf->veto = true;
		cf->settled = cf->head->target == cf->head->boundary;
		cf->lower = crypt_open_lower(dentry, O_RDONLY);
		if (IS_ERR(cf->lower)) {
			ret = PTR_ERR(cf->lower);
			cf->lower = NULL;
		}
	}
	if (!ret)
		return cf;
	crypt_file_free(&cf->ctx);
	return ERR_PTR(ret);
}

/**
 * crypt_file_get() - what is known of an inode; the disk is asked if nothing is
 * @inst: of the mount
 * @inode: a regular file of it
 * @dentry: one of its
 *
 * Context: Sleeps.
 * Return: with a reference, or an error.
 */
struct crypt_file *crypt_file_get(struct bpio_instance *inst,
				  struct inode *inode, struct dentry *dentry)
{
	struct bpio_context *ctx = bpio_context_get(inst, inode, NULL);
	struct crypt_file *cf;
	int ret;

	while (!ctx) {
		cf = read_state(inst, dentry);
		if (IS_ERR(cf))
			return cf;
		ret = bpio_context_set(inst, inode, NULL, &cf->ctx);
		if (!ret)
			return cf;
		crypt_file_free(&cf->ctx);
		if (ret != -EEXIST)
			return ERR_PTR(ret);
		ctx = bpio_context_get(inst, inode, NULL);
	}
	return container_of(ctx, struct crypt_file, ctx);
}

/**
 * crypt_file_put() - give it back
 * @cf: from crypt_file_get()
 *
 * Context: Any but interrupts.
 */
void crypt_file_put(struct crypt_file *cf)
{
	bpio_context_put(&cf->ctx);
}

static int bring_keys(struct crypt_file *cf)
{
	struct crypt_keys *keys;

	if (cf->keys)
		return 0;
	keys = crypt_keys_find(cf->head);
	if (IS_ERR(keys))
		return PTR_ERR(keys);
	if (memcmp(keys->check, cf->head->check, CRYPT_CHECK)) {
		crypt_keys_free(keys);
		return -EKEYREJECTED;
	}
	cf->keys = keys;
	return 0;
}

static int settle(struct bpio_instance *inst, struct crypt_file *cf,
		  struct dentry *dentry)
{
	struct crypt_io io = { .inst = inst, .cf = cf };
	int ret;

	if (cf->settled)
		return 0;
	io.lower = crypt_open_lower(dentry, O_RDWR);
	if (IS_ERR(io.lower))
		return PTR_ERR(io.lower);
	ret = crypt_settle(&io);
	fput(io.lower);
	return ret;
}

/**
 * crypt_file_ready() - see that a file can be read
 * @inst: of the mount
 * @cf: the file
 * @dentry: one of its
 *
 * Brings the caller's key, if there is none yet, and makes good what was under
 * way in a crash.
 *
 * Context: Sleeps; sem not held.
 * Return: 0, -ENOKEY, -EKEYREJECTED, or another negative errno.
 */
int crypt_file_ready(struct bpio_instance *inst, struct crypt_file *cf,
		     struct dentry *dentry)
{
	int ret;

	ret = down_write_killable(&cf->sem);
	if (ret)
		return ret;
	if (cf->head)
		ret = bring_keys(cf) ?: settle(inst, cf, dentry);
	up_write(&cf->sem);
	return ret;
}

/**
 * crypt_file_mark() - the file is not plain from now on
 * @cf: the file
 * @head: of it; taken over
 * @keys: of it; taken over
 * @lower: the lower file, open for reading; taken over
 *
 * Context: Any; sem held for writing; the caller has the module.
 */
void crypt_file_mark(struct crypt_file *cf, struct crypt_head *head,
		     struct crypt_keys *keys, struct file *lower)
{
	__module_get(THIS_MODULE);
	cf->pinned = true;
	cf->head = head;
	cf->keys = keys;
	cf->lower = lower;
	cf->settled = true;
	cf->synced = ++cf->changes;
}

/**
 * crypt_file_plain() - the file is plain from now on
 * @cf: the file
 *
 * Context: Sleeps; sem held for writing; the caller has the module, or is in a
 * callback.
 */
void crypt_file_plain(struct crypt_file *cf)
{
	kfree_sensitive(cf->head);
	crypt_keys_free(cf->keys);
	if (cf->lower)
		fput(cf->lower);
	cf->head = NULL;
	cf->keys = NULL;
	cf->lower = NULL;
	crypt_only_give(cf);
	unpin(cf);
	WRITE_ONCE(cf->veto, false);
}
