// SPDX-License-Identifier: GPL-2.0
/*
 * Scans that nobody waits for
 *
 * Handles that were enabled when their file was changed are paused, so their reads
 * come by here. The first that does after the last writer has gone sends the file
 * to this queue, and if it is clean they bypass again. Nothing polls, and nothing
 * keeps a file or a mount from going that its reader does not keep himself.
 *
 * The queue is gone before the filter is: so an instance is good while its work
 * runs, as the open file keeps the mount.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "scan.h"

/**
 * struct rescan - one scan
 * @work: in the queue
 * @inst: of the mount
 * @file: open for reading; a reference
 * @si: of its inode; a reference
 */
struct rescan {
	struct work_struct work;
	struct bpio_instance *inst;
	struct file *file;
	struct scan_inode *si;
};

static DEFINE_SPINLOCK(lock);	/* whether there is one, and what goes into it */
static struct workqueue_struct *queue;

/**
 * scan_rescan_init() - make the queue
 *
 * Context: Module load.
 * Return: 0 or -ENOMEM.
 */
int scan_rescan_init(void)
{
	queue = alloc_workqueue("bpio_scan", WQ_UNBOUND, 0);
	return queue ? 0 : -ENOMEM;
}

/**
 * scan_rescan_exit() - wait for the last, and take no more
 *
 * Context: Module unload, before the filter is unregistered.
 */
void scan_rescan_exit(void)
{
	struct workqueue_struct *old = queue;

	spin_lock(&lock);
	queue = NULL;
	spin_unlock(&lock);
	destroy_workqueue(old);
}

static void rescan_work(struct work_struct *work)
{
	struct rescan *r = container_of(work, struct rescan, work);

	scan_file(r->inst, r->file);
	spin_lock(&r->si->lock);
	r->si->queued = false;
	spin_unlock(&r->si->lock);
	bpio_context_put(&r->si->ctx);
	fput(r->file);
	kfree(r);
}

static bool enqueue(struct rescan *r)
{
	bool queued = false;

	spin_lock(&lock);
	if (queue)
		queued = queue_work(queue, &r->work);
	spin_unlock(&lock);
	return queued;
}

/* False if it is queued already */
static bool claim(struct scan_inode *si)
{
	bool claimed;

	spin_lock(&si->lock);
	claimed = !si->queued;
	si->queued = true;
	spin_unlock(&si->lock);
	return claimed;
}

/**
 * scan_rescan() - scan a file soon, if that is of any use
 * @inst: of its mount
 * @file: who would profit
 *
 * Of none if there is a verdict, or somebody is writing. Without memory there is
 * no scan: the next read that comes by asks again.
 *
 * Context: May sleep.
 */
void scan_rescan(struct bpio_instance *inst, struct file *file)
{
	struct scan_inode *si;
	struct rescan *r;

	if (!(file->f_mode & FMODE_READ) || scan_being_written(file) ||
	    scan_verdict(inst, file_inode(file)) != SCAN_UNKNOWN)
		return;
	si = scan_inode_get(inst, file_inode(file));
	if (!si)
		return;
	if (!claim(si))
		goto out_put;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		goto out_unclaim;
	INIT_WORK(&r->work, rescan_work);
	r->inst = inst;
	r->file = get_file(file);
	r->si = si;
	if (enqueue(r))
		return;
	fput(file);
	kfree(r);
out_unclaim:
	spin_lock(&si->lock);
	si->queued = false;
	spin_unlock(&si->lock);
out_put:
	bpio_context_put(&si->ctx);
}
