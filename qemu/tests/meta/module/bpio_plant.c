// SPDX-License-Identifier: GPL-2.0
/* A module that does wrong what its parameter says, so that the harness can be seen to notice. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/slab.h>

static char *act = "";
module_param(act, charp, 0444);
MODULE_PARM_DESC(act, "what to do: warn, report, leak, pin, taint, stuck");

static int __init plant_init(void)
{
	int i;

	if (!strcmp(act, "warn")) {
		WARN(1, "planted\n");
	} else if (!strcmp(act, "report")) {
		pr_err("BUG: planted\n");
	} else if (!strcmp(act, "leak")) {
		for (i = 0; i < 32; i++)
			if (!kmalloc(200 + i, GFP_KERNEL))
				return -ENOMEM;
	} else if (!strcmp(act, "pin")) {
		__module_get(THIS_MODULE);
	} else if (!strcmp(act, "taint")) {
		add_taint(TAINT_USER, LOCKDEP_STILL_OK);
	} else if (!strcmp(act, "stuck")) {
		msleep(1000 * 1000);
	} else {
		return -EINVAL;
	}
	return 0;
}

static void __exit plant_exit(void)
{
}

module_init(plant_init);
module_exit(plant_exit);
MODULE_DESCRIPTION("bypassfs: faults planted for the harness's own tests");
MODULE_LICENSE("GPL");
