// SPDX-License-Identifier: GPL-2.0
/*
 * Does the steps of one sequence of seq.h on a real file, and has them compared.
 *
 * After each step: the answer of the operation, and GET_INFO on both handles (what the
 * operation itself has answered is not asked again). After each read: its bytes, and the
 * counters, which say which way it took. After the last step: reads on both handles.
 *
 * Then all is undone: what closing a handle does is seen by the other. The one that a step
 * was on last is closed first. A third open file, which is never enabled, sees what is left.
 */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seq_drive.h"

static const unsigned int op_of[SEQ_HANDLE_OPS] = {
	[SEQ_ENABLE] = BPIO_OP_ENABLE,
	[SEQ_DISABLE] = BPIO_OP_DISABLE,
	[SEQ_QUERY] = BPIO_OP_QUERY,
	[SEQ_STREAM_PAUSE] = BPIO_OP_STREAM_PAUSE,
	[SEQ_STREAM_RESUME] = BPIO_OP_STREAM_RESUME,
	[SEQ_VOLUME_PAUSE] = BPIO_OP_VOLUME_PAUSE,
	[SEQ_VOLUME_RESUME] = BPIO_OP_VOLUME_RESUME,
};

/* GET_INFO in one scope; @handle -1 is the third open file */
static int info_differs(struct seq_drive *d, int handle, unsigned int scope,
			const struct seq_counts *want)
{
	struct bpio_args a;
	int err = bpio_call(handle < 0 ? d->spare : d->fd[handle], BPIO_OP_GET_INFO, scope, &a);

	if (err)
		return seq_differ(d, "get-info: %s", strerror(-err));
	return seq_info_differs(d, &a, handle, want);
}

static int handle_differs(struct seq_drive *d, int handle)
{
	return info_differs(d, handle, BPIO_IN_SCOPE_HANDLE, &d->m.handle[handle]);
}

static int do_ioctl(struct seq_drive *d, enum seq_op op, int handle)
{
	struct seq_answer want;
	struct bpio_args a;
	int err = bpio_call(d->fd[handle], op_of[op], 0, &a);

	if (err)
		return seq_differ(d, "%s failed: %s", bpio_op_name(op_of[op]), strerror(-err));
	want = seq_model_ioctl(&d->m, op, handle);
	if (a.op != op_of[op])
		return seq_differ(d, "operation %u came back as %u", op_of[op], a.op);
	return seq_header_differs(d, &a, handle) ||
	       seq_result_differs(d, "filter", &a.results.filter, want.filter) ||
	       seq_result_differs(d, "storage", &a.results.storage, want.storage) ||
	       handle_differs(d, !handle);
}

/* A read may meet the one who looks at the mount once a second: it is sent again */
static int met_somebody(struct seq_drive *d, int handle, const struct bpio_info *info)
{
	if (info->reasons[BPIO_REASON_REARMING] ==
	    d->m.handle[handle].reasons[BPIO_REASON_REARMING])
		return 0;
	seq_model_met(&d->m, handle);
	d->met++;
	return 1;
}

/* As pread() of a block, but handed in and waited for apart */
static ssize_t read_async(struct seq_drive *d, int handle, unsigned int block)
{
	struct iocb cb = {
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_fildes = d->fd[handle],
		.aio_buf = (uintptr_t)d->got,
		.aio_nbytes = SEQ_BLOCK,
		.aio_offset = block * SEQ_BLOCK,
	};
	struct iocb *list = &cb;
	struct io_event done;

	if (syscall(SYS_io_submit, d->aio, 1L, &list) != 1 ||
	    syscall(SYS_io_getevents, d->aio, 1L, 1L, &done, NULL) != 1)
		return -1;
	errno = done.res < 0 ? -done.res : 0;
	return done.res;
}

static int do_read(struct seq_drive *d, int handle, unsigned int block, int async)
{
	struct bpio_args a;
	ssize_t n;
	int err;

	do {
		memset(d->got, 0xee, SEQ_BLOCK);
		n = async ? read_async(d, handle, block) :
		    pread(d->fd[handle], d->got, SEQ_BLOCK, (off_t)block * SEQ_BLOCK);
		if (n != SEQ_BLOCK)
			return seq_differ(d, "read of block %u: %zd, %s", block, n,
					  strerror(errno));
		if (seq_bytes_differ(d, d->got, block))
			return 1;
		err = bpio_call(d->fd[handle], BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE, &a);
		if (err)
			return seq_differ(d, "get-info: %s", strerror(-err));
	} while (met_somebody(d, handle, &a.info));
	seq_model_read(&d->m, handle, block);
	return seq_info_differs(d, &a, handle, &d->m.handle[handle]);
}

/*
 * One of the two blocks by a synchronous read, the other by an asynchronous one. Which comes
 * first depends on the place, so each of them finds the file disarmed somewhere.
 */
