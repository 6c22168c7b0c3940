/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of the bypass core: nothing is read past what has been promised
 *
 * What it is
 *   The rules of gate, arming, pausing and writing in Promela, for the model
 *   checker Spin, which tries all orders in which their steps can happen. One
 *   stream, two handles, two CPUs. The parties run for ever, or stop anywhere.
 *   'make model' checks it, and that each mutant is found: each is a step left
 *   out or put elsewhere, by a -D that the code here tests. A change of the C
 *   code's order of steps belongs here as well, first.
 *
 *   lock.pml     mutexes
 *   gate.pml     gate.c
 *   arm.pml      arm.c, freeze.c, writer.c, volume.c
 *   stream.pml   stream.c, pause.c, attach.c
 *   read.pml     read.c, visit.c, skip.c, dio.c
 *   party.pml    who asks for all this: programs, filters, other writers
 *   bypass.pml   what must hold
 *
 * Steps
 *   A statement is one access to memory that others share. atomic is used for
 *   what is done by one atomic instruction, or in one short critical section,
 *   and for what only the model knows of. Who sleeps is a blocked statement.
 *
 * Barriers
 *   Here all see all steps in one order. In the kernel that has to be asked
 *   for, by what the comments "barrier N" stand for. If it were missing, the
 *   machine could swap two steps; that is what the mutants named here do.
 *
 *   1  enter: smp_mb__after_atomic() after inside++, before @closed and all
 *      else that is looked at inside. close: smp_mb__after_atomic(). drain:
 *      smp_mb() before the sum. LOOK_BEFORE_INSIDE, FILTERED_BEFORE_GATE,
 *      PAUSED_AFTER_DRAIN, COUNT_AFTER_GATE
 *   2  open: smp_mb__before_atomic(). enter: atomic_read_acquire() of @closed.
 *      OPEN_BEFORE_MAP
 *   3  arm_idle(): smp_mb() between @state and @paused of the volume.
 *      disarm_all(): smp_mb() between them. ARM_LOOKS_FIRST, SCAN_BEFORE_PAUSED
 *   4  leave: smp_mb__before_atomic(). drain: smp_acquire__after_ctrl_dep()
 *      behind the sum. LEAVE_AT_SUBMIT
 *   5  leave and turn round: smp_mb__after_atomic() after inside--, and that of
 *      wq_has_sleeper(). drain: set_current_state() of prepare_to_wait().
 *      LEAVE_LOOKS_FIRST, SUM_BEFORE_QUEUE
 *
 * What is left out
 *   Several streams of a mount and several mounts of a file; a file system that
 *   is shut down; time (an attempt to arm may follow at once); want of memory,
 *   which is a read or an arming that did not happen; faults, which make a
 *   second read; owned pauses of a volume. Readers see no bytes: a block that
 *   has moved is @stale.
 *
 * Filters that veto
 *   They are asked under no lock. So that no ENABLE and nobody's RESUME slips in
 *   between: who wants to veto does so first and pauses then (PAUSE_BEFORE_VETO);
 *   an ENABLE counts before it asks (ENABLE_ASKS_EARLY), so that the pause is not
 *   ignored; and a RESUME lets stay what came since it has asked
 *   (RESUME_FORGETS_NEWER).
 */

/* Parties that wait for reads in flight; the first two pause a stream */
#define USER	1
#define FILTER	2
#define VOLUME	4
#define WRITER	8
#define BLOCKER	16

byte waiting;

/*
 * What has been promised, and to whom: set when an operation returns, cleared
 * when what takes it back begins.
 */
byte standing;		/* STREAM_PAUSE that nobody has ended, by party ... */
byte quiet;		/* ... and which has returned */
bit vol_quiet;		/* VOLUME_PAUSE */
bit off[2];		/* DISABLE, by handle */
bit refused;		/* a filter's veto, after his pause */
bit blocked;		/* bpio_attach_block() */
bit denied;		/* a writer who came through the mount */
bit moving;		/* blocks of the file are being replaced from behind */

#include "lock.pml"
#include "gate.pml"
#include "arm.pml"
#include "stream.pml"
#include "read.pml"
#include "party.pml"

/* What is not so any more, for Spin to print */
bit late_read, late_disable, refused_read, unheld, met_writer, met_move;
bit miscounted, taken;

#define IS_PAUSED	((gates[SKIP].closed & PAUSED) != 0)

/* Not a party: its steps cannot be made while all is well */
#define NEVER(what, name)	atomic { what -> name = 1; assert(!name) }

init
{
	atomic {
		gates[DISK].closed = DISARMED;
		is_enabled[0] = 1;
		count = 1;
#ifndef ONE_HANDLE
		is_enabled[1] = 1;
		count = 2;
#endif
		vol_active = count;
#if READERS > 0
		run reader(0);
#endif
#if READERS > 1
		run reader(1);
#endif
#ifdef WITH_COMPLETION
		run completion();
#endif
#ifdef WITH_WORKER
		run worker();
#endif
#ifdef WITH_USER
		run user();
#endif
#ifdef WITH_FILTER
		run filter();
#endif
#ifdef WITH_BLOCKER
		run blocker();
#endif
#if OPENERS > 0
		run opener(0);
#endif
#if OPENERS > 1
		run opener(1);
#endif
#if CLOSERS > 0
		run closer();
#endif
#if CLOSERS > 1
		run closer();
#endif
#ifdef WITH_VOLUME
		run volume();
#endif
#ifdef WITH_WRITER
		run writer();
		run intruder();
#endif
#ifdef LAYOUTS
		run mover();
#endif
	}
end:	do
	/* R55, R45, R71: what a pause or a block forbids is not in flight */
	:: NEVER(quiet && ANY(PAST), late_read)
	:: NEVER(vol_quiet && ANY(DIRECT), late_read)
	:: NEVER(blocked && ANY(PAST), late_read)
	/* R39: nor is a read of a disabled handle; ASYNC is of the first */
	:: NEVER(off[0] && ((flight[0] | flight[ASYNC]) & FULL), late_disable)
	:: NEVER(off[1] && (flight[1] & FULL), late_disable)
	/* R63: a veto that stands is not overridden */
	:: NEVER(refused && ANY(PAST), refused_read)
	/* Reads need the map, and the map needs the hold */
	:: NEVER((ANY(DIRECT) || known) && !map, unheld)
	:: NEVER(map && writecount >= 0, unheld)
	:: NEVER(writecount > 0 && ANY(DIRECT), met_writer)
	:: NEVER((moving || stale) && ANY(DIRECT), met_move)
	/* R18, R19, and what else is true whenever nobody has the lock */
	:: NEVER(!LOCKED && count != is_enabled[0] + is_enabled[1], miscounted)
	:: NEVER(!LOCKED && vol_active != count, miscounted)
	:: NEVER(!LOCKED && !count && state != IDLE, miscounted)
	:: NEVER(!LOCKED && !OPENS && IS_PAUSED, miscounted)
	:: NEVER(!LOCKED && (plain || owned) != IS_PAUSED, miscounted)
#ifdef REACH
	:: NEVER(flight[0] == REACH, taken)
#endif
	od
}

#ifdef ENDS
/* Who waits has not waited for ever */
ltl ends { [] ((waiting & ENDS) -> <> !(waiting & ENDS)) }
#endif
