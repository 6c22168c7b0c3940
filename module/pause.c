// SPDX-License-Identifier: GPL-2.0
/*
 * Who has paused, why, and until when
 *
 * Overview
 *   Pauses are not counted down (R62). Those without an owner are one: the next
 *   RESUME ends it, whoever sends it. One with an owner (an open file) ends
 *   when its owner resumes or is closed, so that who has crashed leaves none
 *   behind. A stream or a mount runs when there is neither.
 *
 * Two gates
 *   Reads that skip filters are either inside the stream's gate (to the disk)
 *   or inside its skip gate (to the lower file system). A pause closes the skip
 *   gate for as long as it lasts; reads to the disk look at it and take the
 *   filters along (R58). Then it drains both.
 *
 *   The skip gate is drained without the stream's lock: in the lower file
 *   system a read may wait for a lock of the inode, and only the sender of the
 *   pause shall wait for that, not whoever opens or closes the file.
 */
#include <linux/fs.h>
#include <linux/slab.h>

#include "compat/kunit.h"
#include "handle.h"
#include "pause.h"
#include "reason.h"
#include "stack.h"
#include "stream.h"
#include "watch.h"

/**
 * bpio_pauser_new() - note who pauses
 * @owner: who alone can end it, or NULL
 * @who: name of the program or module that asks
 * @pid: of the program, or 0
 * @why: checked, or NULL
 *
 * Context: May sleep. Cannot fail: pauses do not.
 * Return: to be handed to bpio_pauses_add().
 */
struct bpio_pauser *bpio_pauser_new(const void *owner, const char *who,
				    pid_t pid, const struct bpio_pause *why)
{
	struct bpio_pauser *p = kzalloc(sizeof(*p), GFP_KERNEL | __GFP_NOFAIL);

	p->owner = owner;
	p->reason = BPIO_REASON_OTHER;
	if (why) {
		p->reason = why->reason;
		p->text_len = why->text_len;
		memcpy(p->text, why->text, why->text_len);
	}
	p->pid = pid;
	memcpy(p->who, who, bpio_utf8_cut(who, BPIO_DRIVER_MAX));
	return p;
}

/**
 * bpio_pauses_init() - no pause
 * @set: uninitialised memory
 *
 * Context: Any.
 */
void bpio_pauses_init(struct bpio_pauses *set)
{
	memset(set, 0, sizeof(*set));
	INIT_LIST_HEAD(&set->owned);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_pauses_init);

/**
 * bpio_pauses_drop() - the end of an owner's pause
 * @set: its lock is held
 * @owner: who may not have one
 * @seq: newer ones stay
 *
 * Context: Any but interrupts.
 * Return: true if there was one.
 */
bool bpio_pauses_drop(struct bpio_pauses *set, const void *owner,
		      unsigned int seq)
{
	struct bpio_pauser *p;

	list_for_each_entry(p, &set->owned, node) {
		if (p->owner == owner && (int)(p->seq - seq) <= 0) {
			list_del(&p->node);
			kfree(p);
			return true;
		}
	}
	return false;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_pauses_drop);

/**
 * bpio_pauses_add() - one more pause
 * @set: its lock is held
 * @pauser: the set's from now on; replaces what the same owner has sent before
 *
 * Context: Any but interrupts. Needs no memory.
 */
void bpio_pauses_add(struct bpio_pauses *set, struct bpio_pauser *pauser)
{
	set->count++;
	if (pauser->owner) {
		bpio_pauses_drop(set, pauser->owner, pauser->seq);
		list_add_tail(&pauser->node, &set->owned);
		return;
	}
	set->plain = true;
	set->last = *pauser;
	kfree(pauser);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_pauses_add);

/**
 * bpio_pauses_clear() - the end of all pauses
 * @set: its lock is held
 *
 * Context: Any but interrupts.
 */
void bpio_pauses_clear(struct bpio_pauses *set)
{
	struct bpio_pauser *p, *next;

	list_for_each_entry_safe(p, next, &set->owned, node)
		kfree(p);
	bpio_pauses_init(set);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_pauses_clear);

/**
 * bpio_pauses_first() - somebody who pauses
 * @set: its lock is held
 *
 * Context: Any.
 * Return: one with an owner if there is any, else the last without, else NULL.
 */
const struct bpio_pauser *bpio_pauses_first(const struct bpio_pauses *set)
{
	if (!list_empty(&set->owned))
		return list_first_entry(&set->owned, struct bpio_pauser, node);
	return set->plain ? &set->last : NULL;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_pauses_first);

/**
 * bpio_pause_refuse() - fill in an answer: somebody has paused
 * @result: as in bpio_refuse()
 * @reason: BPIO_REASON_STREAM_PAUSED or BPIO_REASON_VOLUME_PAUSED
 * @pauser: who; the lock of his set is held
 *
 * Context: Any.
 */
void bpio_pause_refuse(struct bpio_result *result, enum bpio_reason reason,
		       const struct bpio_pauser *pauser)
{
	if (result->status)
		return;
	bpio_refuse(result, reason, pauser->who);
	if (!pauser->text_len)
		return;
	memset(result->text, 0, sizeof(result->text));
	result->text_len = pauser->text_len;
	memcpy(result->text, pauser->text, pauser->text_len);
	result->flags &= ~BPIO_RESULT_CUT;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_pause_refuse);

/**
 * bpio_stream_pause() - no read of the stream skips a filter on return (R55)
 * @st: ignored if no handle is enabled, or about to be (R57)
 * @pauser: who; the stream's from now on
 *
 * Context: Sleeps until the reads in flight are done. Cannot fail (R59).
 */
void bpio_stream_pause(struct bpio_stream *st, struct bpio_pauser *pauser)
{
	const struct bpio_pauser told = *pauser;

	mutex_lock(&st->lock);
	if (!st->opens) {
		mutex_unlock(&st->lock);
		kfree(pauser);
		/* Whoever was the last to disable may still be waiting for his */
		bpio_stream_drain_skip(st);
		return;
	}
	bpio_gate_close(&st->skip, BPIO_GATE_PAUSED);
	pauser->seq = ++st->pause_seq;
	bpio_pauses_add(&st->pauses, pauser);
	bpio_event_stream(st, BPIO_EVENT_STREAM_PAUSED, told.reason, told.who,
			  told.pid, st->pauses.count);
	bpio_stream_drain(st);
	mutex_unlock(&st->lock);
	bpio_stream_drain_skip(st);
}
