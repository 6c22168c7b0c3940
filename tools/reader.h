/* SPDX-License-Identifier: GPL-2.0 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bypassio.h>

#define READER_BLOCK	1048576UL
#define READER_ALIGN	4096UL

/**
 * struct reader - reads whole files through the bypass, one after the other
 * @block: bytes per read, a multiple of READER_ALIGN
 * @buffer: of @block bytes, aligned to READER_ALIGN
 * @sink: called for each piece, in order; 0 or -errno
 * @sink_data: for @sink
 */
struct reader {
	size_t block;
	void *buffer;
	int (*sink)(void *data, const void *bytes, size_t len);
	void *sink_data;
};

/**
 * struct reader_report - what became of one file
 * @failed: what could not be done, a verb; NULL if all went well
 * @direct: it was open with O_DIRECT
 * @ours: it lies on a bypassfs mount
 * @reads: read calls that were made
 * @bytes: bytes that they returned
 * @filter: what ENABLE answered for the filter half
 * @storage: and for the storage half
 * @counts: what the kernel counted for this handle, zero if not @ours
 */
struct reader_report {
	const char *failed;
	bool direct;
	bool ours;
	unsigned long long reads;
	unsigned long long bytes;
	struct bpio_result filter;
	struct bpio_result storage;
	struct bpio_info counts;
};

int reader_init(struct reader *reader, size_t block);
void reader_exit(struct reader *reader);
int reader_run(struct reader *reader, const char *path, struct reader_report *report);

void reader_counts_add(struct bpio_info *sum, const struct bpio_info *counts);

#endif /* READER_H */
