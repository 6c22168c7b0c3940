/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of read.c, visit.c and skip.c, and of when short.c, bios.c and
 * lower.c are done: what a read of an enabled handle does
 *
 * inline        function
 * visit         bpio_visit_begin(), bpio_visit_check() and what follows; of a
 *               short read bpio_visit_try() and bpio_visit_clear()
 * visit_enter   enter() of visit.c
 * learn         bpio_visit_learn()
 * skip_read     try() of skip.c
 * in_flight     waits for the read, or leaves that to its completion
 * complete      end of the read: bpio_visit_end(), bpio_gate_leave()
 * again         dio_again_work() of bios.c
 * worker        arm_work() of arm.c, started as often as you like
 *
 * A read that goes through the filters is of no interest here, nor is where on
 * the disk a block lies: @known says that the map knows it, @stale that this is
 * not so any more (with LAYOUTS; else no block can move).
 */

/* What a read in flight does. One slot for each reader, and one more. */
#define DIRECT	1	/* it has looked at the map */
#define PAST	2	/* it skips the filters */
#define FULL	3	/* both */
#define LEAVING	4	/* it is over, but still inside */

#define ASYNC	2	/* the slot of one that completes without its reader */

byte flight[3];
byte async_gate;

#define ANY(what)	((flight[0] | flight[1] | flight[ASYNC]) & (what))

inline visit_enter()
{
#ifdef ENTER_WITHOUT_LOOK
	in = 1;
#else
	in = !gates[DISK].closed;
#endif
	if
	:: in ->
#ifndef LAYOUTS
		gate_enter(DISK)
#else
#ifdef COUNT_AFTER_GATE
		/* The inode's lock alone would do, and so is left out here */
		gate_enter(DISK);
		dio++;
		if
		:: !in -> dio--
		:: else
		fi
#else
		/* inode_trylock_shared() */
		atomic {
			in = (rwsem != EXCLUSIVE);
			if
			:: in -> rwsem++
			:: else
			fi
		};
		if
		:: in ->
			dio++;
			gate_enter(DISK);
			rwsem--;
			if
			:: !in -> dio--
			:: else
			fi
		:: else
		fi
#endif
#endif
	:: else
	fi
}

/* Without the count of direct I/O */
inline learn()
{
#ifdef LEARN_WITHOUT_LOOK
	in = 1;
#else
	in = !gates[DISK].closed;
#endif
	if
	:: in -> gate_enter(DISK)
	:: else
	fi;
	if
	:: in -> known = 1; in = 0; gate_leave(DISK)
	:: else
	fi
}

inline complete(g, slot)
{
#ifdef LOCK_INSIDE
	lock(STREAM_LOCK);
	unlock(STREAM_LOCK);
#endif
#ifdef LEAVE_AT_SUBMIT
	gate_leave(g);
	flight[slot] = 0
#else
#ifdef LAYOUTS
	atomic { dio = dio - (flight[slot] & DIRECT); flight[slot] = LEAVING };
#else
	flight[slot] = LEAVING;
#endif
	gate_leave(g);
	flight[slot] = 0
#endif
}

inline in_flight(g)
{
	if
	:: complete(g, h)
#ifdef WITH_COMPLETION
	:: atomic {
		h == 0 && !flight[ASYNC] -> flight[ASYNC] = flight[h];
		flight[h] = 0;
		async_gate = g
	   }
#endif
	fi
}

#define FILTERED	(gates[SKIP].closed & (PAUSED | BLOCKED))

#ifdef LOOK_OUTSIDE
#define STILL_ENABLED	true
#else
#define STILL_ENABLED	is_enabled[h]
#endif

#ifdef LAYOUTS
#define KNOWN	known
#else
#define KNOWN	true
#endif

inline visit()
{
#ifdef FILTERED_BEFORE_GATE
	past = !FILTERED;
#endif
	visit_enter();
	if
	:: !in ->
		rearm();
		if
		:: ok -> ok = 0; visit_enter()
		:: else
		fi
	:: else
	fi;
	if
	:: in ->
		in = 0;
#ifndef FILTERED_BEFORE_GATE
		past = !FILTERED;
#endif
		if
		:: atomic {
			STILL_ENABLED && KNOWN ->
				flight[h] = DIRECT | (past << 1);
			past = 0
		   };
			in_flight(DISK)
		:: else ->
			past = 0;
			unknown = 1;
#ifdef LAYOUTS
			dio--;
#endif
			gate_leave(DISK)
		fi
	:: else -> past = 0
	fi
}

inline skip_read()
{
#ifdef ENTER_WITHOUT_LOOK
	in = 1;
#else
	in = !gates[SKIP].closed;
#endif
	if
#ifdef SKIP_OUTSIDE
	:: in -> in = 0; flight[h] = PAST; flight[h] = 0
#else
	:: in -> gate_enter(SKIP)
#endif
	:: else
	fi;
	if
	:: in ->
		in = 0;
		if
		:: atomic { STILL_ENABLED -> flight[h] = PAST };
			in_flight(SKIP)
		:: else -> gate_leave(SKIP)
		fi
	:: else
	fi
}

proctype reader(byte h)
{
	byte cpu, sum, seen;
	bit in, ok, past, unknown;

end:	do
	:: is_enabled[h] ->
		if
		:: visit();
			if
			:: unknown -> unknown = 0; learn()
			:: else
			fi
		:: skip_read()	/* a hole, odd alignment, closed, no map */
		fi
	:: break
	od
}

#ifdef WITH_COMPLETION
#ifdef LAYOUTS
/* The disk has failed. The lower file system is asked inside. */
inline again()
{
#ifdef AGAIN_WITH_COUNT
	rwsem != EXCLUSIVE;
	atomic { flight[ASYNC] = LEAVING; dio-- };
#else
	atomic { flight[ASYNC] = (flight[ASYNC] & PAST) | LEAVING; dio-- };
	rwsem != EXCLUSIVE;
	flight[ASYNC] = LEAVING;
#endif
	gate_leave(DISK);
	flight[ASYNC] = 0
}
#endif

/* The end of the last bio, or ->ki_complete() of the lower read */
proctype completion()
{
	byte cpu, seen;

end:	do
	:: flight[ASYNC] -> complete(async_gate, ASYNC)
#ifdef LAYOUTS
	:: (flight[ASYNC] & DIRECT) -> again()
#endif
	od
}
#endif

#ifdef WITH_WORKER
proctype worker()
{
	byte cpu, sum, seen;
	bit in, ok;

end:	do
	::
		trylock(STREAM_LOCK);
		if
		:: ok ->
			if
			:: count -> arm()
			:: else
			fi;
			unlock(STREAM_LOCK);
			ok = 0
		:: else
		fi;
		learn()
	:: break
	od
}
#endif
