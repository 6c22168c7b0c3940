/* SPDX-License-Identifier: GPL-2.0 */
/* A file and the ways to write it. To read it there are read_ways[]. */
#ifndef FILTER_DATA_H
#define FILTER_DATA_H

#include "checks.h"
#include "read_uring.h"
#include "read_ways.h"

struct data_side {
	struct read_file f;		/* for reading */
	int fd, buffered, append, source;
	struct read_uring *uring;
};

/* Returns bytes or -errno */
struct data_way {
	const char *name;
	ssize_t (*fn)(struct data_side *s, void *buf, size_t len, off_t pos);
	int direct;			/* can be O_DIRECT */
};

extern const struct data_way data_writes[];
extern const unsigned int data_writes_count;

int data_open(struct data_side *s, const char *path);
void data_close(struct data_side *s);

/* O_DIRECT or not, for reads and for those writes that can be */
void data_direct(struct data_side *s, int direct);

#endif
