// SPDX-License-Identifier: GPL-2.0
/*
 * Tell programs of changes of state
 *
 * Overview
 *   BPIO_IOC_WATCH makes a descriptor with room for BPIO_WATCH_ROOM events. An
 *   event is copied to each watch that wants it, under a spinlock and without
 *   any memory, as some come from where nobody may sleep (the break of a
 *   lease). What finds no room is counted, and told with the next that does.
 *
 * Lifetime
 *   A watch holds the path of the file that it was made with, so inode and mount
 *   outlive it. It does not hold the open file: that can be closed, which ends
 *   its bypass and its pauses, as ever.
 */
#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "reason.h"
#include "stack.h"
#include "stream.h"
#include "watch.h"

/**
 * struct watch - what one descriptor waits for
 * @node: W: in the mount's list
 * @watches: I: of the mount
 * @path: I: of the file that it was made with
 * @inode: I: the upper inode, or NULL for all of the mount
 * @events: I: a bit for each type that is wanted
 * @wait: readers and pollers
 * @reading: one reader at a time
 * @head: W: events that were ever put in
 * @tail: W: events that were ever taken out
 * @lost: W: since the last that found room
 * @ring: W: events from @tail to @head
 *
 * I: set when made. W: under bpio_watches.lock.
 */
struct watch {
	struct list_head node;
	struct bpio_watches *watches;
	struct path path;
	const struct inode *inode;
	u64 events;
	wait_queue_head_t wait;
	struct mutex reading;	/* peek, copy and take as one */
	unsigned int head;
	unsigned int tail;
	unsigned int lost;
	struct bpio_event ring[BPIO_WATCH_ROOM];
};

/**
 * bpio_watches_init() - nobody watches
 * @watches: uninitialised memory
 *
 * Context: Any.
 */
void bpio_watches_init(struct bpio_watches *watches)
{
	spin_lock_init(&watches->lock);
	INIT_LIST_HEAD(&watches->list);
}

static void put_in(struct watch *w, const struct bpio_event *ev)
{
	struct bpio_event *slot = &w->ring[w->head % BPIO_WATCH_ROOM];

	if (w->head - w->tail == BPIO_WATCH_ROOM) {
		w->lost++;
		return;
	}
	*slot = *ev;
	slot->lost = w->lost;
	w->lost = 0;
	w->head++;
	wake_up(&w->wait);
}

static void tell(struct bpio_watches *watches, const struct inode *inode,
		 struct bpio_event *ev, const char *who)
{
	unsigned long flags;
	struct watch *w;

	ev->time = ktime_get_boottime_ns();
	ev->driver_len = bpio_utf8_cut(who, BPIO_DRIVER_MAX);
	memcpy(ev->driver, who, ev->driver_len);
	spin_lock_irqsave(&watches->lock, flags);
	list_for_each_entry(w, &watches->list, node) {
		if (!(w->events & BIT_ULL(ev->type)))
			continue;
		if (!inode || !w->inode || w->inode == inode)
			put_in(w, ev);
	}
	spin_unlock_irqrestore(&watches->lock, flags);
}

/**
 * bpio_event_stream() - tell who watches an inode or all of its mount
 * @st: the stream; its inode is there
 * @type: what has happened
 * @reason: why, or BPIO_REASON_NONE
 * @who: name, or ""
 * @pid: process, or 0
 * @pause_count: of the stream
 *
 * Context: Any.
 */
void bpio_event_stream(struct bpio_stream *st, enum bpio_event_type type,
		       enum bpio_reason reason, const char *who, pid_t pid,
		       unsigned int pause_count)
{
	struct bpio_event ev = {
		.type = type, .reason = reason, .pid = pid,
		.ino = st->inode->i_ino,
		.stream_count = READ_ONCE(st->count),
		.pause_count = pause_count,
	};

	if (!list_empty_careful(&st->vol->watches.list))
		tell(&st->vol->watches, st->inode, &ev, who);
}

/**
 * bpio_event_veto() - an ENABLE was refused; there may be no stream
 * @inode: the upper inode
 * @reason: why
 * @who: by whom
 *
 * Context: Any.
 */
void bpio_event_veto(const struct inode *inode, enum bpio_reason reason,
		     const char *who)
{
	struct bpio_watches *watches = &bypassfs_sb(inode->i_sb)->vol.watches;
	struct bpio_stream *st = bypassfs_stream(bypassfs_inode(inode));
	struct bpio_event ev = {
		.type = BPIO_EVENT_VETOED, .reason = reason,
		.ino = inode->i_ino, .pid = task_tgid_nr(current),
	};

	if (st) {
		ev.stream_count = READ_ONCE(st->count);
		ev.pause_count = READ_ONCE(st->pauses.count);
	}
	if (!list_empty_careful(&watches->list))
		tell(watches, inode, &ev, who);
}

/**
 * bpio_event_volume() - tell everybody who watches anything of a mount
 * @vol: the mount
 * @type: what has happened
 * @reason: why, or BPIO_REASON_NONE
 * @who: name, or ""
 * @pid: process, or 0
 * @pause_count: of the mount
 *
 * Context: Any.
 */