static int do_reads(struct seq_drive *d, int handle)
{
	unsigned int first = d->at % 2 ? SEQ_HOLE : SEQ_FIXED;
	int async = d->at / 2 % 2;

	return do_read(d, handle, first, async) ||
	       do_read(d, handle, SEQ_HOLE + SEQ_FIXED - first, !async);
}

int seq_mapping_differs(struct seq_drive *d)
{
	return seq_bytes_differ(d, d->map + SEQ_FIXED * SEQ_BLOCK, SEQ_FIXED) ||
	       seq_bytes_differ(d, d->map + SEQ_HOLE * SEQ_BLOCK, SEQ_HOLE);
}

static int open_file(struct seq_drive *d, int flags)
{
	int fd = open(d->path, flags);

	if (fd < 0)
		seq_differ(d, "open with flags %#o: %s", flags, strerror(errno));
	return fd;
}

static int toggle_writer(struct seq_drive *d)
{
	if (d->writer >= 0) {
		close(d->writer);
		d->writer = -1;
		return 0;
	}
	d->writer = open_file(d, O_WRONLY);
	return d->writer < 0;
}

static int toggle_map(struct seq_drive *d)
{
	int fd;

	if (d->map) {
		munmap(d->map, SEQ_SIZE);
		d->map = NULL;
		return 0;
	}
	fd = open_file(d, O_RDONLY);
	if (fd < 0)
		return 1;
	d->map = mmap(NULL, SEQ_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (d->map != MAP_FAILED)
		return seq_mapping_differs(d);
	d->map = NULL;
	return seq_differ(d, "mmap: %s", strerror(errno));
}

static int punch(struct seq_drive *d)
{
	int fd = open_file(d, O_WRONLY), bad;

	if (fd < 0)
		return 1;
	bad = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, SEQ_HOLE * SEQ_BLOCK,
			SEQ_BLOCK);
	if (bad)
		seq_differ(d, "punch: %s", strerror(errno));
	close(fd);
	return bad;
}

/* Straight to the disk: nothing is left dirty that could be written out later */
static int fill_hole(struct seq_drive *d)
{
	int fd = open_file(d, O_WRONLY | O_DIRECT), bad;

	if (fd < 0)
		return 1;
	bad = pwrite(fd, d->data + SEQ_HOLE * SEQ_BLOCK, SEQ_BLOCK, SEQ_HOLE * SEQ_BLOCK) !=
	      SEQ_BLOCK;
	if (bad)
		seq_differ(d, "fill the hole: %s", strerror(errno));
	close(fd);
	return bad;
}

static int change_file(struct seq_drive *d, unsigned int step)
{
	switch (step) {
	case SEQ_WRITER:
		return toggle_writer(d);
	case SEQ_MAP:
		return toggle_map(d);
	case SEQ_PUNCH:
		return punch(d);
	default:
		return fill_hole(d);
	}
}

static int do_file(struct seq_drive *d, unsigned int step)
{
	if (change_file(d, step))
		return 1;
	seq_model_file(&d->m, step);
	return handle_differs(d, 0) || handle_differs(d, 1);
}

int seq_drive_step(struct seq_drive *d)
{
	unsigned int step = d->steps[d->at];
	int handle = step / SEQ_HANDLE_OPS;

	if (step >= SEQ_WRITER)
		return do_file(d, step);
	if (step % SEQ_HANDLE_OPS == SEQ_READ)
		return do_reads(d, handle) || handle_differs(d, !handle);
	return do_ioctl(d, step % SEQ_HANDLE_OPS, handle);
}

int seq_drive_finish(struct seq_drive *d)
{
	return do_reads(d, 0) || do_reads(d, 1) || (d->map && seq_mapping_differs(d));
}

static int resume_volume(struct seq_drive *d, int handle)
{
	return d->m.volume_paused && do_ioctl(d, SEQ_VOLUME_RESUME, handle);
}

static int close_handle(struct seq_drive *d, int handle)
{
	close(d->fd[handle]);
	d->fd[handle] = -1;
	seq_model_close(&d->m, handle);
	return d->fd[!handle] >= 0 && handle_differs(d, !handle);
}

int seq_drive_left(struct seq_drive *d)
{
	return info_differs(d, -1, 0, &d->m.mount) ||
	       info_differs(d, -1, BPIO_IN_SCOPE_STREAM, &d->m.stream);
}

int seq_drive_undo(struct seq_drive *d)
{
	int last = 0;

	for (unsigned int i = 0; i < d->length; i++)
		if (d->steps[i] < SEQ_WRITER)
			last = d->steps[i] / SEQ_HANDLE_OPS;
	return (d->map && do_file(d, SEQ_MAP)) || (d->writer >= 0 && do_file(d, SEQ_WRITER)) ||
	       resume_volume(d, last) || close_handle(d, last) || close_handle(d, !last) ||
	       (d->m.hole && fill_hole(d)) || seq_drive_left(d);
}
