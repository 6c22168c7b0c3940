/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_FREEZE_H
#define BPIO_FREEZE_H

#include <linux/cred.h>
#include <linux/path.h>

#include <linux/bypassio.h>

#include "compat/lease.h"

struct bpio_lower_fs;

/**
 * struct bpio_hold - what keeps a lower file as it is
 * @file: the lower file, open for reading on our own account
 * @owner: told when the lower file system takes the layout back
 * @leased: a layout lease was taken
 *
 * Owned by a stream and used under its lock.
 */
struct bpio_hold {
	struct file *file;
	struct bp_layout_owner owner;
	bool leased;
};

enum bpio_reason bpio_hold_take(struct bpio_hold *hold,
				const struct path *path,
				const struct cred *creds,
				const struct bpio_lower_fs *fs);
void bpio_hold_drop(struct bpio_hold *hold);

#endif /* BPIO_FREEZE_H */
