// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "stack.h"

static int __init bypassfs_init(void)
{
	int err;

	err = bypassfs_inode_cache_init();
	if (err)
		return err;
	err = bypassfs_lower_init();
	if (err)
		goto out_inode_cache;
	err = register_filesystem(&bypassfs_type);
	if (err)
		goto out_lower;
	return 0;

out_lower:
	bypassfs_lower_exit();
out_inode_cache:
	bypassfs_inode_cache_exit();
	return err;
}
module_init(bypassfs_init);

static void __exit bypassfs_exit(void)
{
	unregister_filesystem(&bypassfs_type);
	bypassfs_lower_exit();
	bypassfs_inode_cache_exit();
}
module_exit(bypassfs_exit);

MODULE_DESCRIPTION("Stacked file system whose reads can bypass it");
MODULE_LICENSE("GPL");
MODULE_ALIAS_FS(BYPASSFS_NAME);
