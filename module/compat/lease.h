/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_LEASE_H
#define BYPASSFS_COMPAT_LEASE_H

struct file;

/* What a lease's owner points to: told when the layout is about to change */
struct bp_layout_owner {
	void (*broken)(struct bp_layout_owner *owner);
};

int bp_layout_lease(struct file *file, struct bp_layout_owner *owner);
void bp_layout_unlease(struct file *file, struct bp_layout_owner *owner);

#endif /* BYPASSFS_COMPAT_LEASE_H */
