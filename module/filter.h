/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one header for modules beside bypassfs
 *
 * OPERATIONS
 *
 * All eight operations can be sent from the kernel with bpio_manage(), which is
 * the ioctl without its privileges: the same struct, the same answers. The name
 * of the calling module is what people see as the owner of a pause.
 *
 * A module that changes a file under its readers does so in this order (R60):
 * keep later ENABLEs away, look at bpio_open_count(), and if it is not 0 send
 * STREAM_PAUSE; change the file; and when it may be bypassed again let ENABLEs
 * pass and send STREAM_RESUME. The other way round one could slip in between.
 */
#ifndef BPIO_FILTER_H
#define BPIO_FILTER_H

#include <linux/list.h>

#include <linux/bypassio.h>

struct file;
struct inode;
struct super_block;

int bpio_manage_as(struct file *file, struct bpio_args *args, const char *who);

/**
 * bpio_manage() - send one of the eight operations from the kernel (R15)
 * @file: an open file or directory of a bypassfs mount
 * @args: as for BPIO_IOC_MANAGE, with room for the whole answer
 *
 * Context: Sleeps; DISABLE and the pauses until the reads in flight are
 * done: the caller holds no lock that a read takes.
 * Return: 0, also when vetoed; -ENOTTY if @file is not on a bypassfs mount;
 * -EINVAL if @args is malformed; -ENOMEM (ENABLE only). No privilege is needed.
 */
#define bpio_manage(file, args)	bpio_manage_as(file, args, KBUILD_MODNAME)

unsigned int bpio_open_count(const struct inode *inode);
const unsigned int *bpio_open_count_ptr(const struct inode *inode);

/**
 * struct bpio_block - somebody who must see each read of a mount
 * @who: his name, as in /proc/modules
 * @node: the core's
 */
struct bpio_block {
	const char *who;
	struct list_head node;
};

int bpio_attach_block(struct super_block *sb, struct bpio_block *block);
void bpio_attach_unblock(struct super_block *sb, struct bpio_block *block);

#endif /* BPIO_FILTER_H */
