/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_ATTACH_H
#define BPIO_ATTACH_H

#include <linux/list.h>

struct bpio_stream;
struct bpio_volume;
struct super_block;

/**
 * struct bpio_block - somebody who must see each read of a mount
 * @who: his name, as in /proc/modules
 * @node: the core's
 */
struct bpio_block {
	const char *who;
	struct list_head node;
};

int bpio_attach_block(struct super_block *sb, struct bpio_block *block);
void bpio_attach_unblock(struct super_block *sb, struct bpio_block *block);
void bpio_attach_drain(struct bpio_volume *vol);
void bpio_attach_each_stream(struct bpio_volume *vol,
			     void (*fn)(struct bpio_stream *st, const void *arg),
			     const void *arg);

#endif /* BPIO_ATTACH_H */
