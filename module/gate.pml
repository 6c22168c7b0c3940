/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of gate.c and gate.h; the banner of bypass.pml says how to read it
 *
 * inline                  function
 * gate_enter              bpio_gate_enter()
 * gate_leave, gate_wake   bpio_gate_leave(), bpio_gate_wake()
 * gate_close, gate_open   bpio_gate_close(), bpio_gate_open()
 * gate_drain              bpio_gate_drain(), with wait_event() written out
 *
 * A visitor adds to the counter of any CPU and takes from that of any. Counters
 * wrap at MODULUS as those of the kernel do at 2^32. It is more than a sum can
 * be, which is one for each read inside and two for each who turns round: he
 * may come back, on the other CPU, while the sum is being made.
 *
 * While no sum is being made all is moved to the first counter (settle). That
 * takes from one what it adds to the other, so no later sum can tell, and it
 * leaves far fewer states: how the counters have drifted apart is forgotten.
 */
#define DISARMED	1	/* BPIO_GATE_DISARMED */
#define BROKEN		2	/* BPIO_GATE_BROKEN */
#define DRAINING	4	/* BPIO_GATE_DRAINING */
#define PAUSED		8	/* BPIO_GATE_PAUSED */
#define BLOCKED		16	/* BPIO_GATE_BLOCKED */

#define MODULUS		8
#define MINUS		7

typedef gate {
	byte closed;
	byte inside[2];
	bit queued;	/* a drain is on the wait queue */
	bit woken;	/* it may look again */
	bit summing;	/* it is between one counter and the next */
};

gate gates[2];

#define DISK	0	/* bpio_stream.gate: reads that go to the disk */
#define SKIP	1	/* bpio_stream.skip: lower file, past the filters */

/* raw_cpu_ptr(): wherever one happens to run */
inline any_cpu()
{
	if
	:: cpu = 0
	:: cpu = 1
	fi
}

inline settle(g)
{
	gates[g].inside[0] =
		(gates[g].inside[0] + gates[g].inside[1]) % MODULUS;
	gates[g].inside[1] = 0
}

inline add(g, n)
{
	gates[g].inside[cpu] = (gates[g].inside[cpu] + n) % MODULUS;
	if
	:: !gates[g].summing -> settle(g)
	:: else
	fi
}

inline gate_wake(g)
{
	atomic {
		if
		:: gates[g].queued -> gates[g].queued = 0; gates[g].woken = 1
		:: else
		fi
	}
}

inline gate_enter(g)
{
#ifdef LOOK_BEFORE_INSIDE
	in = !gates[g].closed;
	atomic { any_cpu(); add(g, 1) };
#else
	atomic { any_cpu(); add(g, 1) };
	/* barrier 1 */
	in = !gates[g].closed;
#endif
	if
	:: in -> cpu = 0	/* barrier 2 */
	:: else ->
#ifdef TURN_ROUND_ELSEWHERE
		atomic { any_cpu(); add(g, MINUS); cpu = 0 };
#else
		atomic { add(g, MINUS); cpu = 0 };
#endif
		/* barrier 5 */
		gate_wake(g)
	fi
}

inline gate_leave(g)
{
#ifdef LEAVE_LOOKS_FIRST
	seen = gates[g].closed;
	atomic { any_cpu(); add(g, MINUS); cpu = 0 };
#else
	/* barrier 4 */
	atomic { any_cpu(); add(g, MINUS); cpu = 0 };
	/* barrier 5 */
	seen = gates[g].closed;
#endif
	if
	:: seen -> seen = 0; gate_wake(g)
	:: else
	fi
}

inline gate_close(g, who)
{
	gates[g].closed = gates[g].closed | who
	/* barrier 1 */
}

inline gate_open(g, who)
{
	/* barrier 2 */
	gates[g].closed = gates[g].closed & ~who
}

/* Only one at a time drains a gate: he has the stream's lock, or skip_lock */
inline gate_drain(g)
{
#ifdef NO_DRAIN
	skip
#else
	/* barrier 1 */
	do
	::
#ifndef SUM_BEFORE_QUEUE
		/* prepare_to_wait(); barrier 5 */
		atomic { gates[g].queued = 1; gates[g].woken = 0 };
#endif
		atomic { sum = gates[g].inside[0]; gates[g].summing = 1 };
		atomic {
			sum = (sum + gates[g].inside[1]) % MODULUS;
			gates[g].summing = 0;
			settle(g)
		};
#ifdef SUM_BEFORE_QUEUE
		atomic { gates[g].queued = 1; gates[g].woken = 0 };
#endif
		if
		:: sum -> gates[g].woken	/* schedule() */
		:: else -> break
		fi
	od;
	/* finish_wait(); barrier 4 */
	atomic { sum = 0; gates[g].queued = 0; gates[g].woken = 0 }
#endif
}
