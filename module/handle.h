/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_HANDLE_H
#define BPIO_HANDLE_H

#include <linux/list.h>

#include "count.h"

struct bpio_result;
struct bpio_results;
struct bpio_stream;
struct bypassfs_file;
struct file;

/**
 * struct bpio_handle - bypass state of one open file (R16)
 * @lower: I: the open file below, borrowed from the bypassfs_file
 * @stream: I: its inode's state
 * @enabled: S: read without the lock by every read
 * @counts: I: per-CPU
 * @node: S: in bpio_stream.handles
 * @vol_node: V: in bpio_volume.handles
 *
 * Made by the first ENABLE, lives until the file is released. I: set when
 * made. S: written under the stream's lock. V: under the volume's.
 */
struct bpio_handle {
	struct file *lower;
	struct bpio_stream *stream;
	bool enabled;
	struct bpio_counts __percpu *counts;
	struct list_head node;
	struct list_head vol_node;
};

int bpio_handle_begin(struct file *file, struct bpio_stream **st);
void bpio_handle_tell_veto(struct file *file,
			   const struct bpio_result *result);
int bpio_handle_enable(struct file *file, struct bpio_results *results);
void bpio_handle_disable(struct file *file);
void bpio_handle_query(struct file *file, bool storage,
		       struct bpio_results *results);
void bpio_handle_ask_storage(struct file *file, struct bpio_result *result);
void bpio_handle_release(struct bypassfs_file *bf);

#endif /* BPIO_HANDLE_H */
