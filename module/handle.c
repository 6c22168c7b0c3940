// SPDX-License-Identifier: GPL-2.0
/*
 * ENABLE, DISABLE and QUERY on one open file
 */
#include <linux/fs.h>
#include <linux/slab.h>

#include "handle.h"
#include "reason.h"
#include "stack.h"
#include "stream.h"
#include "trace.h"
#include "veto.h"
#include "watch.h"

/* Who says so: facts of the lower file are told in its file system's name */
static const char *lower_name(const struct file *file)
{
	return bypassfs_sb(file_inode(file)->i_sb)->vol.lower_sb->s_type->name;
}

/* The same for ENABLE and QUERY (R42). True if the filter half has agreed. */
static bool ask_filter_half(struct file *file, struct bpio_results *results)
{
	struct bpio_volume *vol = &bypassfs_sb(file_inode(file)->i_sb)->vol;

	if (bpio_volume_refuse(vol, &results->filter))
		return false;
	bpio_refuse(&results->filter, bpio_veto_handle(file, NULL),
		    BYPASSFS_NAME);
	if (results->filter.status)
		return false;
	bpio_refuse(&results->filter,
		    bpio_veto_file(bypassfs_lower_file(file), NULL),
		    lower_name(file));
	return !results->filter.status;
}

static void refuse_storage(const struct file *file, enum bpio_reason reason,
			   struct bpio_result *result)
{
	switch (reason) {
	case BPIO_REASON_VOLUME_PAUSED:
		bpio_volume_refuse_paused(&bypassfs_sb(file_inode(file)->i_sb)->vol,
					  result);
		break;
	case BPIO_REASON_VOLUME_VETOED:
		bpio_consent_query(&bypassfs_sb(file_inode(file)->i_sb)->vol,
				   result);
		break;
	case BPIO_REASON_WRITER:
	case BPIO_REASON_REARMING:
	case BPIO_REASON_NO_MEMORY:
		bpio_refuse(result, reason, BYPASSFS_NAME);
		break;
	default:
		bpio_refuse(result, reason, lower_name(file));
	}
}

static struct bpio_handle *handle_new(struct file *file)
{
	struct bpio_handle *h;

	h = kzalloc(sizeof(*h), GFP_KERNEL_ACCOUNT);
	if (!h)
		return NULL;
	h->counts = alloc_percpu_gfp(struct bpio_counts, GFP_KERNEL_ACCOUNT);
	h->stream = bpio_stream_get(file_inode(file));
	if (!h->counts || !h->stream) {
		free_percpu(h->counts);
		kfree(h);
		return NULL;
	}
	h->lower = bypassfs_lower_file(file);
	spin_lock_init(&h->agree_lock);
	return h;
}

static void handle_free(struct bpio_handle *h)
{
	if (h->agreed_cred)
		put_cred(h->agreed_cred);
	kfree(h->polled);
	free_percpu(h->counts);
	kfree(h);
}

/* The handle of an open file, made if there is none yet; NULL: no memory */
static struct bpio_handle *handle_get(struct file *file)
{
	struct bypassfs_file *bf = bypassfs_file(file);
	struct bpio_handle *h = bypassfs_handle(bf);

	if (h)
		return h;
	h = handle_new(file);
	if (!h)
		return NULL;
	if (!bpio_stream_attach(h->stream, h, &bf->handle))
		handle_free(h);
	return bypassfs_handle(bf);
}

/**
 * bpio_handle_make_polled() - places for polled reads
 * @h: the handle
 *
 * Context: Any but interrupts.
 * Return: its places, perhaps of another's making; or NULL.
 */
struct bio **bpio_handle_make_polled(struct bpio_handle *h)
{
	struct bio **old, **polled;

	polled = kcalloc(BPIO_POLLED_MAX, sizeof(*polled),
			 GFP_NOWAIT | __GFP_NOWARN);
	if (!polled)
		return NULL;
	old = cmpxchg(&h->polled, NULL, polled);
	if (!old)
		return polled;
	kfree(polled);
	return old;
}

/**
 * bpio_handle_agree() - security modules have let this task read the lower file
 * @h: the handle
 *
 * The credentials are kept, so that no others can come to lie where they are.
 *
 * Context: Any but interrupts.
 */
void bpio_handle_agree(struct bpio_handle *h)
{
	const struct cred *old, *cred = get_current_cred();

	spin_lock(&h->agree_lock);
	old = h->agreed_cred;
	WRITE_ONCE(h->agreed_cred, cred);
	/* Pairs with bpio_handle_agreed() */
	smp_wmb();
	WRITE_ONCE(h->agreed_at, jiffies);
	spin_unlock(&h->agree_lock);
	if (old)
		put_cred(old);
}

