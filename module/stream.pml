/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of stream.c, pause.c and attach.c: one stream with two handles
 *
 * inline                        function
 * drain, drain_skip             bpio_stream_drain(), _drain_skip()
 * stream_enable                 send_enable(), bpio_stream_enable()
 * stream_disable, set_opens     bpio_stream_disable(), set_opens()
 * stream_pause, stream_resume   bpio_stream_pause(), _resume()
 * stream_forget                 bpio_stream_forget()
 * run_if_nobody_objects         of the same name, with objects(), take_over()
 * attach_block, _unblock        bpio_attach_block(), _unblock()
 *
 * Two parties pause: a user and a filter. A pause of the filter's is owned, one
 * of the user's is not; with ALL_PLAIN neither is, and anybody can end both.
 */

/* struct bpio_handle */
bit is_enabled[2];

/* struct bpio_stream, bpio_pauses: without an owner; with one, by party */
bit plain;
byte owned;
byte asking;		/* ENABLEs that others have not answered yet */
byte newer;		/* @pause_seq: who has asked before the last pause came */

#define OPENS	(count + asking)
#ifdef RESUME_FORGETS_NEWER
#define NEWER(who)	0
#else
#define NEWER(who)	(newer & who)
#endif

/* struct bpio_volume */
byte vol_active;
bit vol_blocked;	/* @blocks is not empty */

/* A filter says no to whoever asks him */
bit veto;

#ifdef ALL_PLAIN
#define OWNS	0
#else
#define OWNS	FILTER
#endif

inline drain_gate(g)
{
#ifdef DRAIN_WAITS_FOR_NEW
	gate_drain(g)
#else
	gate_close(g, DRAINING);
	gate_drain(g);
	gate_open(g, DRAINING)
#endif
}

inline drain()
{
	drain_gate(DISK)
}

inline drain_skip()
{
#ifdef ONE_GATE_ONLY
	skip
#else
	lock(SKIP_LOCK);
	drain_gate(SKIP);
	unlock(SKIP_LOCK)
#endif
}

inline count_enabled(h, change)
{
	is_enabled[h] = (change > 0);
	count = count + change;
	vol_active = vol_active + change	/* under the volume's lock */
}

/* What was promised to these parties is so no more */
inline release(who)
{
	atomic { standing = standing & ~(who); quiet = quiet & ~(who) }
}

inline run_again()
{
	plain = 0;
	owned = 0;
	gate_open(SKIP, PAUSED)
}

/* Nobody is left whom a pause could stop */
inline set_opens()
{
	if
	:: !OPENS ->
		release(USER | FILTER);
#ifdef REST_KEEPS_PAUSED
		plain = 0;
		owned = 0
#else
		run_again()
#endif
	:: else
	fi
}

inline change_asking(change)
{
	lock(STREAM_LOCK);
	asking = asking + change;
	set_opens();
	unlock(STREAM_LOCK)
}

inline ask()
{
	ok = !veto && !vol_blocked
}

/* It counts before filters are asked, under no lock */
inline stream_enable(h)
{
	off[h] = 0;
#ifdef ENABLE_ASKS_EARLY
	ask();
	change_asking(1);
#else
	change_asking(1);
	ask();
#endif
	lock(STREAM_LOCK);
	if
	:: ok ->
#ifdef COUNT_TWICE
		count_enabled(h, 1);
#else
		if
		:: !is_enabled[h] -> count_enabled(h, 1)
		:: else
		fi;
#endif
		arm();
		ok = 0
	:: else
	fi;
	unlock(STREAM_LOCK);
	change_asking(-1)
}

inline stream_disable(h)
{
#ifdef COUNT_OUTSIDE
	if
	:: is_enabled[h] -> count_enabled(h, -1)
	:: else
	fi;
#endif
	lock(STREAM_LOCK);
	if
	:: is_enabled[h] ->
		count_enabled(h, -1);
		if
		:: !count -> disarm()
#ifdef DISABLE_WITHOUT_DRAIN
		:: else
#else
		:: else -> drain()
#endif
		fi;
		set_opens();
		unlock(STREAM_LOCK);
#ifdef NOTHING_TO_DISABLE
		drain_skip()
	:: else -> unlock(STREAM_LOCK)
	fi;
#else
	:: else -> unlock(STREAM_LOCK)
	fi;
	drain_skip();
#endif
	off[h] = 1
}

inline stream_pause(who)
{
	waiting = waiting | who;
	lock(STREAM_LOCK);
	if
	:: OPENS ->
		newer = USER | FILTER;
#ifndef PAUSED_AFTER_DRAIN
		gate_close(SKIP, PAUSED);
#endif
		standing = standing | who;
		owned = owned | (OWNS & who);
		plain = plain || !(OWNS & who);
		drain();
#ifdef PAUSED_AFTER_DRAIN
		gate_close(SKIP, PAUSED);
#endif
		unlock(STREAM_LOCK);
		drain_skip();
		/* If it was ended meanwhile, nothing is promised */
		quiet = quiet | (standing & who)
	:: else ->
		unlock(STREAM_LOCK);
#ifndef IGNORED_AT_ONCE
		drain_skip()
#endif
	fi;
	waiting = waiting & ~who
}

/* Under no lock. ok: nobody objects; asked: it was paused, else nobody is asked */
inline ask_filters(who)
{
	lock(STREAM_LOCK);
	asked = ((gates[SKIP].closed & PAUSED) != 0);
	newer = newer & ~who;
	unlock(STREAM_LOCK);
	ok = !veto
}

inline run_if_nobody_objects(who)
{
	if
#ifndef RESUME_FOR_ALL
	:: owned ->
		/* What anybody may end has been ended, but for what is new */
		if
		:: !NEWER(who) ->
			release((USER | FILTER) & ~OWNS);
			plain = 0
		:: else
		fi
	:: !owned && NEWER(who) && plain
#endif
	:: else ->
		if
#ifndef RESUME_BLINDLY
		:: vol_blocked || !ok -> plain = 1	/* take_over() */
#endif
		:: else -> release((USER | FILTER) & ~OWNS); run_again()
		fi
	fi
}

/* The sender's own pause goes, whatever others say */
inline stream_resume(who)
{
	ask_filters(who);
	lock(STREAM_LOCK);
	if
	:: asked && gates[SKIP].closed & PAUSED ->
		owned = owned & ~who;
		release(who);
		run_if_nobody_objects(who)
	:: else
	fi;
	ok = 0;
	asked = 0;
	unlock(STREAM_LOCK)
}

/* An owner is closed. The same, but that it ends only what is his. */
inline stream_forget(who)
{
	ask_filters(who);
	lock(STREAM_LOCK);
	if
	:: owned & who ->
		owned = owned & ~who;
		release(who);
		if
		:: !owned && !plain -> run_if_nobody_objects(who)
		:: else
		fi
	:: else
	fi;
	ok = 0;
	asked = 0;
	unlock(STREAM_LOCK)
}

inline attach_block()
{
	waiting = waiting | BLOCKER;
	/* Under the volume's lock */
	atomic { vol_blocked = 1; gate_close(SKIP, BLOCKED) };
#ifndef ATTACH_WITHOUT_DRAIN
	lock(STREAM_LOCK);
	drain();
	unlock(STREAM_LOCK);
	drain_skip();
#endif
	blocked = 1;
	waiting = waiting & ~BLOCKER
}

inline attach_unblock()
{
	blocked = 0;
	atomic { vol_blocked = 0; gate_open(SKIP, BLOCKED) }
}
