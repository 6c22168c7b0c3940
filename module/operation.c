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
#include "map.h"
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

static const enum bpio_call_type calls[BPIO_OP_MAX] = {
	[BPIO_OP_ENABLE]	= BPIO_CALL_ENABLE,
	[BPIO_OP_DISABLE]	= BPIO_CALL_DISABLE,
	[BPIO_OP_QUERY]		= BPIO_CALL_QUERY,
	[BPIO_OP_VOLUME_PAUSE]	= BPIO_CALL_VOLUME_PAUSE,
	[BPIO_OP_VOLUME_RESUME]	= BPIO_CALL_VOLUME_RESUME,
	[BPIO_OP_STREAM_PAUSE]	= BPIO_CALL_STREAM_PAUSE,
	[BPIO_OP_STREAM_RESUME]	= BPIO_CALL_STREAM_RESUME,
	[BPIO_OP_GET_INFO]	= BPIO_CALL_GET_INFO,
};

static struct bpio_stream *stream_of(const struct inode *inode)
{
	return bypassfs_stream(bypassfs_inode(inode));
}

static struct bpio_handle *handle_of(struct file *file)
{
	if (!S_ISREG(file_inode(file)->i_mode))
		return NULL;
	return bypassfs_handle(bypassfs_file(file));
}

static struct bpio_volume *volume_of(const struct inode *inode)
{
	return &bypassfs_sb(inode->i_sb)->vol;
}

/* Sums of one scope. What is being counted meanwhile may be missing. */
static void sum_counts(struct file *file, u32 flags, struct bpio_counts *sum)
{
	struct bpio_stream *st = stream_of(file_inode(file));
	struct bpio_handle *h = handle_of(file);

	if (flags & BPIO_IN_SCOPE_HANDLE) {
		if (h)
			bpio_counts_sum(sum, h->counts);
	} else if (flags & BPIO_IN_SCOPE_STREAM) {
		if (st)
			bpio_volume_sum(st->vol, st, sum);
	} else {
		bpio_volume_sum(volume_of(file_inode(file)), NULL, sum);
	}
}

static u16 put_name(u8 *to, const char *name)
{
	size_t len = bpio_utf8_cut(name, BPIO_DRIVER_MAX);

	memcpy(to, name, len);
	return len;
}

/* What the file's map takes; nothing while there is none */
static void sum_map(struct bpio_stream *st, struct bpio_info *info)
{
	bpio_maps_sum(&info->all_extents, &info->all_bytes);
	if (!st || bpio_gate_closed(&st->gate) || !bpio_gate_enter(&st->gate))
		return;
	info->map_extents = READ_ONCE(st->map->count);
	info->map_bytes = READ_ONCE(st->map->bytes);
	bpio_gate_leave(&st->gate);
}

static void get_info(struct file *file, u32 flags, struct bpio_info *info)
{
	struct bpio_volume *vol = volume_of(file_inode(file));
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
	sum_map(stream_of(file_inode(file)), info);
}

/**
 * struct request - an operation on its way
 * @inode: the upper inode
 * @file: open file of it; NULL only for pauses and resumes of a filter
 * @args: the request and the answer
 * @pauser: of a pause
 * @owner: whose own pauses are ended, or begun
 * @who: who asks
 */
struct request {
	struct inode *inode;
	struct file *file;
	struct bpio_args *args;
	struct bpio_pauser *pauser;
	const void *owner;
	const struct sender *who;
};

static void pause(struct request *rq)
{
	struct bpio_stream *st = stream_of(rq->inode);

	if (rq->args->op == BPIO_OP_VOLUME_PAUSE)
		bpio_volume_pause(volume_of(rq->inode), rq->pauser);
	else if (st)
		bpio_stream_pause(st, rq->pauser);
	else
		kfree(rq->pauser);
}