/**
 * bpio_handle_begin() - an ENABLE comes; it counts while others are asked
 * @file: an upper file
 * @st: for bpio_stream_answered(); NULL if there is nothing to count
 *
 * Context: Sleeps.
 * Return: 0 or -ENOMEM.
 */
int bpio_handle_begin(struct file *file, struct bpio_stream **st)
{
	*st = NULL;
	/* It will be refused */
	if (bpio_veto_handle(file, NULL))
		return 0;
	*st = bpio_stream_get(file_inode(file));
	if (!*st)
		return -ENOMEM;
	bpio_stream_ask(*st);
	return 0;
}

/**
 * bpio_handle_tell_veto() - tell those who watch
 * @file: an upper file
 * @result: who has refused its ENABLE
 *
 * Context: Any but interrupts.
 */
void bpio_handle_tell_veto(struct file *file, const struct bpio_result *result)
{
	struct inode *inode = file_inode(file);
	char who[BPIO_DRIVER_MAX + 1] = "";

	memcpy(who, result->driver, result->driver_len);
	trace_bpio_veto(bypassfs_lower_inode(inode), result->reason);
	bpio_event_veto(inode, result->reason, who);
}

/**
 * bpio_handle_enable() - ENABLE (R16, R17, R22 to R35)
 * @file: an upper file
 * @results: zeroed; filled in
 *
 * Context: Sleeps.
 * Return: 0, also when vetoed, or -ENOMEM, and then nothing has changed.
 */
int bpio_handle_enable(struct file *file, struct bpio_results *results)
{
	enum bpio_reason reason;
	struct bpio_handle *h;

	if (!ask_filter_half(file, results))
		return 0;
	h = handle_get(file);
	if (!h)
		return -ENOMEM;
	reason = bpio_stream_enable(h->stream, h);
	refuse_storage(file, reason, &results->storage);
	return 0;
}

/**
 * bpio_handle_disable() - DISABLE (R36 to R39)
 * @file: an upper file
 *
 * Context: Sleeps until the reads in flight are done. Cannot fail.
 */
void bpio_handle_disable(struct file *file)
{
	struct bpio_handle *h = NULL;

	if (S_ISREG(file_inode(file)->i_mode))
		h = bypassfs_handle(bypassfs_file(file));
	if (h)
		bpio_stream_disable(h->stream, h, false);
}

/**
 * bpio_handle_ask_storage() - what keeps the storage half from being bypassed?
 * @file: an upper file or directory; of a directory there is nothing to say
 * @result: zeroed; filled in
 *
 * Context: Sleeps. Enters no state.
 */
void bpio_handle_ask_storage(struct file *file, struct bpio_result *result)
{
	struct bypassfs_inode *bi = bypassfs_inode(file_inode(file));
	struct bpio_volume *vol = &bypassfs_sb(bi->vfs.i_sb)->vol;
	struct bpio_stream *st = bypassfs_stream(bi);
	enum bpio_reason reason = BPIO_REASON_NONE;
	bool armed;

	if (!S_ISREG(bi->vfs.i_mode))
		return;
	armed = st && READ_ONCE(st->state) == BPIO_STATE_ARMED &&
		!bpio_stream_broken(st);
	if (!armed)
		reason = bpio_veto_storage(vol, bypassfs_lower_file(file), NULL);
	/* Below the file system, but a writer goes sooner (R27) */
	if (!armed && (!reason || reason == BPIO_REASON_WRITER) &&
	    bpio_consent_query(vol, result))
		return;
	/* Only who tries can know this */
	if (!reason && st && READ_ONCE(st->count) &&
	    READ_ONCE(st->reason) == BPIO_REASON_NO_LEASE)
		reason = BPIO_REASON_NO_LEASE;
	refuse_storage(file, reason, result);
}

/**
 * bpio_handle_query() - QUERY: what ENABLE would answer (R40 to R42)
 * @file: an upper file or directory
 * @storage: ask the storage half as well (R6)
 * @results: zeroed; filled in
 *
 * Context: Sleeps. Enters no state.
 */
void bpio_handle_query(struct file *file, bool storage,
		       struct bpio_results *results)
{
	if (ask_filter_half(file, results) && storage)
		bpio_handle_ask_storage(file, &results->storage);
}

/**
 * bpio_handle_release() - the open file is closed, which disables it (R20)
 * @bf: its state; its lower file is still open
 *
 * Context: Sleeps. None of its reads is in flight: each holds the file.
 */
void bpio_handle_release(struct bypassfs_file *bf)
{
	struct bpio_handle *h = bf->handle;

	if (!h)
		return;
	bpio_stream_disable(h->stream, h, true);
	bpio_stream_detach(h->stream, h);
	bf->handle = NULL;
	handle_free(h);
}
