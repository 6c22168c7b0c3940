/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_VETO_H
#define BPIO_VETO_H

#include <linux/bypassio.h>

struct bpio_volume;
struct file;

enum bpio_reason bpio_veto_handle(const struct file *file, u64 *all);
enum bpio_reason bpio_veto_file(struct file *lower, u64 *all);
enum bpio_reason bpio_veto_layout(const struct bpio_volume *vol,
				  struct file *lower, u64 *all);
enum bpio_reason bpio_veto_storage(const struct bpio_volume *vol,
				   struct file *lower, u64 *all);

#endif /* BPIO_VETO_H */
