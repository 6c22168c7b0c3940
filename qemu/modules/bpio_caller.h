/* SPDX-License-Identifier: GPL-2.0 */
/* Ioctls of /dev/bpio_caller: what a module can ask of bypassfs, for tests to ask. */
#ifndef BPIO_CALLER_DEVICE_H
#define BPIO_CALLER_DEVICE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct bpio_caller_manage - bpio_manage()
 * @fd: any open file
 * @reserved: unused
 * @args: where a whole struct bpio_args is; written unless it fails
 */
struct bpio_caller_manage {
	__s32 fd;
	__u32 reserved;
	__u64 args;
};

/**
 * struct bpio_caller_count - bpio_open_count() and bpio_open_count_ptr()
 * @fd: any open file
 * @count: out: the count of its inode
 * @has_ptr: out: there is a place to read it from
 * @at_ptr: out: if so, what it says
 */
struct bpio_caller_count {
	__s32 fd;
	__u32 count;
	__u32 has_ptr;
	__u32 at_ptr;
};

/**
 * struct bpio_caller_block - bpio_attach_block() and bpio_attach_unblock()
 * @fd: any open file; its file system is what is meant
 * @reserved: unused
 * @who: terminated; for the opposite: which
 *
 * What is blocked stays so until the opposite, or until the device is closed.
 */
struct bpio_caller_block {
	__s32 fd;
	__u32 reserved;
	char who[64];
};

#define BPIO_CALLER_MANAGE	_IOW(0xbe, 1, struct bpio_caller_manage)
#define BPIO_CALLER_COUNT	_IOWR(0xbe, 2, struct bpio_caller_count)
#define BPIO_CALLER_BLOCK	_IOW(0xbe, 3, struct bpio_caller_block)
#define BPIO_CALLER_UNBLOCK	_IOW(0xbe, 4, struct bpio_caller_block)

#endif /* BPIO_CALLER_DEVICE_H */
