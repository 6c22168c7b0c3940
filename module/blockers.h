/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_BLOCKERS_H
#define BPIO_BLOCKERS_H

#include <linux/types.h>

struct bpio_blockers;
struct file;

void bpio_blockers(struct file *file, u32 flags, u32 first,
		   struct bpio_blockers *list);

#endif /* BPIO_BLOCKERS_H */