/* Both say who objects now (R51, R64), not what is wrong with this open file */
static void resume(struct request *rq)
{
	struct bpio_stream *st = stream_of(rq->inode);
	struct bpio_results *results = &rq->args->results;
	const struct sender *who = rq->who;

	if (rq->args->op == BPIO_OP_VOLUME_RESUME)
		bpio_volume_resume(volume_of(rq->inode), rq->owner, who->name,
				   who->pid, results);
	else if (st)
		bpio_stream_resume(st, rq->file, rq->owner, who->name, who->pid,
				   results);
	if (rq->file)
		bpio_handle_ask_storage(rq->file, &results->storage);
}

static void query(struct file *file, struct bpio_args *args)
{
	if (args->in_flags & BPIO_IN_ALL)
		bpio_blockers(file, args->in_flags, args->first,
			      &args->blockers);
	else
		bpio_handle_query(file, !(args->in_flags &
					  BPIO_IN_SKIP_STORAGE),
				  &args->results);
}

/* Below all filters */
static long perform(struct bpio_call *call, void *arg)
{
	struct request *rq = arg;
	struct bpio_args *args = rq->args;

	switch (args->op) {
	case BPIO_OP_ENABLE:
		return bpio_handle_enable(rq->file, &args->results);
	case BPIO_OP_DISABLE:
		bpio_handle_disable(rq->file);
		return 0;
	case BPIO_OP_QUERY:
		query(rq->file, args);
		return 0;
	case BPIO_OP_STREAM_PAUSE:
	case BPIO_OP_VOLUME_PAUSE:
		pause(rq);
		return 0;
	case BPIO_OP_STREAM_RESUME:
	case BPIO_OP_VOLUME_RESUME:
		resume(rq);
		return 0;
	case BPIO_OP_GET_INFO:
		get_info(rq->file, args->in_flags, &args->info);
		return 0;
	default:
		return -EINVAL;
	}
}

/* What every answer says about the state after the operation */
static void fill_header(struct inode *inode, struct file *file,
			struct bpio_args *args)
{
	struct bpio_volume *vol = volume_of(inode);
	struct bpio_stream *st = stream_of(inode);
	struct bpio_handle *h = file ? handle_of(file) : NULL;

	args->volume_pause_count = READ_ONCE(vol->pauses.count);
	if (READ_ONCE(vol->paused))
		args->out_flags |= BPIO_OUT_VOLUME_PAUSED;
	if (!list_empty_careful(&vol->blocks))
		args->out_flags |= BPIO_OUT_ATTACH_BLOCKED;
	if (vol->fs && !READ_ONCE(vol->drivers.unsupported))
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

/*
 * A filter that must see each read is told before any veto (R72). Who wants all
 * blockers asks filters one by one, whatever those above say.
 */
static bool passes_filters(const struct request *rq)
{
	struct bpio_args *args = rq->args;

	if (args->op == BPIO_OP_QUERY && args->in_flags & BPIO_IN_ALL)
		return false;
	if (args->op != BPIO_OP_ENABLE && args->op != BPIO_OP_QUERY)
		return true;
	return !bpio_volume_refuse(volume_of(rq->inode), &args->results.filter);
}

static int send(struct request *rq, const struct bpio_instance *above)
{
	struct bpio_call call = {
		.type = calls[rq->args->op],
		.inode = rq->inode,
		.file = rq->file,
		.manage.args = rq->args,
	};

	if (!passes_filters(rq))
		return perform(&call, rq);
	return bpio_chain_call(&volume_of(rq->inode)->filtering, &call, above,
			       perform, rq);
}

static int send_enable(struct request *rq, const struct bpio_instance *above)
{
	struct bpio_stream *st;
	int ret;

	ret = bpio_handle_begin(rq->file, &st);
	if (ret)
		return ret;
	ret = send(rq, above);
	if (st)
		bpio_stream_answered(st);
	if (!ret && rq->args->results.filter.status)
		bpio_handle_tell_veto(rq->file, &rq->args->results.filter);
	return ret;
}

/**
 * bpio_operation() - do what a checked request asks for
 * @inode: an upper inode
 * @file: open file of it; may be NULL for a pause or a resume
 * @args: the request; filled in but for its size. On failure it is unspecified.
 * @who: name of the module that asks, or NULL for the current process
 * @above: filter that asks those below it, or NULL
 *
 * Context: Sleeps; calls filters, so no lock is held.
 * Return: 0, also when vetoed, -ENOMEM (ENABLE only), or the errno of a filter
 * that could not even veto (ENABLE and QUERY only, R25).
 */
int bpio_operation(struct inode *inode, struct file *file,
		   struct bpio_args *args, const char *who,
		   struct bpio_instance *above)
{
	struct sender sender = { .name = who };
	struct request rq = {
		.inode = inode,
		.file = file,
		.args = args,
		.owner = above ? (void *)above : bypassfs_file(file),
		.who = &sender,
	};
	bool pauses = args->op == BPIO_OP_STREAM_PAUSE ||
		      args->op == BPIO_OP_VOLUME_PAUSE;
	char comm[TASK_COMM_LEN];
	int ret;

