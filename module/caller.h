/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bypass, asked for and looked at by other modules, filters or not
 */
#ifndef BPIO_CALLER_H
#define BPIO_CALLER_H

#include <linux/bypassio.h>

struct file;
struct inode;

int bpio_manage_as(struct file *file, struct bpio_args *args, const char *who);

/**
 * bpio_manage() - send one of the eight operations from the kernel (R15)
 * @file: an open file or directory of a bypassfs mount
 * @args: as for BPIO_IOC_MANAGE, with room for the whole answer
 *
 * It goes to the top of the chain (R49); what a filter sends on behalf of a
 * call it sends downward, with bpio_manage_below().
 *
 * Context: Sleeps; DISABLE and the pauses until the reads in flight are
 * done: the caller holds no lock that a read takes.
 * Return: 0, also when vetoed; -ENOTTY if @file is not on a bypassfs mount;
 * -EINVAL if @args is malformed; -ENOMEM (ENABLE only). No privilege is needed.
 */
#define bpio_manage(file, args)	bpio_manage_as(file, args, KBUILD_MODNAME)

/**
 * bpio_open_count() - how many open files of an inode enable the bypass (R105)
 * @inode: of any file system
 *
 * An ENABLE that others have not answered yet counts.
 *
 * Context: Any. Takes no lock (R106).
 * Return: the count; 0 if it is not a bypassfs inode.
 */
unsigned int bpio_open_count(const struct inode *inode);

/**
 * bpio_open_count_ptr() - where to read that again
 * @inode: of any file system
 *
 * Context: Any. Good without a lock as long as the inode is held.
 * Return: NULL if nobody ever did, or it is not a bypassfs inode.
 */
const unsigned int *bpio_open_count_ptr(const struct inode *inode);

#endif /* BPIO_CALLER_H */
