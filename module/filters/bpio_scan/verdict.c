// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of a file: scanned, and clean?
 *
 * Overview
 *   A file may be bypassed as long as its last scan found nothing and nobody has
 *   changed it since. A scan reads it through, below this filter, from first to
 *   last byte as one search. Its verdict stands only if nobody disturbed it:
 *     - no change was under way when it began, and none had begun when it ended
 *       (@changing, @changes);
 *     - the lower file was not open for writing when it began. A mapping can be
 *       written to unseen, but it keeps the file open for writing for as long as
 *       it lives, and to make one is a change.
 *   Any other scan says whether the file may be opened now, and no more.
 *
 * A file that loses its verdict (R60)
 *   Whoever is about to change it, before he does:
 *     1. takes the verdict away, so that ENABLE and QUERY are vetoed;
 *     2. looks at the open count;
 *     3. if it is not 0, pauses the stream: on return no read that would not have
 *        been seen is in flight.
 *   An ENABLE is counted before it is asked: so it is either met by 1, or seen by
 *   2. A second change waits until the first has paused.
 *
 * A file that gets its verdict back
 *   The verdict comes first, then the RESUME, whose QUERY finds it. If it is taken
 *   away in between, the RESUME is vetoed, or the pause comes after the QUERY and
 *   stays. That is so of a pause that anybody may end: one of our own, with
 *   BPIO_IN_OWNED, would end with our RESUME though it came later. And nobody
 *   else ends it too early, since we are asked.
 *
 * Locking
 *   @scanning, then those of the lower file system. @pausing is innermost but for
 *   what a pause takes, and is taken under the mmap lock. Neither while a RESUME is
 *   sent: it comes back as a QUERY. @lock is never held while anything is called.
 */
#include <linux/fs.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "scan.h"
#include "scan_trace.h"

/* As much as a read has that is shown in one piece */
#define SCAN_PIECE	(128 * 1024)

static void inode_free(struct bpio_context *ctx)
{
	struct scan_inode *si = container_of(ctx, struct scan_inode, ctx);

	mutex_destroy(&si->pausing);
	mutex_destroy(&si->scanning);
	kfree(si);
}

/**
 * scan_inode_get() - what is remembered of an inode
 * @inst: of its mount
 * @inode: it
 *
 * Context: May sleep.
 * Return: it, with a reference for bpio_context_put(); NULL: no memory.
 */
struct scan_inode *scan_inode_get(struct bpio_instance *inst,
				  struct inode *inode)
{
	struct bpio_context *ctx;
	struct scan_inode *new;

	while (!(ctx = bpio_context_get(inst, inode, NULL))) {
		new = kzalloc(sizeof(*new), GFP_KERNEL);
		if (!new)
			return NULL;
		new->ctx.free = inode_free;
		spin_lock_init(&new->lock);
		mutex_init(&new->scanning);
		mutex_init(&new->pausing);
		if (!bpio_context_set(inst, inode, NULL, &new->ctx))
			return new;
		inode_free(&new->ctx);
	}
	return container_of(ctx, struct scan_inode, ctx);
}

/**
 * scan_verdict() - what is known of a file
 * @inst: of its mount
 * @inode: a regular file
 *
 * Context: Any but interrupts.
 * Return: SCAN_CLEAN also if nothing is searched for.
 */
enum scan_verdict scan_verdict(struct bpio_instance *inst, struct inode *inode)
{
	unsigned long id = scan_pattern_id();
	enum scan_verdict verdict = SCAN_UNKNOWN;
	struct bpio_context *ctx;
	struct scan_inode *si;

	if (!id)
		return SCAN_CLEAN;
	ctx = bpio_context_get(inst, inode, NULL);
	if (!ctx)
		return SCAN_UNKNOWN;
	si = container_of(ctx, struct scan_inode, ctx);
	spin_lock(&si->lock);
	if (si->id == id)
		verdict = si->verdict;
	spin_unlock(&si->lock);
	bpio_context_put(ctx);
	return verdict;
}

/**
 * scan_being_written() - can a file change without this filter seeing it?
 * @file: of the mount
 *
 * Context: Any.
 * Return: true while somebody has the lower file open for writing, or mapped so.
 */
bool scan_being_written(const struct file *file)
{
	return inode_is_open_for_write(file_inode(bpio_lower_file(file)));
}

static void manage(struct bpio_instance *inst, struct inode *inode,
		   struct file *file, enum bpio_op op)
{
	static const char text[] = "bpio_scan has to scan the file again";
	struct bpio_args *args;

	args = kzalloc(sizeof(*args), GFP_KERNEL | __GFP_NOFAIL);
	args->op = op;
	if (op == BPIO_OP_STREAM_PAUSE) {
		args->in_flags = BPIO_IN_WHY;
		args->pause.reason = BPIO_REASON_MONITORING;
		args->pause.text_len = sizeof(text) - 1;
		memcpy(args->pause.text, text, sizeof(text) - 1);
	}
	WARN_ON_ONCE(bpio_manage_below(inst, inode, file, args));
	kfree(args);
}