void bpio_event_volume(struct bpio_volume *vol, enum bpio_event_type type,
		       enum bpio_reason reason, const char *who, pid_t pid,
		       unsigned int pause_count)
{
	struct bpio_event ev = {
		.type = type, .reason = reason, .pid = pid,
		.pause_count = pause_count,
	};

	if (!list_empty_careful(&vol->watches.list))
		tell(&vol->watches, NULL, &ev, who);
}

static bool is_empty(struct watch *w)
{
	return READ_ONCE(w->head) == READ_ONCE(w->tail);
}

/* Under @reading: nobody else takes out */
static int take(struct watch *w, char __user *buf)
{
	struct bpio_event ev;

	spin_lock_irq(&w->watches->lock);
	ev = w->ring[w->tail % BPIO_WATCH_ROOM];
	spin_unlock_irq(&w->watches->lock);
	if (copy_to_user(buf, &ev, sizeof(ev)))
		return -EFAULT;
	spin_lock_irq(&w->watches->lock);
	w->tail++;
	spin_unlock_irq(&w->watches->lock);
	return 0;
}

static ssize_t take_all(struct watch *w, char __user *buf, size_t count)
{
	size_t got = 0;
	int ret = 0;

	while (!ret && !is_empty(w) &&
	       count - got >= sizeof(struct bpio_event)) {
		ret = take(w, buf + got);
		if (!ret)
			got += sizeof(struct bpio_event);
	}
	return got ?: ret;
}

static ssize_t watch_read(struct file *file, char __user *buf, size_t count,
			  loff_t *pos)
{
	struct watch *w = file->private_data;
	ssize_t ret;

	if (count < sizeof(struct bpio_event))
		return -EINVAL;
	do {
		if (is_empty(w)) {
			if (file->f_flags & O_NONBLOCK)
				return -EAGAIN;
			ret = wait_event_interruptible(w->wait, !is_empty(w));
			if (ret)
				return ret;
		}
		if (file->f_flags & O_NONBLOCK) {
			if (!mutex_trylock(&w->reading))
				return -EAGAIN;
		} else {
			ret = mutex_lock_interruptible(&w->reading);
			if (ret)
				return ret;
		}
		ret = take_all(w, buf, count);
		mutex_unlock(&w->reading);
	} while (!ret);
	return ret;
}

static __poll_t watch_poll(struct file *file, poll_table *table)
{
	struct watch *w = file->private_data;

	poll_wait(file, &w->wait, table);
	return is_empty(w) ? 0 : EPOLLIN | EPOLLRDNORM;
}

static void watch_free(struct watch *w)
{
	spin_lock_irq(&w->watches->lock);
	list_del(&w->node);
	spin_unlock_irq(&w->watches->lock);
	path_put(&w->path);
	mutex_destroy(&w->reading);
	kvfree(w);
}

static int watch_release(struct inode *inode, struct file *file)
{
	watch_free(file->private_data);
	return 0;
}

static const struct file_operations watch_fops = {
	.owner		= THIS_MODULE,
	.read		= watch_read,
	.poll		= watch_poll,
	.release	= watch_release,
	.llseek		= noop_llseek,
};

static int check(const struct file *file, const struct bpio_watch *arg)
{
	if (arg->flags & ~BPIO_WATCH_KNOWN || arg->reserved1 || arg->reserved2)
		return -EINVAL;
	if (!arg->events || arg->events >> BPIO_EVENT_MAX)
		return -EINVAL;
	if (arg->flags & BPIO_WATCH_VOLUME &&
	    !ns_capable(file_inode(file)->i_sb->s_user_ns, CAP_SYS_ADMIN))
		return -EPERM;
	return 0;
}

/**
 * bpio_watch_ioctl() - BPIO_IOC_WATCH
 * @file: an upper file or directory
 * @arg: struct bpio_watch
 *
 * Context: May sleep.
 * Return: a descriptor or a negative errno, see uapi/linux/bypassio_watch.h.
 */
long bpio_watch_ioctl(struct file *file, const void __user *arg)
{
	struct inode *inode = file_inode(file);
	struct bpio_watch in;
	struct watch *w;
	int ret;

	if (copy_from_user(&in, arg, sizeof(in)))
		return -EFAULT;
	ret = check(file, &in);
	if (ret)
		return ret;
	w = kvzalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);
	if (!w)
		return -ENOMEM;
	w->watches = &bypassfs_sb(inode->i_sb)->vol.watches;
	w->inode = in.flags & BPIO_WATCH_VOLUME ? NULL : inode;
	w->events = in.events;
	w->path = file->f_path;
	path_get(&w->path);
	init_waitqueue_head(&w->wait);
	mutex_init(&w->reading);
	spin_lock_irq(&w->watches->lock);
	list_add(&w->node, &w->watches->list);
	spin_unlock_irq(&w->watches->lock);
	ret = anon_inode_getfd("[bypassfs]", &watch_fops, w,
			       O_RDONLY | O_CLOEXEC |
			       (in.flags & BPIO_WATCH_NONBLOCK ? O_NONBLOCK : 0));
	if (ret < 0)
		watch_free(w);
	return ret;
}
