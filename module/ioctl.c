// SPDX-License-Identifier: GPL-2.0
/*
 * BPIO_IOC_MANAGE: copy in, check, call, copy out. No policy.
 */
#include <linux/blkdev.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat/kunit.h"
#include "handle.h"
#include "ioctl.h"
#include "reason.h"
#include "stack.h"
#include "stream.h"

/* Bytes of the struct that an operation's answer needs (R13) */
static const size_t answer_size[BPIO_OP_MAX] = {
	[BPIO_OP_ENABLE]	= offsetofend(struct bpio_args, results),
	[BPIO_OP_DISABLE]	= BPIO_ARGS_HEADER,
	[BPIO_OP_QUERY]		= offsetofend(struct bpio_args, results),
	[BPIO_OP_VOLUME_PAUSE]	= BPIO_ARGS_HEADER,
	[BPIO_OP_VOLUME_RESUME]	= offsetofend(struct bpio_args, results),
	[BPIO_OP_STREAM_PAUSE]	= BPIO_ARGS_HEADER,
	[BPIO_OP_STREAM_RESUME]	= offsetofend(struct bpio_args, results),
	[BPIO_OP_GET_INFO]	= offsetofend(struct bpio_args, info),
};

#define SCOPES	(BPIO_IN_SCOPE_HANDLE | BPIO_IN_SCOPE_STREAM)

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
	u32 scope = args->in_flags & SCOPES;

	if (!args->op || args->op >= BPIO_OP_MAX)
		return -EINVAL;
	if (args->reserved1 || args->reserved2)
		return -EINVAL;
	if (args->in_flags & ~BPIO_IN_KNOWN)
		return -EINVAL;
	if (scope && (args->op != BPIO_OP_GET_INFO || scope == SCOPES))
		return -EINVAL;
	return size < answer_size[args->op] ? -EINVAL : 0;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_args_check);

static struct bpio_stream *stream_of(struct file *file)
{
	struct bypassfs_inode *bi = bypassfs_inode(file_inode(file));

	return bypassfs_stream(bi);
}

static struct bpio_handle *handle_of(struct file *file)
{
	if (!S_ISREG(file_inode(file)->i_mode))
		return NULL;
	return bypassfs_handle(bypassfs_file(file));
}

static struct bpio_volume *volume_of(struct file *file)
{
	return &bypassfs_sb(file_inode(file)->i_sb)->vol;
}

static bool may_pause_stream(const struct file *file)
{
	const struct inode *lower = bypassfs_lower_inode(file_inode(file));

	return uid_eq(current_fsuid(), lower->i_uid) || capable(CAP_FOWNER);
}

static bool may_pause_volume(const struct file *file)
{
	return ns_capable(file_inode(file)->i_sb->s_user_ns, CAP_SYS_ADMIN);
}

/* Sums of one scope. What is being counted meanwhile may be missing. */
static void sum_counts(struct file *file, u32 scope, struct bpio_counts *sum)
{
	struct bpio_stream *st = stream_of(file);
	struct bpio_handle *h = handle_of(file);

	if (scope == BPIO_IN_SCOPE_HANDLE) {
		if (h)
			bpio_counts_sum(sum, h->counts);
	} else if (scope == BPIO_IN_SCOPE_STREAM) {
		if (st)
			bpio_volume_sum(st->vol, st, sum);
	} else {
		bpio_volume_sum(volume_of(file), NULL, sum);
	}
}

static u16 put_name(u8 *to, const char *name)
{
	size_t len = bpio_utf8_cut(name, BPIO_DRIVER_MAX);

	memcpy(to, name, len);
	return len;
}

static void get_info(struct file *file, u32 scope, struct bpio_info *info)
{
	struct bpio_volume *vol = volume_of(file);
	struct super_block *lower_sb = vol->lower_sb;
	struct bpio_counts *sum = (struct bpio_counts *)info->reads;
	char name[BDEVNAME_SIZE];

	BUILD_BUG_ON(offsetofend(struct bpio_info, reasons) -
		     offsetof(struct bpio_info, reads) != sizeof(*sum));
	info->volume_count = READ_ONCE(vol->active);
	info->fs_name_len = put_name(info->fs_name, lower_sb->s_type->name);
	if (lower_sb->s_bdev) {
		info->block_size = bdev_logical_block_size(lower_sb->s_bdev);
		snprintf(name, sizeof(name), "%pg", lower_sb->s_bdev);
		info->disk_name_len = put_name(info->disk_name, name);
	}
	sum_counts(file, scope, sum);
}

