// SPDX-License-Identifier: GPL-2.0
/*
 * All that stands in the way, not only the first
 *
 * The same questions as for ENABLE and for arming, but nobody's answer ends
 * them. A caller who gets the list in parts asks again for each part; between
 * two calls it may change.
 */
#include <linux/fs.h>

#include "ask.h"
#include "blockers.h"
#include "filter.h"
#include "handle.h"
#include "reason.h"
#include "stack.h"
#include "stream.h"
#include "veto.h"

/**
 * struct listing - a list being made
 * @out: the answer
 * @first: number of the first that is wanted
 * @half: what the next ones keep from being bypassed
 */
struct listing {
	struct bpio_blockers *out;
	u32 first;
	u16 half;
};

/* Room for the next one, or NULL if it is only counted */
static struct bpio_blocker *next(struct listing *l)
{
	struct bpio_blockers *out = l->out;
	struct bpio_blocker *b;

	if (out->total++ < l->first || out->count == BPIO_BLOCKERS_MAX)
		return NULL;
	b = &out->list[out->count++];
	b->half = l->half;
	return b;
}

static void add(struct listing *l, enum bpio_reason reason, const char *driver)
{
	struct bpio_blocker *b = next(l);

	if (b)
		bpio_refuse(&b->result, reason, driver);
}

/* @first, if it is one of them, is the one that others are told */
static void add_mask(struct listing *l, enum bpio_reason first, u64 reasons,
		     const char *driver)
{
	if (reasons & BIT_ULL(first))
		add(l, first, driver);
	reasons &= ~BIT_ULL(first);
	for (; reasons; reasons &= reasons - 1)
		add(l, __ffs64(reasons), driver);
}

static void add_pauser(struct listing *l, enum bpio_reason reason,
		       const struct bpio_pauser *p)
{
	struct bpio_blocker *b = next(l);

	if (!b)
		return;
	bpio_pause_refuse(&b->result, reason, p);
	b->why = p->reason;
	b->pid = p->pid;
}

static void add_pauses(struct listing *l, enum bpio_reason reason,
		       const struct bpio_pauses *set)
{
	const struct bpio_pauser *p;

	list_for_each_entry(p, &set->owned, node)
		add_pauser(l, reason, p);
	if (set->plain)
		add_pauser(l, reason, &set->last);
}

static void add_veto(struct bpio_result *result, void *arg)
{
	struct bpio_blocker *b = next(arg);

	if (b)
		b->result = *result;
}

static void list_filter_half(struct listing *l, struct file *file,
			     struct bpio_volume *vol, struct bpio_stream *st)
{
	const struct bpio_block *block;
	enum bpio_reason first;
	u64 reasons = 0;

	l->half = BPIO_HALF_FILTER;
	spin_lock(&vol->lock);
	list_for_each_entry(block, &vol->blocks, node)
		add(l, BPIO_REASON_ATTACH_BLOCKED, block->who);
	spin_unlock(&vol->lock);
	bpio_ask_each_filter(file_inode(file), file, add_veto, l);
	first = bpio_veto_handle(file, &reasons);
	add_mask(l, first, reasons, BYPASSFS_NAME);
	if (st) {
		mutex_lock(&st->lock);
		add_pauses(l, BPIO_REASON_STREAM_PAUSED, &st->pauses);
		mutex_unlock(&st->lock);
	}
	if (!S_ISREG(file_inode(file)->i_mode))
		return;
	reasons = 0;
	first = bpio_veto_file(bypassfs_lower_file(file), &reasons);
	add_mask(l, first, reasons, vol->lower_sb->s_type->name);
}

/* What was not asked because it would only find the file as it is held */
static bool held(const struct bpio_stream *st)
{
	return st && READ_ONCE(st->state) == BPIO_STATE_ARMED &&
	       !bpio_stream_broken(st);
}

static void list_storage_half(struct listing *l, struct file *file,
			      struct bpio_volume *vol, struct bpio_stream *st)
{
	const u64 ours = BIT_ULL(BPIO_REASON_WRITER);
	enum bpio_reason first;
	u64 reasons = 0;

	l->half = BPIO_HALF_STORAGE;
	spin_lock(&vol->lock);
	add_pauses(l, BPIO_REASON_VOLUME_PAUSED, &vol->pauses);
	spin_unlock(&vol->lock);
	if (held(st))
		return;
	first = bpio_veto_storage(vol, bypassfs_lower_file(file), &reasons);
	reasons &= ~(BIT_ULL(BPIO_REASON_VOLUME_PAUSED) |
		     BIT_ULL(BPIO_REASON_VOLUME_VETOED));
	add_mask(l, first, reasons & ~ours, vol->lower_sb->s_type->name);
	if (vol->fs)
		bpio_consent_each_veto(vol, add_veto, l);
	add_mask(l, first, reasons & ours, BYPASSFS_NAME);
}

/**
 * bpio_blockers() - QUERY with BPIO_IN_ALL
 * @file: an upper file or directory
 * @flags: BPIO_IN_*; BPIO_IN_SKIP_STORAGE leaves that half out
 * @first: number of the first that is wanted
 * @list: zeroed; filled in
 *
 * Context: Sleeps: writes out dirty pages. Enters no state.
 */
void bpio_blockers(struct file *file, u32 flags, u32 first,
		   struct bpio_blockers *list)
{
	struct bypassfs_inode *bi = bypassfs_inode(file_inode(file));
	struct bpio_volume *vol = &bypassfs_sb(bi->vfs.i_sb)->vol;
	struct bpio_stream *st = bypassfs_stream(bi);
	struct listing l = { .out = list, .first = first };

	list_filter_half(&l, file, vol, st);
	if (!(flags & BPIO_IN_SKIP_STORAGE) && S_ISREG(bi->vfs.i_mode))
		list_storage_half(&l, file, vol, st);
}
