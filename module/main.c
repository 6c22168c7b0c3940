// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "dispatch.h"
#include "map.h"
#include "stack.h"
#include "stream.h"
#include "writer.h"

static int __init bypassfs_init(void)
{
	int err;

	err = bypassfs_inode_cache_init();
	if (err)
		return err;
	err = bypassfs_lower_init();
	if (err)
		goto out_inode_cache;
	bpio_writer_init();
	err = bpio_arm_init();
	if (err)
		goto out_lower;
	err = bpio_shrink_init();
	if (err)
		goto out_arm;
	err = bpio_dio_init();
	if (err)
		goto out_shrink;
	err = register_filesystem(&bypassfs_type);
	if (err)
		goto out_dio;
	return 0;

out_dio:
	bpio_dio_exit();
out_shrink:
	bpio_shrink_exit();
out_arm:
	bpio_arm_exit();
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
	bpio_dio_exit();
	bpio_shrink_exit();
	bpio_arm_exit();
	bypassfs_lower_exit();
	bypassfs_inode_cache_exit();
}
module_exit(bypassfs_exit);

MODULE_DESCRIPTION("Stacked file system whose reads can bypass it");
MODULE_LICENSE("GPL");
MODULE_ALIAS_FS(BYPASSFS_NAME);
