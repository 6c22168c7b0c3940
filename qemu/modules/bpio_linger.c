// SPDX-License-Identifier: GPL-2.0
/*
 * For tests of the list of filters: several of them, in whom calls linger, who veto
 * and who pause, as the parameters say. Number 0 sees reads, the others do not. One
 * more, which blocks the bypass, comes when it is told to.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "filter.h"

#define MOST	32

static unsigned int count = 1;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "how many filters, at most 32");

static int hold = -1;
module_param(hold, int, 0644);
MODULE_PARM_DESC(hold, "calls of this type do not go on, unless killed; -1: of none");

static bool veto;
module_param(veto, bool, 0644);
MODULE_PARM_DESC(veto, "ENABLE and QUERY are vetoed");

static bool pause;
module_param(pause, bool, 0644);
MODULE_PARM_DESC(pause, "a file that is synced is paused");

static struct one {
	struct bpio_filter filter;
	char name[BPIO_DRIVER_MAX];
	char altitude[BPIO_DRIVER_MAX];
} all[MOST];

static enum bpio_next linger(struct bpio_instance *inst, struct bpio_call *call,
			     void **cookie)
{
	while (READ_ONCE(hold) == call->type && !fatal_signal_pending(current))
		schedule_timeout_killable(HZ / 50 + 1);
	return BPIO_NEXT;
}

static enum bpio_next refuse(struct bpio_instance *inst, struct bpio_call *call,
			     void **cookie)
{
	linger(inst, call, cookie);
	if (!READ_ONCE(veto))
		return BPIO_NEXT;
	bpio_veto(call, -EOPNOTSUPP, BPIO_REASON_OTHER, "told to");
	return BPIO_DONE;
}

static enum bpio_next sync_pause(struct bpio_instance *inst,
				 struct bpio_call *call, void **cookie)
{
	struct bpio_args *args;

	linger(inst, call, cookie);
	if (!READ_ONCE(pause))
		return BPIO_NEXT;
	args = kzalloc(sizeof(*args), GFP_KERNEL);
	if (!args)
		return BPIO_NEXT;
	args->op = BPIO_OP_STREAM_PAUSE;
	bpio_manage_below(inst, call->inode, call->file, args);
	kfree(args);
	return BPIO_NEXT;
}

static void prepare(unsigned int i)
{
	struct one *one = &all[i];
	struct bpio_filter *f = &one->filter;

	snprintf(one->name, sizeof(one->name), KBUILD_MODNAME ".%u", i);
	snprintf(one->altitude, sizeof(one->altitude), "%u.5", 1000 + i);
	f->name = one->name;
	f->altitude = one->altitude;
	if (i) {
		f->pre[BPIO_CALL_MMAP] = linger;
		return;
	}
	f->features = BPIO_FEATURE_BYPASS | BPIO_FEATURE_DATA;
	f->pre[BPIO_CALL_READ] = linger;
	f->pre[BPIO_CALL_FSYNC] = sync_pause;
	f->pre[BPIO_CALL_ENABLE] = refuse;
	f->pre[BPIO_CALL_QUERY] = refuse;
}

static const struct bpio_filter late = {
	.name		= KBUILD_MODNAME ".late",
	.altitude	= "10",
	.pre		= { [BPIO_CALL_READ] = linger },
};

static bool late_came;

static void late_work(struct work_struct *work)
{
	if (!late_came)
		late_came = !bpio_filter_register(&late);
}

static DECLARE_WORK(late_comes, late_work);

/* Not here: who writes to a parameter keeps others from writing to @hold */
static int come_set(const char *val, const struct kernel_param *kp)
{
	schedule_work(&late_comes);
	return 0;
}

static const struct kernel_param_ops come_ops = { .set = come_set };
module_param_cb(come, &come_ops, NULL, 0200);
MODULE_PARM_DESC(come, "the late one comes, whatever is written");

/* The one in whom calls linger is the first to go */
static void leave(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		bpio_filter_unregister(&all[i].filter);
}

static int __init linger_init(void)
{
	unsigned int i;
	int ret;

	if (!count || count > MOST)
		return -EINVAL;
	for (i = 0; i < count; i++) {
		prepare(i);
		ret = bpio_filter_register(&all[i].filter);
		if (ret) {
			leave(i);
			return ret;
		}
	}
	return 0;
}

static void __exit linger_exit(void)
{
	leave(count);
	flush_work(&late_comes);
	if (late_came)
		bpio_filter_unregister(&late);
}

module_init(linger_init);
module_exit(linger_exit);
MODULE_DESCRIPTION("bypassfs test: filters that do not return");
MODULE_LICENSE("GPL");
