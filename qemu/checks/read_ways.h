/* SPDX-License-Identifier: GPL-2.0 */
/* Ways to read, and buffers to read into, for the differential reader. */
#ifndef READ_WAYS_H
#define READ_WAYS_H

#include <sys/types.h>
#include <sys/uio.h>

#define READ_PAGE	4096
#define READ_FILLER	0x5a

/* One file, open, with what the ways need */
struct read_file {
	const char *path;
	int fd;
	struct read_uring *uring;
	unsigned long aio;
};

/* Returns bytes or -errno. What was read is in buf, whichever way it came. */
struct read_way {
	const char *name;
	ssize_t (*fn)(struct read_file *f, void *buf, size_t len, off_t off);
	int nowait;		/* may answer EAGAIN, or less than asked for */
	int copies;		/* gets its bytes through another buffer */
};

extern const struct read_way read_ways[];
extern const unsigned int read_ways_count;

/* Memory of one kind with room for len bytes; freed by its own free function */
struct read_buffer {
	char *at;
	size_t len;
	void *map;
	size_t map_len;
	int readable;		/* how many bytes of it the program may look at */
};

struct read_buffer_kind {
	const char *name;
	int (*get)(struct read_buffer *b, size_t len, const char *path);
};

extern const struct read_buffer_kind read_buffer_kinds[];
extern const unsigned int read_buffer_kinds_count;
void read_buffer_put(struct read_buffer *b);

/* Opens with O_DIRECT; 0, or 1 after saying why not */
int read_file_open(struct read_file *f, const char *path);
void read_file_close(struct read_file *f);

#endif