static void resume_stream(struct file *file, struct bpio_results *results)
{
	struct bpio_stream *st = stream_of(file);

	if (st)
		bpio_stream_resume(st);
	bpio_handle_query(file, true, results);
}

static int perform(struct file *file, struct bpio_args *args)
{
	struct bpio_stream *st = stream_of(file);

	switch (args->op) {
	case BPIO_OP_ENABLE:
		return bpio_handle_enable(file, &args->results);
	case BPIO_OP_DISABLE:
		bpio_handle_disable(file);
		return 0;
	case BPIO_OP_QUERY:
		bpio_handle_query(file, !(args->in_flags & BPIO_IN_SKIP_STORAGE),
				  &args->results);
		return 0;
	case BPIO_OP_STREAM_PAUSE:
		if (!may_pause_stream(file))
			return -EPERM;
		if (st)
			bpio_stream_pause(st);
		return 0;
	case BPIO_OP_STREAM_RESUME:
		if (!may_pause_stream(file))
			return -EPERM;
		resume_stream(file, &args->results);
		return 0;
	case BPIO_OP_VOLUME_PAUSE:
		if (!may_pause_volume(file))
			return -EPERM;
		bpio_volume_pause(volume_of(file));
		return 0;
	case BPIO_OP_VOLUME_RESUME:
		if (!may_pause_volume(file))
			return -EPERM;
		bpio_volume_resume(volume_of(file));
		bpio_handle_query(file, true, &args->results);
		return 0;
	case BPIO_OP_GET_INFO:
		get_info(file, args->in_flags & SCOPES, &args->info);
		return 0;
	default:
		return -EINVAL;
	}
}

/* What every answer says about the state after the operation */
static void fill_header(struct file *file, struct bpio_args *args)
{
	struct bpio_volume *vol = volume_of(file);
	struct bpio_stream *st = stream_of(file);
	struct bpio_handle *h = handle_of(file);

	if (READ_ONCE(vol->paused))
		args->out_flags |= BPIO_OUT_VOLUME_PAUSED;
	if (vol->fs)
		args->out_flags |= BPIO_OUT_STORAGE_COMPATIBLE;
	if (!st)
		return;
	if (READ_ONCE(st->paused))
		args->out_flags |= BPIO_OUT_STREAM_PAUSED;
	args->state = READ_ONCE(st->state);
	args->stream_count = READ_ONCE(st->count);
	args->pause_count = READ_ONCE(st->pause_count);
	if (!h || !READ_ONCE(h->enabled))
		return;
	args->out_flags |= BPIO_OUT_ENABLED;
	if (args->state != BPIO_STATE_ARMED || bpio_stream_broken(st))
		args->out_flags |= BPIO_OUT_SUSPENDED;
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
	memset((char *)args + BPIO_ARGS_INPUT, 0,
	       sizeof(*args) - BPIO_ARGS_INPUT);
	/* Who cannot take the answer shall not have asked */
	if (copy_to_user(arg, args, known))
		return -EFAULT;
	ret = perform(file, args);
	if (ret)
		return ret;
	args->size = known;
	fill_header(file, args);
	return copy_to_user(arg, args, known) ? -EFAULT : 0;
}

/**
 * bpio_ioctl() - the bypass's part of ->unlocked_ioctl and ->compat_ioctl
 * @file: an upper file or directory
 * @cmd: any
 * @arg: of @cmd
 *
 * Context: Sleeps.
 * Return: 0 or a negative errno, see uapi/linux/bypassio.h; -ENOIOCTLCMD if
 * @cmd is somebody else's.
 */
long bpio_ioctl(struct file *file, unsigned int cmd, void __user *arg)
{
	struct bpio_args *args;
	long ret;

	if (_IOC_TYPE(cmd) != BPIO_IOC_TYPE || _IOC_NR(cmd) != BPIO_IOC_NR ||
	    _IOC_DIR(cmd) != (_IOC_READ | _IOC_WRITE))
		return -ENOIOCTLCMD;
	if (_IOC_SIZE(cmd) < BPIO_ARGS_HEADER)
		return -EINVAL;
	/* DISABLE, PAUSE and RESUME cannot fail */
	args = kmalloc(sizeof(*args), GFP_KERNEL | __GFP_NOFAIL);
	ret = manage(file, args, arg, _IOC_SIZE(cmd));
	kfree(args);
	return ret;
}
