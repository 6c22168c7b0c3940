/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_OPERATION_H
#define BPIO_OPERATION_H

struct bpio_args;
struct file;

int bpio_operation(struct file *file, struct bpio_args *args, const char *who);
void bpio_operation_release(struct file *file);

#endif /* BPIO_OPERATION_H */
