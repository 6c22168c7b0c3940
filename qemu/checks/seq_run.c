// SPDX-License-Identifier: GPL-2.0
/* The file and the open files that the sequences of seq.h are run on. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seq_drive.h"

static uint64_t word(uint64_t i)
{
	i = (i + 1) * 0x9e3779b97f4a7c15ull;
	i ^= i >> 29;
	return i * 0xbf58476d1ce4e5b9ull;
}

static int get_counts(struct seq_drive *d, unsigned int scope, struct seq_counts *counts)
{
	struct bpio_args a;
	int err = bpio_call(d->spare, BPIO_OP_GET_INFO, scope, &a);

	if (err)
		return fail("get-info: %s", strerror(-err));
	memcpy(counts, a.info.reads, sizeof(*counts));
	return 0;
}

/*
 * From here on things are as the automaton has them at its beginning, and what was counted
 * before is known. Not with what a sequence that differed may have left behind.
 */
static int start(struct seq_drive *d)
{
	d->length = 0;
	d->at = 0;
	seq_model_begin(&d->m);
	return get_counts(d, 0, &d->m.mount) ||
	       get_counts(d, BPIO_IN_SCOPE_STREAM, &d->m.stream) || seq_drive_left(d);
}

/* Written straight to the disk, so that no more blocks are set aside than the file has */
static int make_file(struct seq_drive *d)
{
	int fd = open(d->path, O_WRONLY | O_CREAT | O_TRUNC | O_DIRECT, 0644);

	if (fd < 0)
		return fail_errno("%s", d->path);
	if (pwrite(fd, d->data, SEQ_SIZE, 0) != SEQ_SIZE || fsync(fd) || close(fd))
		return fail_errno("write %s", d->path);
	return 0;
}

struct seq_drive *seq_new(const char *path)
{
	struct seq_drive *d = calloc(1, sizeof(*d));
	uint64_t *words;

	if (!d || posix_memalign((void **)&d->data, SEQ_BLOCK, SEQ_SIZE + 2 * SEQ_BLOCK)) {
		(void)fail("no memory");
		return NULL;
	}
	d->path = path;
	d->got = d->data + SEQ_SIZE + SEQ_BLOCK;
	d->fd[0] = d->fd[1] = d->writer = -1;
	words = (uint64_t *)d->data;
	for (size_t i = 0; i < SEQ_SIZE / sizeof(*words); i++)
		words[i] = word(i);
	memset(d->data + SEQ_SIZE, 0, SEQ_BLOCK);
	if (make_file(d))
		return NULL;
	if (syscall(SYS_io_setup, 1, &d->aio)) {
		fail_errno("io_setup");
		return NULL;
	}
	d->spare = open(path, O_RDONLY);
	if (d->spare < 0) {
		fail_errno("%s", path);
		return NULL;
	}
	return start(d) ? NULL : d;
}

void seq_free(struct seq_drive *d)
{
	close(d->spare);
	syscall(SYS_io_destroy, d->aio);
	free(d->data);
	free(d);
}

/* All that could be left of a sequence, whatever the automaton believes */
static int start_over(struct seq_drive *d)
{
	struct bpio_args a;

	if (d->map)
		munmap(d->map, SEQ_SIZE);
	d->map = NULL;
	if (d->writer >= 0)
		close(d->writer);
	d->writer = -1;
	for (int h = 0; h < SEQ_HANDLES; h++) {
		if (d->fd[h] >= 0)
			close(d->fd[h]);
		d->fd[h] = -1;
	}
	bpio_call(d->spare, BPIO_OP_STREAM_RESUME, 0, &a);
	bpio_call(d->spare, BPIO_OP_VOLUME_RESUME, 0, &a);
	return make_file(d) || start(d);
}

int seq_begin(struct seq_drive *d, const unsigned char *steps, unsigned int length)
{
	d->steps = steps;
	d->length = length;
	d->at = 0;
	seq_model_begin(&d->m);
	for (int h = 0; h < SEQ_HANDLES; h++) {
		d->fd[h] = open(d->path, O_RDONLY | O_DIRECT);
		if (d->fd[h] < 0) {
			fail_errno("%s", d->path);
			return -1;
		}
	}
	return 0;
}

int seq_end(struct seq_drive *d, int differs)
{
	if (!differs && !seq_drive_finish(d) && !seq_drive_undo(d))
		return 0;
	return start_over(d) ? -1 : 1;
}

int seq_run(struct seq_drive *d, const unsigned char *steps, unsigned int length)
{
	int differs = 0;

	if (seq_begin(d, steps, length))
		return -1;
	for (; d->at < d->length && !differs; d->at += !differs)
		differs = seq_drive_step(d);
	return seq_end(d, differs);
}

unsigned int seq_met(const struct seq_drive *d)
{
	return d->met;
}
