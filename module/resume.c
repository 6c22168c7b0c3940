// SPDX-License-Identifier: GPL-2.0
/*
 * A paused stream skips filters again, if nobody objects
 *
 * Overview
 *   Everybody who may veto is asked (R63), filters under no lock, since they
 *   may send operations. Then the sender's own pause goes, and those of others
 *   are looked at. Only if nobody objects does the stream run again; the first
 *   to object is reported, and the pause goes on. A pause that comes while they
 *   are asked comes after the resume: it stays, also if it is the sender's own.
 */
#include <linux/fs.h>
#include <linux/string.h>

#include "ask.h"
#include "attach.h"
#include "pause.h"
#include "reason.h"
#include "stream.h"
#include "veto.h"
#include "volume.h"
#include "watch.h"

static void run_again(struct bpio_stream *st, const char *who, pid_t pid)
{
	bpio_pauses_clear(&st->pauses);
	bpio_gate_open(&st->skip, BPIO_GATE_PAUSED);
	bpio_event_stream(st, BPIO_EVENT_STREAM_RESUMED, BPIO_REASON_NONE, who,
			  pid, 0);
}

/**
 * struct asked - what filters say of a stream, under no lock
 * @paused: it was paused; else nobody was asked
 * @seq: after this pause
 * @result: who objects
 */
struct asked {
	bool paused;
	unsigned int seq;
	struct bpio_result result;
};

static void ask_filters(struct bpio_stream *st, struct file *file,
			struct asked *asked)
{
	memset(asked, 0, sizeof(*asked));
	mutex_lock(&st->lock);
	asked->paused = bpio_stream_paused(st);
	asked->seq = st->pause_seq;
	mutex_unlock(&st->lock);
	if (asked->paused)
		bpio_ask_filters(st->inode, file, &asked->result);
}

/* Does anything still object to the filter half? The pauses of others do. */
static bool objects(struct bpio_stream *st, const struct asked *asked,
		    struct bpio_result *result)
{
	struct file *lower = bpio_stream_lower(st);
	struct bpio_result ours = {};

	if (!list_empty(&st->pauses.owned)) {
		/* What anybody may end has been ended, but for what is new */
		if (asked->seq == st->pause_seq)
			st->pauses.plain = false;
		bpio_pause_refuse(result, BPIO_REASON_STREAM_PAUSED,
				  bpio_pauses_first(&st->pauses));
		return true;
	}
	if (asked->seq != st->pause_seq && bpio_pauses_first(&st->pauses)) {
		bpio_pause_refuse(result, BPIO_REASON_STREAM_PAUSED,
				  bpio_pauses_first(&st->pauses));
		return true;
	}
	if (asked->result.status)
		ours = asked->result;
	/* There is none if nobody is enabled yet: then he will be asked */
	if (lower)
		bpio_refuse(&ours, bpio_veto_file(lower, NULL),
			    st->vol->lower_sb->s_type->name);
	/* The first to object is told */
	if (ours.status && !result->status)
		*result = ours;
	return ours.status;
}

/* Nobody is left who could end it by a resume of his own: anybody can */
static void take_over(struct bpio_stream *st, const struct bpio_result *result)
{
	struct bpio_pauser *last = &st->pauses.last;

	memset(last, 0, sizeof(*last));
	last->reason = result->reason;
	memcpy(last->who, result->driver, result->driver_len);
	memcpy(last->text, result->text, result->text_len);
	last->text_len = result->text_len;
	st->pauses.plain = true;
}

static void run_if_nobody_objects(struct bpio_stream *st,
				  const struct asked *asked, const char *who,
				  pid_t pid, bool blocked,
				  struct bpio_result *result)
{
	if (!objects(st, asked, result) && !blocked)
		run_again(st, who, pid);
	else if (!bpio_pauses_first(&st->pauses))
		take_over(st, result);
}

/**
 * bpio_stream_resume() - skip the filters again, if nobody objects (R61 to R64)
 * @st: ignored if not paused
 * @file: that it was sent on, for filters; or NULL
 * @owner: whose own pause ends, if he has one
 * @who: name of the program or module that asks
 * @pid: of the program, or 0
 * @results: zeroed; the filter half says who objects
 *
 * Context: Sleeps. Cannot fail.
 */
void bpio_stream_resume(struct bpio_stream *st, struct file *file,
			const void *owner, const char *who, pid_t pid,
			struct bpio_results *results)
{
	struct asked asked;
	bool blocked;

	ask_filters(st, file, &asked);
	mutex_lock(&st->lock);
	if (asked.paused && bpio_stream_paused(st)) {
		bpio_pauses_drop(&st->pauses, owner, asked.seq);
		/* Told first, and like a veto: the pause goes on (R64) */
		blocked = bpio_volume_refuse(st->vol, &results->filter);
		run_if_nobody_objects(st, &asked, who, pid, blocked,
				      &results->filter);
	}
	mutex_unlock(&st->lock);
}

/* What it has paused under its name, so that anybody could end it */
static bool drop_plain(struct bpio_pauses *set, const char *who)
{
	if (!who || !set->plain || set->last.pid ||
	    strcmp(set->last.who, who))
		return false;
	set->plain = false;
	return true;
}

/**
 * bpio_stream_forget() - an owner of pauses goes
 * @st: the stream
 * @owner: who may not have one
 * @who: NULL, or name of the module that goes: so do its plain pauses
 *
 * As if he had resumed, but that a filter which blocks the mount is no reason
 * to stay paused: it is in the way by itself. If his was the only pause and
 * there is a veto, the stream stays paused in the name of who vetoes, until a
 * resume.
 *
 * Context: Sleeps. Cannot fail.
 */
void bpio_stream_forget(struct bpio_stream *st, const void *owner,
			const char *who)
{
	struct bpio_result result = {};
	struct asked asked;
	bool dropped;

	ask_filters(st, NULL, &asked);
	mutex_lock(&st->lock);
	dropped = bpio_pauses_drop(&st->pauses, owner, asked.seq);
	if (drop_plain(&st->pauses, who) || dropped) {
		if (!bpio_pauses_first(&st->pauses))
			run_if_nobody_objects(st, &asked, "", 0, false,
					      &result);
	}
	mutex_unlock(&st->lock);
}

/**
 * struct leaver - a module that goes
 * @owner: of its pauses
 * @who: its name
 */
struct leaver {
	const void *owner;
	const char *who;
};

static void forget(struct bpio_stream *st, const void *arg)
{
	const struct leaver *l = arg;

	bpio_stream_forget(st, l->owner, l->who);
}

/**
 * bpio_pause_forget() - a filter goes, and so do its pauses
 * @vol: the mount
 * @owner: it, as owner of pauses
 * @who: its name
 *
 * Context: Sleeps. Cannot fail.
 */
void bpio_pause_forget(struct bpio_volume *vol, const void *owner,
		       const char *who)
{
	const struct leaver l = { .owner = owner, .who = who };

	bpio_attach_each_stream(vol, forget, &l);
	bpio_volume_forget(vol, owner);
}
