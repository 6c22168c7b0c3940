/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_INSIDE_H
#define BPIO_INSIDE_H

#include <linux/list.h>
#include <linux/types.h>

#include "filter.h"

/**
 * struct bpio_inside - a task that is inside a callback of a filter
 * @node: in its bucket
 * @inst: of the filter
 * @type: of the call
 * @since: jiffies
 * @pid: of the task's process, in the initial pid namespace
 */
struct bpio_inside {
	struct hlist_node node;
	const struct bpio_instance *inst;
	enum bpio_call_type type;
	unsigned long since;
	pid_t pid;
};

void bpio_inside_enter(struct bpio_inside *in, const struct bpio_instance *inst,
		       enum bpio_call_type type);
void bpio_inside_leave(struct bpio_inside *in);
unsigned int bpio_inside_oldest(const struct bpio_instance *inst,
				struct bpio_inside *oldest);

#endif /* BPIO_INSIDE_H */
