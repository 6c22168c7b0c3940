/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_ASK_H
#define BPIO_ASK_H

struct bpio_result;
struct bpio_volume;
struct file;
struct inode;

void bpio_ask_filters(struct inode *inode, struct file *file,
		      struct bpio_result *result);
void bpio_ask_each_filter(struct inode *inode, struct file *file,
			  void (*answer)(struct bpio_result *result, void *arg),
			  void *arg);

#endif /* BPIO_ASK_H */
