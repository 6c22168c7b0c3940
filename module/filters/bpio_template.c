// SPDX-License-Identifier: GPL-2.0
/*
 * bpio_template - a filter to begin with
 *
 * It changes nothing. It counts the calls that come by, remembers of each inode
 * how many reads it has seen, and vetoes the bypass of files whose names end as
 * the user says. So it does once what every filter does. To make one of your own:
 * copy this file, give it a name and an altitude (filter.h), add it to the Kbuild,
 * and take out what you do not need.
 */
#include <linux/atomic.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "filter.h"

/*
 * What the user can set, at any time. It may change while it is looked at, so
 * there is a lock for that: kernel_param_lock().
 */
static char *veto_suffix = "";
module_param(veto_suffix, charp, 0644);
MODULE_PARM_DESC(veto_suffix,
		 "veto the bypass of files whose names end in this");

/* What the user can look at. Several CPUs count at a time: hence atomic. */
static atomic_long_t calls[BPIO_CALL_MAX];

static int calls_get(char *buffer, const struct kernel_param *kp)
{
	int i, len = 0;

	for (i = 0; i < BPIO_CALL_MAX; i++)
		len += sysfs_emit_at(buffer, len, "%ld%c",
				     atomic_long_read(&calls[i]),
				     i == BPIO_CALL_MAX - 1 ? '\n' : ' ');
	return len;
}

static const struct kernel_param_ops calls_ops = { .get = calls_get };
module_param_cb(calls, &calls_ops, NULL, 0444);
MODULE_PARM_DESC(calls, "calls seen, in the order of enum bpio_call_type");

/**
 * struct seen - what is remembered of an inode
 * @ctx: the core's part: it finds this again, and frees it with the inode
 * @reads: calls that have returned data
 */
struct seen {
	struct bpio_context ctx;
	atomic_long_t reads;
};

static void seen_free(struct bpio_context *ctx)
{
	kfree(container_of(ctx, struct seen, ctx));
}

/* The inode's, made if there is none; with a reference, or NULL without memory */
static struct seen *seen_get(struct bpio_instance *inst, struct inode *inode)
{
	struct bpio_context *ctx;
	struct seen *new;

	/* The third argument would be the open file, to remember that */
	while (!(ctx = bpio_context_get(inst, inode, NULL))) {
		new = kzalloc(sizeof(*new), GFP_KERNEL);
		if (!new)
			return NULL;
		new->ctx.free = seen_free;
		if (!bpio_context_set(inst, inode, NULL, &new->ctx))
			return new;
		/* Somebody else was faster: take his */
		kfree(new);
	}
	return container_of(ctx, struct seen, ctx);
}

/* On the way down. The post callback is not needed for a call that is counted. */
static enum bpio_next count(struct bpio_instance *inst, struct bpio_call *call,
			    void **cookie)
{
	atomic_long_inc(&calls[call->type]);
	return BPIO_NEXT;
}

/* What is put into *cookie here, the post callback of the same call gets. */
static enum bpio_next read_pre(struct bpio_instance *inst,
			       struct bpio_call *call, void **cookie)
{
	count(inst, call, NULL);
	*cookie = seen_get(inst, call->inode);
	return *cookie ? BPIO_NEXT_POST : BPIO_NEXT;
}

/* On the way up: those below have said in @ret how it went. */
static void read_post(struct bpio_instance *inst, struct bpio_call *call,
		      void *cookie)
{
	struct seen *seen = cookie;

	if (call->ret > 0)
		atomic_long_inc(&seen->reads);
	bpio_context_put(&seen->ctx);
}

/* Files that an operation of the bypass is sent on can be directories, too */
static bool name_is_vetoed(const struct file *file)
{
	struct name_snapshot name;
	size_t len;
	bool veto;

	if (!file)
		return false;
	take_dentry_name_snapshot(&name, file->f_path.dentry);
	kernel_param_lock(THIS_MODULE);
	len = strlen(veto_suffix);
	veto = len && name.name.len >= len &&
	       !memcmp(name.name.name + name.name.len - len, veto_suffix, len);
	kernel_param_unlock(THIS_MODULE);
	release_dentry_name_snapshot(&name);
	return veto;
}

/*
 * ENABLE and QUERY: the same answer to both. A veto is no error: the call is given
 * a status, a reason for programs, and a text for people, and nobody below is asked.
 */
static enum bpio_next enable_pre(struct bpio_instance *inst,
				 struct bpio_call *call, void **cookie)
{
	struct seen *seen;
	char text[64];

	count(inst, call, NULL);
	if (!name_is_vetoed(call->file))
		return BPIO_NEXT;
	seen = seen_get(inst, call->inode);
	snprintf(text, sizeof(text), "by its name; %ld reads of it were seen",
		 seen ? atomic_long_read(&seen->reads) : 0);
	if (seen)
		bpio_context_put(&seen->ctx);
	call->ret = bpio_veto(call, -EOPNOTSUPP, BPIO_REASON_OTHER, text);
	return BPIO_DONE;
}

/*
 * A mount wants to know whether it is wanted. bpio_instance_set() keeps something
 * for it, until detach(); a negative errno leaves the mount alone.
 */
static int attach(struct bpio_instance *inst)
{
	pr_debug("at a mount of %s\n", bpio_instance_sb(inst)->s_id);
	return 0;
}

static const struct bpio_filter filter = {
	.name		= KBUILD_MODNAME,
	/* of those that watch: above all that change data (R76) */
	.altitude	= "365000",
	/* without it no read of any mount could skip a filter: see bpio_legacy.c */
	.features	= BPIO_FEATURE_BYPASS,
	.attach		= attach,
	.pre		= {
		[BPIO_CALL_OPEN]	= count,
		[BPIO_CALL_RELEASE]	= count,
		[BPIO_CALL_READ]	= read_pre,
		[BPIO_CALL_WRITE]	= count,
		[BPIO_CALL_ENABLE]	= enable_pre,
		[BPIO_CALL_DISABLE]	= count,
		[BPIO_CALL_QUERY]	= enable_pre,
	},
	.post		= {
		[BPIO_CALL_READ]	= read_post,
	},
};

static int __init template_init(void)
{
	return bpio_filter_register(&filter);
}

/* Files may be open and reads in flight: when this returns, no callback runs. */
static void __exit template_exit(void)
{
	bpio_filter_unregister(&filter);
}

module_init(template_init);
module_exit(template_exit);
MODULE_DESCRIPTION("bypassfs: a filter to begin with");
MODULE_LICENSE("GPL");
