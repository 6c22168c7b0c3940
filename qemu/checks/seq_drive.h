/* SPDX-License-Identifier: GPL-2.0 */
/* What doing a step and comparing what comes of it have in common. */
#ifndef SEQ_DRIVE_H
#define SEQ_DRIVE_H

#include <linux/aio_abi.h>

#include "seq.h"
#include "uapi_call.h"

#define SEQ_SIZE	(SEQ_BLOCKS * SEQ_BLOCK)

struct seq_drive {
	const char *path;
	int fd[SEQ_HANDLES], spare, writer;
	aio_context_t aio;
	char *map;
	char *data;	/* what the file holds without a hole, and a block of zeros */
	char *got;	/* room for a block */
	struct seq_model m;
	const unsigned char *steps;
	unsigned int length, at;
	unsigned int met;
	int quiet;	/* differences are not told */
};

/* seq_drive.c: the step that it is at, and after the last one reads; 1 for a difference */
int seq_drive_step(struct seq_drive *d);
int seq_drive_finish(struct seq_drive *d);
int seq_mapping_differs(struct seq_drive *d);
/* Everything back to as it was; 1 for a difference on the way, or if something is left */
int seq_drive_undo(struct seq_drive *d);
int seq_drive_left(struct seq_drive *d);

/* seq_compare.c: all of these say what differs, the sequence, and both states, and return 1 then */
int seq_differ(struct seq_drive *d, const char *text, ...) __attribute__((format(printf, 2, 3)));
int seq_header_differs(struct seq_drive *d, const struct bpio_args *a, int handle);
/* An answer of GET_INFO to handle A or B, or to the third, -1 */
int seq_info_differs(struct seq_drive *d, const struct bpio_args *a, int handle,
		     const struct seq_counts *want);
int seq_result_differs(struct seq_drive *d, const char *half, const struct bpio_result *r,
		       unsigned int want);
int seq_bytes_differ(struct seq_drive *d, const char *got, unsigned int block);

#endif
