/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_WATCH_H
#define BPIO_WATCH_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include <linux/bypassio_watch.h>

struct bpio_stream;
struct bpio_volume;
struct file;
struct inode;

/**
 * struct bpio_watches - the watches of a mount
 * @lock: innermost; taken in interrupts
 * @list: W: they
 *
 * W: under @lock.
 */
struct bpio_watches {
	spinlock_t lock;	/* of @list, and of what is in each watch */
	struct list_head list;
};

void bpio_watches_init(struct bpio_watches *watches);
void bpio_event_stream(struct bpio_stream *st, enum bpio_event_type type,
		       enum bpio_reason reason, const char *who, pid_t pid,
		       unsigned int pause_count);
void bpio_event_veto(const struct inode *inode, enum bpio_reason reason,
		     const char *who);
void bpio_event_volume(struct bpio_volume *vol, enum bpio_event_type type,
		       enum bpio_reason reason, const char *who, pid_t pid,
		       unsigned int pause_count);
long bpio_watch_ioctl(struct file *file, const void __user *arg);

#endif /* BPIO_WATCH_H */
