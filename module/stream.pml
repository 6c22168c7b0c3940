/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of stream.c, pause.c and attach.c: one stream with two handles
 *
 * inline                        function
 * drain, drain_skip             bpio_stream_drain(), _drain_skip()
 * stream_enable                 bpio_handle_enable(), bpio_stream_enable()
 * stream_disable, rest          bpio_stream_disable(), rest()
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

/* Filters are asked under the lock, see the end of bypass.pml's banner */
inline stream_enable(h)
{
	off[h] = 0;
#ifdef ENABLE_ASKS_EARLY
	ok = !veto && !vol_blocked;
	lock(STREAM_LOCK);
#else
	lock(STREAM_LOCK);
	ok = !veto && !vol_blocked;
#endif
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
	unlock(STREAM_LOCK)
}

inline rest()
{
	disarm();
	release(USER | FILTER);
#ifdef REST_KEEPS_PAUSED
	plain = 0;
	owned = 0
#else
	run_again()
#endif
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
		:: !count -> rest()
#ifdef DISABLE_WITHOUT_DRAIN
		:: else
#else
		:: else -> drain()
#endif
		fi;
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
	:: count ->
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

inline run_if_nobody_objects()
{
	if
#ifndef RESUME_FOR_ALL
	:: owned ->
		/* What anybody may end has been ended */
		release((USER | FILTER) & ~OWNS);
		plain = 0
#endif
	:: else ->
		if
#ifndef RESUME_BLINDLY
		:: vol_blocked || veto -> plain = 1	/* take_over() */
#endif
		:: else -> release((USER | FILTER) & ~OWNS); run_again()
		fi
	fi
}

/* The sender's own pause goes, whatever others say */
inline stream_resume(who)
{
	lock(STREAM_LOCK);
	owned = owned & ~who;
	release(who);
	if
	:: gates[SKIP].closed & PAUSED -> run_if_nobody_objects()
	:: else
	fi;
	unlock(STREAM_LOCK)
}

/* An owner is closed. The same, but that it ends only what is his. */
inline stream_forget(who)
{
	lock(STREAM_LOCK);
	if
	:: owned & who ->
		owned = owned & ~who;
		release(who);
		if
		:: !owned && !plain -> run_if_nobody_objects()
		:: else
		fi
	:: else
	fi;
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
