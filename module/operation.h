/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_OPERATION_H
#define BPIO_OPERATION_H

struct bpio_args;
struct bpio_instance;
struct file;
struct inode;

int bpio_operation(struct inode *inode, struct file *file,
		   struct bpio_args *args, const char *who,
		   struct bpio_instance *above);
void bpio_operation_release(struct file *file);

#endif /* BPIO_OPERATION_H */
