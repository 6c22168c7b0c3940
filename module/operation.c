// SPDX-License-Identifier: GPL-2.0
/*
 * The eight operations, wherever they come from
 */
#include <linux/blkdev.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "blockers.h"
#include "filter.h"
#include "handle.h"
#include "ioctl.h"
#include "operation.h"
#include "reason.h"
#include "stack.h"
#include "stream.h"

/**
 * struct sender - who asks for an operation
 * @name: of the program or module
 * @pid: of the program, or 0
 */
struct sender {
	const char *name;
	pid_t pid;
};

static struct bpio_stream *stream_of(const struct file *file)
{
	return bypassfs_stream(bypassfs_inode(file_inode(file)));
}

static struct bpio_handle *handle_of(struct file *file)
{
	if (!S_ISREG(file_inode(file)->i_mode))
		return NULL;
	return bypassfs_handle(bypassfs_file(file));
}

static struct bpio_volume *volume_of(const struct file *file)
{
	return &bypassfs_sb(file_inode(file)->i_sb)->vol;
}

/* Sums of one scope. What is being counted meanwhile may be missing. */
static void sum_counts(struct file *file, u32 flags, struct bpio_counts *sum)
{
	struct bpio_stream *st = stream_of(file);
	struct bpio_handle *h = handle_of(file);

	if (flags & BPIO_IN_SCOPE_HANDLE) {
		if (h)
			bpio_counts_sum(sum, h->counts);
	} else if (flags & BPIO_IN_SCOPE_STREAM) {
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

static void get_info(struct file *file, u32 flags, struct bpio_info *info)
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
	sum_counts(file, flags, sum);
}

/* A pause ends with the open file that owns it */
static const void *owner_of(const struct file *file, u32 flags)
{
	struct bypassfs_file *bf = bypassfs_file(file);

	if (!(flags & BPIO_IN_OWNED))
		return NULL;
	WRITE_ONCE(bf->owns_pause, true);
	return bf;
}

static void pause(struct file *file, u32 op, struct bpio_pauser *pauser)
{
	struct bpio_stream *st = stream_of(file);

	if (op == BPIO_OP_VOLUME_PAUSE)
		bpio_volume_pause(volume_of(file), pauser);
	else if (st)
		bpio_stream_pause(st, pauser);
	else
		kfree(pauser);
}

/* Both say who objects now (R51, R64), not what is wrong with this open file */
static void resume(struct file *file, u32 op, const struct sender *who,
		   struct bpio_results *results)
{
	struct bpio_stream *st = stream_of(file);
	const void *owner = bypassfs_file(file);

	if (op == BPIO_OP_VOLUME_RESUME)
		bpio_volume_resume(volume_of(file), owner, who->name, who->pid,
				   results);
	else if (st)
		bpio_stream_resume(st, owner, who->name, who->pid, results);
	bpio_handle_ask_storage(file, &results->storage);
}

static int perform(struct file *file, struct bpio_args *args,
		   struct bpio_pauser *pauser, const struct sender *who)
{
	switch (args->op) {
	case BPIO_OP_ENABLE:
		return bpio_handle_enable(file, &args->results);
	case BPIO_OP_DISABLE:
		bpio_handle_disable(file);
		return 0;
	case BPIO_OP_QUERY:
		if (args->in_flags & BPIO_IN_ALL)
			bpio_blockers(file, args->in_flags, args->first,
				      &args->blockers);
		else
			bpio_handle_query(file, !(args->in_flags &
						  BPIO_IN_SKIP_STORAGE),
					  &args->results);
		return 0;
	case BPIO_OP_STREAM_PAUSE:
	case BPIO_OP_VOLUME_PAUSE:
		pause(file, args->op, pauser);
		return 0;
	case BPIO_OP_STREAM_RESUME:
	case BPIO_OP_VOLUME_RESUME:
		resume(file, args->op, who, &args->results);
		return 0;
	case BPIO_OP_GET_INFO:
		get_info(file, args->in_flags, &args->info);
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

	args->volume_pause_count = READ_ONCE(vol->pauses.count);
	if (READ_ONCE(vol->paused))
		args->out_flags |= BPIO_OUT_VOLUME_PAUSED;
	if (!list_empty_careful(&vol->blocks))
		args->out_flags |= BPIO_OUT_ATTACH_BLOCKED;
	if (vol->fs)
		args->out_flags |= BPIO_OUT_STORAGE_COMPATIBLE;
	if (!st)
		return;
	if (bpio_stream_paused(st))
		args->out_flags |= BPIO_OUT_STREAM_PAUSED;
	args->state = READ_ONCE(st->state);
	args->stream_count = READ_ONCE(st->count);
	args->pause_count = READ_ONCE(st->pauses.count);
	if (!h || !READ_ONCE(h->enabled))
		return;
	args->out_flags |= BPIO_OUT_ENABLED;
	if (args->state != BPIO_STATE_ARMED || bpio_stream_broken(st))
		args->out_flags |= BPIO_OUT_SUSPENDED;
}

/* A program can call itself what it likes, and others are shown that */
static void make_printable(char *name)
{
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			*name = '?';
}

/**
 * bpio_operation() - do what a checked request asks for
 * @file: an upper file or directory
 * @args: the request; filled in but for its size. On failure it is unspecified.
 * @who: name of the module that asks, or NULL for the current process
 *
 * Context: Sleeps.
 * Return: 0, also when vetoed, or -ENOMEM (ENABLE only).
 */
int bpio_operation(struct file *file, struct bpio_args *args, const char *who)
{
	struct sender sender = { .name = who };
	struct bpio_pauser *pauser = NULL;
	char comm[TASK_COMM_LEN];
	int ret;

	if (!who) {
		get_task_comm(comm, current);
		make_printable(comm);
		sender.name = comm;
		sender.pid = task_tgid_nr(current);
	}
	if (args->op == BPIO_OP_STREAM_PAUSE ||
	    args->op == BPIO_OP_VOLUME_PAUSE)
		pauser = bpio_pauser_new(owner_of(file, args->in_flags),
					 sender.name, sender.pid,
					 args->in_flags & BPIO_IN_WHY ?
					 &args->pause : NULL);
	memset((char *)args + BPIO_ARGS_INPUT, 0,
	       sizeof(*args) - BPIO_ARGS_INPUT);
	ret = perform(file, args, pauser, &sender);
	if (!ret)
		fill_header(file, args);
	return ret;
}

/**
 * bpio_operation_release() - the open file is closed: so end its pauses (W9)
 * @file: an upper file or directory
 *
 * Context: Sleeps.
 */
void bpio_operation_release(struct file *file)
{
	struct bypassfs_file *bf = bypassfs_file(file);
	struct bpio_stream *st = stream_of(file);

	if (!bf->owns_pause)
		return;
	if (st)
		bpio_stream_forget(st, bf);
	bpio_volume_forget(volume_of(file), bf);
}

/**
 * bpio_manage_as() - see bpio_manage() in filter.h
 * @file: any file
 * @args: the request and the answer
 * @who: name of the module that asks
 *
 * Context: Sleeps.
 * Return: 0, -ENOTTY, -EINVAL or -ENOMEM.
 */
int bpio_manage_as(struct file *file, struct bpio_args *args, const char *who)
{
	int ret;

	if (file->f_op->unlocked_ioctl != bypassfs_ioctl)
		return -ENOTTY;
	ret = bpio_args_check(args, sizeof(*args));
	if (ret)
		return ret;
	ret = bpio_operation(file, args, who);
	args->size = sizeof(*args);
	return ret;
}
EXPORT_SYMBOL_GPL(bpio_manage_as);

/**
 * bpio_open_count_ptr() - where to read how many enable the bypass (R105)
 * @inode: of any file system
 *
 * Context: Any. May be read without a lock as long as the inode is held.
 * Return: NULL if nobody ever did, or it is not a bypassfs inode.
 */
const unsigned int *bpio_open_count_ptr(const struct inode *inode)
{
	struct bpio_stream *st;

	if (inode->i_sb->s_type != &bypassfs_type)
		return NULL;
	st = bypassfs_stream(bypassfs_inode(inode));
	return st ? &st->count : NULL;
}
EXPORT_SYMBOL_GPL(bpio_open_count_ptr);

/**
 * bpio_open_count() - how many open files of an inode enable the bypass (R105)
 * @inode: of any file system
 *
 * Context: Any. Takes no lock (R106).
 * Return: the count; 0 if it is not a bypassfs inode.
 */
unsigned int bpio_open_count(const struct inode *inode)
{
	const unsigned int *count = bpio_open_count_ptr(inode);

	return count ? READ_ONCE(*count) : 0;
}
EXPORT_SYMBOL_GPL(bpio_open_count);
