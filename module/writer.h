/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_WRITER_H
#define BPIO_WRITER_H

#include <linux/list.h>
#include <linux/types.h>

struct bpio_stream;
struct inode;

/**
 * struct bpio_writer - somebody is about to change a lower file
 * @lower: I: the lower inode
 * @node: B: in the table of pending writers
 *
 * Lives on the writer's stack between bpio_writer_begin() and
 * bpio_writer_end(). B: under the lock of the hash bucket.
 */
struct bpio_writer {
	struct inode *lower;
	struct hlist_node node;
};

/* Anybody who is about to change a lower file through the mount */
void bpio_writer_begin(struct bpio_writer *w, struct inode *lower);
void bpio_writer_end(struct bpio_writer *w);

/* stream.c, around the time that a stream is armed */
bool bpio_writer_admit(struct bpio_stream *st);
void bpio_writer_forget(struct bpio_stream *st);

void bpio_writer_init(void);

#endif /* BPIO_WRITER_H */