	if (!who) {
		get_task_comm(comm, current);
		make_printable(comm);
		sender.name = comm;
		sender.pid = task_tgid_nr(current);
	}
	if (pauses && args->in_flags & BPIO_IN_OWNED && !above)
		WRITE_ONCE(bypassfs_file(file)->owns_pause, true);
	if (pauses)
		rq.pauser = bpio_pauser_new(args->in_flags & BPIO_IN_OWNED ?
					    rq.owner : NULL,
					    sender.name, sender.pid,
					    args->in_flags & BPIO_IN_WHY ?
					    &args->pause : NULL);
	if (pauses && above)
		atomic64_inc(&above->pauses);
	memset((char *)args + BPIO_ARGS_INPUT, 0,
	       sizeof(*args) - BPIO_ARGS_INPUT);
	if (args->op == BPIO_OP_ENABLE)
		ret = send_enable(&rq, above);
	else
		ret = send(&rq, above);
	if (!ret)
		fill_header(inode, file, args);
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
	struct bpio_stream *st = stream_of(file_inode(file));

	if (!bf->owns_pause)
		return;
	if (st)
		bpio_stream_forget(st, bf, NULL);
	bpio_volume_forget(volume_of(file_inode(file)), bf);
}

/* See filter.h */
int bpio_manage_as(struct file *file, struct bpio_args *args, const char *who)
{
	int ret;

	if (file->f_op->unlocked_ioctl != bypassfs_ioctl)
		return -ENOTTY;
	ret = bpio_args_check(args, sizeof(*args));
	if (ret)
		return ret;
	ret = bpio_operation(file_inode(file), file, args, who, NULL);
	args->size = sizeof(*args);
	return ret;
}
EXPORT_SYMBOL_GPL(bpio_manage_as);

static bool needs_file(u32 op)
{
	return op == BPIO_OP_ENABLE || op == BPIO_OP_DISABLE ||
	       op == BPIO_OP_QUERY || op == BPIO_OP_GET_INFO;
}

/* See filter.h */
int bpio_manage_below(struct bpio_instance *inst, struct inode *inode,
		      struct file *file, struct bpio_args *args)
{
	int ret;

	if (!bypassfs_volume(inode->i_sb))
		return -ENOTTY;
	ret = bpio_args_check(args, sizeof(*args));
	if (ret)
		return ret;
	if (!file && needs_file(args->op))
		return -EINVAL;
	ret = bpio_operation(inode, file, args, inst->filter->name, inst);
	args->size = sizeof(*args);
	return ret;
}
EXPORT_SYMBOL_GPL(bpio_manage_below);

/* See filter.h */
const unsigned int *bpio_open_count_ptr(const struct inode *inode)
{
	struct bpio_stream *st;

	if (!bypassfs_volume(inode->i_sb))
		return NULL;
	st = stream_of(inode);
	return st ? &st->opens : NULL;
}
EXPORT_SYMBOL_GPL(bpio_open_count_ptr);

/* See filter.h */
unsigned int bpio_open_count(const struct inode *inode)
{
	const unsigned int *count;

	/* Pairs with bpio_stream_ask(): what the caller has set is seen */
	smp_mb();
	count = bpio_open_count_ptr(inode);
	return count ? READ_ONCE(*count) : 0;
}
EXPORT_SYMBOL_GPL(bpio_open_count);
