// SPDX-License-Identifier: GPL-2.0
/*
 * bpio_legacy - a filter that was not made for the bypass
 *
 * It counts reads, and relies on seeing each. It does not say that reads may skip
 * it (BPIO_FEATURE_BYPASS), as one written before there was a bypass would not. So
 * the mounts that it is attached to are kept from skipping any filter (R71):
 * with it one can see what such a module does to others. Files are as readable as
 * before, and the storage half goes on: a read that was seen may come straight
 * from the disk.
 *
 * A filter that can say for which files it must see everything is better off to
 * support the bypass and to veto it for those (R70): see bpio_template.c.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sysfs.h>

#include "filter.h"

static atomic64_t reads = ATOMIC64_INIT(0);
static atomic64_t bytes = ATOMIC64_INIT(0);

static int counter_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%lld\n",
			  atomic64_read((const atomic64_t *)kp->arg));
}

static const struct kernel_param_ops counter_ops = { .get = counter_get };
module_param_cb(reads, &counter_ops, &reads, 0444);
MODULE_PARM_DESC(reads, "reads seen");
module_param_cb(bytes, &counter_ops, &bytes, 0444);
MODULE_PARM_DESC(bytes, "bytes that they have returned");

static void read_post(struct bpio_instance *inst, struct bpio_call *call,
		      void *cookie)
{
	atomic64_inc(&reads);
	if (call->ret > 0)
		atomic64_add(call->ret, &bytes);
}

static const struct bpio_filter filter = {
	.name		= KBUILD_MODNAME,
	.altitude	= "385000",
	.post		= { [BPIO_CALL_READ] = read_post },
};

static int __init legacy_init(void)
{
	return bpio_filter_register(&filter);
}

static void __exit legacy_exit(void)
{
	bpio_filter_unregister(&filter);
}

module_init(legacy_init);
module_exit(legacy_exit);
MODULE_DESCRIPTION("bypassfs: a filter that does not support the bypass");
MODULE_LICENSE("GPL");
