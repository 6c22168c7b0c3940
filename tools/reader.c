// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a file through the bypass: O_DIRECT, whole aligned blocks, the last one cut
 * to what is left of the file, rounded up, so that it too is aligned. A file that
 * cannot bypass is read all the same; the report says so.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kapi.h"
#include "reader.h"

/**
 * reader_init() - get the buffer
 * @reader: with @sink set by the caller
 * @block: bytes per read
 *
 * Return: 0; -EINVAL if @block is no multiple of READER_ALIGN; -ENOMEM.
 */
int reader_init(struct reader *reader, size_t block)
{
	if (!block || block % READER_ALIGN || block > 1UL << 30)
		return -EINVAL;
	reader->block = block;
	reader->buffer = aligned_alloc(READER_ALIGN, block);
	return reader->buffer ? 0 : -ENOMEM;
}

/**
 * reader_exit() - free the buffer
 * @reader: of reader_init()
 */
void reader_exit(struct reader *reader)
{
	free(reader->buffer);
}

/**
 * reader_counts_add() - add the counters of one file to a sum
 * @sum: the sum
 * @counts: what to add
 */
void reader_counts_add(struct bpio_info *sum, const struct bpio_info *counts)
{
	for (int i = 0; i < BPIO_PATH_MAX; i++) {
		sum->reads[i] += counts->reads[i];
		sum->bytes[i] += counts->bytes[i];
	}
	for (int i = 0; i < BPIO_REASON_MAX; i++)
		sum->reasons[i] += counts->reasons[i];
}

static int failed(struct reader_report *report, const char *what, int err)
{
	report->failed = what;
	return err;
}

static int read_all(struct reader *reader, int fd, unsigned long long size,
		    struct reader_report *report)
{
	unsigned long long at = 0, left;
	size_t want;
	ssize_t n;
	int err;

	while (at < size) {
		left = (size - at + READER_ALIGN - 1) & ~(READER_ALIGN - 1);
		want = left < reader->block ? left : reader->block;
		n = pread(fd, reader->buffer, want, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(report, "read", -errno);
		report->reads++;
		report->bytes += n;
		if (!n)
			return failed(report, "read all of it, it became shorter", -EIO);
		err = reader->sink(reader->sink_data, reader->buffer, n);
		if (err)
			return failed(report, "pass on what was read", err);
		at += n;
	}
	return 0;
}

/**
 * reader_run() - read one file from its begin to its end
 * @reader: of reader_init(); one thread at a time
 * @path: the file
 * @report: takes what happened, also after an error
 *
 * Return: 0 or -errno, then @report->failed says of what.
 */
int reader_run(struct reader *reader, const char *path, struct reader_report *report)
{
	struct bpio_args args;
	struct stat st;
	int fd, err;

	memset(report, 0, sizeof(*report));
	fd = kapi_open(path, true, &report->direct);
	if (fd < 0)
		return failed(report, "open", fd);
	if (fstat(fd, &st)) {
		err = failed(report, "stat", -errno);
		goto out_close;
	}
	if (!S_ISREG(st.st_mode)) {
		err = failed(report, "read, it is no regular file", -EINVAL);
		goto out_close;
	}
	err = kapi_manage(fd, BPIO_OP_ENABLE, 0, &args);
	if (err && err != -ENOTTY) {
		failed(report, "enable the bypass", err);
		goto out_close;
	}
	report->ours = !err;
	if (report->ours) {
		report->filter = args.results.filter;
		report->storage = args.results.storage;
	}
	err = read_all(reader, fd, st.st_size, report);
	if (err || !report->ours)
		goto out_close;
	err = kapi_manage(fd, BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE, &args);
	if (err)
		failed(report, "get the counters", err);
	else
		report->counts = args.info;
out_close:
	close(fd);
	return err;
}
