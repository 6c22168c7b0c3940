/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_FREEZE_H
#define BPIO_FREEZE_H

#include <linux/bypassio.h>

#include "compat/lease.h"

struct bpio_lower_fs;
struct cred;
struct file;

/**
 * struct bpio_hold - what keeps a lower file as it is
 * @file: an open lower file of one of the stream's handles
 * @creds: of who mounted; the lease is taken and given back with these
 * @owner: told when the lower file system takes the layout back
 * @leased: a layout lease was taken
 *
 * Owned by a stream and used under its lock.
 */
struct bpio_hold {
	struct file *file;
	const struct cred *creds;
	struct bp_layout_owner owner;
	bool leased;
};

enum bpio_reason bpio_hold_take(struct bpio_hold *hold,
				struct file *lower,
				const struct bpio_lower_fs *fs);
void bpio_hold_drop(struct bpio_hold *hold);

#endif /* BPIO_FREEZE_H */