/* From first to last byte. The verdict, or -EINTR; @end is where it has ended. */
static int search(struct bpio_instance *inst, struct file *file,
		  const struct scan_pattern *p, void *data, loff_t *end)
{
	struct scan_cursor cursor = {};
	loff_t at;
	ssize_t n;

	for (*end = 0;; *end += n) {
		n = bpio_read_below(inst, file, data, SCAN_PIECE, *end);
		if (!n)
			return SCAN_CLEAN;
		if (n < 0)
			return n == -EINTR ? n : SCAN_UNREADABLE;
		if (scan_search(p, &cursor, *end, data, n, &at)) {
			trace_scan_match(file_inode(file), BPIO_CALL_OPEN, at);
			return SCAN_FOUND;
		}
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
}

/* Returns true if the file has become clean */
static bool judge(struct scan_inode *si, unsigned long id,
		  unsigned long changes, enum scan_verdict verdict)
{
	bool cleared = false;

	spin_lock(&si->lock);
	if (!si->changing && si->changes == changes) {
		si->id = id;
		si->verdict = verdict;
		cleared = verdict == SCAN_CLEAN;
		if (cleared)
			si->paused = false;
	}
	spin_unlock(&si->lock);
	return cleared;
}

/* Under @scanning. The verdict or a negative errno; may be for now only. */
static int scan(struct bpio_instance *inst, struct file *file,
		struct scan_inode *si, const struct scan_pattern *p,
		bool *cleared)
{
	unsigned long changes;
	bool disturbed;
	int verdict;
	loff_t end;
	void *data;

	spin_lock(&si->lock);
	changes = si->changes;
	disturbed = si->changing;
	spin_unlock(&si->lock);
	/* In this order: a mapping is a change, and has the file open before */
	disturbed |= scan_being_written(file);

	data = kvmalloc(SCAN_PIECE, GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	verdict = search(inst, file, p, data, &end);
	kvfree(data);
	if (verdict < 0)
		return verdict;
	trace_scan_file(file_inode(file), verdict, end);
	if (!disturbed)
		*cleared = judge(si, p->id, changes, verdict);
	return verdict;
}

/**
 * scan_file() - scan a file, unless it is known to be clean
 * @inst: of its mount
 * @file: open for reading
 *
 * If it is clean, and will be until somebody changes it, the bypass of enabled
 * handles goes on.
 *
 * Context: Sleeps; ends early if the task is killed.
 * Return: 0, also if the file could not be read; -EPERM if the pattern is in it;
 * -EINTR, -ENOMEM.
 */
int scan_file(struct bpio_instance *inst, struct file *file)
{
	struct inode *inode = file_inode(file);
	struct scan_pattern *p = scan_pattern_get();
	bool cleared = false;
	struct scan_inode *si;
	int ret = 0;

	if (!p)
		return 0;
	si = scan_inode_get(inst, inode);
	if (!si) {
		scan_pattern_put(p);
		return -ENOMEM;
	}
	if (mutex_lock_killable(&si->scanning)) {
		ret = -EINTR;
	} else {
		if (scan_verdict(inst, inode) != SCAN_CLEAN)
			ret = scan(inst, file, si, p, &cleared);
		mutex_unlock(&si->scanning);
	}
	if (cleared) {
		trace_scan_cleared(inode, bpio_open_count(inode));
		if (bpio_open_count(inode))
			manage(inst, inode, file, BPIO_OP_STREAM_RESUME);
	}
	bpio_context_put(&si->ctx);
	scan_pattern_put(p);
	if (ret < 0)
		return ret;
	return ret == SCAN_FOUND ? -EPERM : 0;
}

/**
 * scan_change_begin() - a file is about to be changed
 * @inst: of its mount
 * @inode: the file's
 * @file: open, or NULL if there is none
 *
 * On return no read goes past this filter, and none will until the file has been
 * scanned again.
 *
 * Context: Sleeps until such reads in flight are done. May be called under the
 * mmap lock.
 * Return: for scan_change_end(); NULL: no memory, the file must not be changed.
 */
struct scan_inode *scan_change_begin(struct bpio_instance *inst,
				     struct inode *inode, struct file *file)
{
	struct scan_inode *si = scan_inode_get(inst, inode);
	unsigned int handles;
	bool was_clean;

	if (!si)
		return NULL;
	spin_lock(&si->lock);
	si->changing++;
	si->changes++;
	was_clean = si->verdict == SCAN_CLEAN;
	si->verdict = SCAN_UNKNOWN;
	spin_unlock(&si->lock);

	mutex_lock(&si->pausing);
	handles = bpio_open_count(inode);
	if (was_clean)
		trace_scan_changed(inode, handles);
	if (handles && !si->paused && scan_pattern_id()) {
		manage(inst, inode, file, BPIO_OP_STREAM_PAUSE);
		si->paused = true;
	}
	mutex_unlock(&si->pausing);
	return si;
}

/**
 * scan_change_end() - the file has been changed, or not
 * @si: from scan_change_begin()
 *
 * Context: Any but interrupts.
 */
void scan_change_end(struct scan_inode *si)
{
	spin_lock(&si->lock);
	si->changing--;
	spin_unlock(&si->lock);
	bpio_context_put(&si->ctx);
}
