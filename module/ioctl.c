// SPDX-License-Identifier: GPL-2.0
/*
 * BPIO_IOC_MANAGE: copy in, check, see who may, call, copy out. No policy. And
 * which of our ioctls it is.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat/kunit.h"
#include "filterlist.h"
#include "ioctl.h"
#include "operation.h"
#include "reason.h"
#include "stack.h"
#include "watch.h"

/* Bytes of the struct that an operation's answer needs (R13) */
static const size_t answer_size[BPIO_OP_MAX] = {
	[BPIO_OP_ENABLE]	= offsetofend(struct bpio_args, results),
	[BPIO_OP_DISABLE]	= BPIO_ARGS_HEADER,
	[BPIO_OP_QUERY]		= offsetofend(struct bpio_args, results),
	[BPIO_OP_VOLUME_PAUSE]	= BPIO_ARGS_HEADER,
	[BPIO_OP_VOLUME_RESUME]	= offsetofend(struct bpio_args, results),
	[BPIO_OP_STREAM_PAUSE]	= BPIO_ARGS_HEADER,
	[BPIO_OP_STREAM_RESUME]	= offsetofend(struct bpio_args, results),
	[BPIO_OP_GET_INFO]	= offsetofend(struct bpio_args, info.reasons),
};

/* Flags that do not fit every operation; the one that does is ignored (R6) */
static const u32 special_flags[BPIO_OP_MAX] = {
	[BPIO_OP_QUERY]		= BPIO_IN_ALL,
	[BPIO_OP_VOLUME_PAUSE]	= BPIO_IN_WHY | BPIO_IN_OWNED,
	[BPIO_OP_STREAM_PAUSE]	= BPIO_IN_WHY | BPIO_IN_OWNED,
	[BPIO_OP_GET_INFO]	= BPIO_IN_SCOPE_HANDLE | BPIO_IN_SCOPE_STREAM,
};

static size_t needed_size(const struct bpio_args *args)
{
	if (args->in_flags & BPIO_IN_ALL)
		return offsetofend(struct bpio_args, blockers);
	if (args->in_flags & BPIO_IN_WHY)
		return offsetofend(struct bpio_args, pause);
	return answer_size[args->op];
}

static int check_pause(const struct bpio_pause *pause)
{
	int i;

	if (pause->reason == BPIO_REASON_NONE ||
	    !bpio_reason_known(pause->reason))
		return -EINVAL;
	if (pause->reserved || pause->text_len > BPIO_TEXT_MAX)
		return -EINVAL;
	for (i = 0; i < pause->text_len; i++) {
		u8 c = pause->text[i];

		if (c < ' ' || c == 0x7f)
			return -EINVAL;
		/* U+0080 to U+009F */
		if (i && pause->text[i - 1] == 0xc2 && c >= 0x80 && c < 0xa0)
			return -EINVAL;
	}
	return 0;
}

/**
 * bpio_args_check() - is a request well-formed? (R1 to R6, R13)
 * @args: the request
 * @size: bytes of the caller's struct
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int bpio_args_check(const struct bpio_args *args, size_t size)
{
	const u32 scopes = BPIO_IN_SCOPE_HANDLE | BPIO_IN_SCOPE_STREAM;
	u32 flags = args->in_flags;

	if (!args->op || args->op >= BPIO_OP_MAX)
		return -EINVAL;
	if (args->reserved1 || args->reserved2)
		return -EINVAL;
	if (flags & ~(special_flags[args->op] | BPIO_IN_SKIP_STORAGE))
		return -EINVAL;
	if ((flags & scopes) == scopes)
		return -EINVAL;
	if (args->first && !(flags & BPIO_IN_ALL))
		return -EINVAL;
	if (size < needed_size(args))
		return -EINVAL;
	return flags & BPIO_IN_WHY ? check_pause(&args->pause) : 0;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_args_check);

/* Nothing else needs a right that the open file does not stand for (R15) */
static bool permitted(const struct file *file, u32 op)
{
	const struct inode *inode = file_inode(file);

	switch (op) {
	case BPIO_OP_STREAM_PAUSE:
	case BPIO_OP_STREAM_RESUME:
		return uid_eq(current_fsuid(),
			      bypassfs_lower_inode(inode)->i_uid) ||
		       capable(CAP_FOWNER);
	case BPIO_OP_VOLUME_PAUSE:
	case BPIO_OP_VOLUME_RESUME:
		return ns_capable(inode->i_sb->s_user_ns, CAP_SYS_ADMIN);
	default:
		return true;
	}
}

static long manage(struct file *file, struct bpio_args *args,
		   void __user *arg, size_t size)
{
	const size_t known = min(size, sizeof(*args));
	int ret;

	ret = copy_struct_from_user(args, sizeof(*args), arg, size);
	if (ret)
		return ret;
	ret = bpio_args_check(args, size);
	if (ret)
		return ret;
	if (!permitted(file, args->op))
		return -EPERM;
	/* Who cannot take the answer shall not have asked */
	if (clear_user(arg + BPIO_ARGS_INPUT, known - BPIO_ARGS_INPUT))
		return -EFAULT;
	ret = bpio_operation(file_inode(file), file, args, NULL, NULL);
	if (ret)
		return ret;
	args->size = known;
	return copy_to_user(arg, args, known) ? -EFAULT : 0;
}

/**
 * bpio_ioctl() - the bypass's part of ->unlocked_ioctl and ->compat_ioctl
 * @file: an upper file or directory
 * @cmd: any
 * @arg: of @cmd
 *
 * Context: Sleeps.
 * Return: 0 or a negative errno, see uapi/linux; -ENOIOCTLCMD if
 * @cmd is somebody else's.
 */
long bpio_ioctl(struct file *file, unsigned int cmd, void __user *arg)
{
	struct bpio_args *args;
	long ret;

	if (cmd == BPIO_IOC_WATCH)
		return bpio_watch_ioctl(file, arg);
	if (_IOC_TYPE(cmd) != BPIO_IOC_TYPE ||
	    _IOC_DIR(cmd) != (_IOC_READ | _IOC_WRITE))
		return -ENOIOCTLCMD;
	if (_IOC_NR(cmd) == BPIO_IOC_FILTERS_NR)
		return bpio_filters_ioctl(file, arg, _IOC_SIZE(cmd));
	if (_IOC_NR(cmd) != BPIO_IOC_NR)
		return -ENOIOCTLCMD;
	if (_IOC_SIZE(cmd) < BPIO_ARGS_HEADER)
		return -EINVAL;
	/* DISABLE, PAUSE and RESUME cannot fail */
	args = kmalloc(sizeof(*args), GFP_KERNEL | __GFP_NOFAIL);
	ret = manage(file, args, arg, _IOC_SIZE(cmd));
	kfree(args);
	return ret;
}
