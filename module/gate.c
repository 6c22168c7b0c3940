// SPDX-License-Identifier: GPL-2.0
/*
 * Lets reads in, and gets everybody out
 *
 * Overview
 *   Each stream has a gate. A read that goes to the disk on its own enters it
 *   first and leaves it when its last bio has completed. What may not happen
 *   under such a read (dropping the map, allowing writers) closes the gate,
 *   drains it, and only then goes on.
 *
 * Closing
 *   Several parties can hold a gate closed, one bit each in @closed. Closing
 *   is one atomic operation and so is possible under any spinlock; that is what
 *   the break of a layout lease needs. Opening takes back one's own bit only: a
 *   break that comes while a file is being armed stays in force.
 *
 * Entering against draining
 *   enter:  inside++ ; full barrier ; read closed
 *   drain:  (closed is set) ; full barrier ; sum inside
 *   At least one of them sees the other: a visitor that the sum misses has read
 *   @closed after it was set, and turned round.
 *
 *   The sum of the per-CPU counters is not a snapshot, yet it never misses a
 *   visitor: he added to one counter before the sum began and takes from any
 *   counter only when he leaves, and one who turns round takes from the same
 *   counter that he added to. So, while the gate is closed, a sum of zero means
 *   that there was nobody inside at its end.
 *
 * Leaving against draining
 *   leave:  inside-- ; full barrier ; read closed ; wake
 *   drain:  queue on @drained ; full barrier ; sum inside ; sleep
 *   (wait_event() has the barrier.)
 *
 * Waiting
 *   Readers never wait at a gate: they turn round and take the other path. The
 *   drain waits only for reads in flight, never for new ones. Yet who is turning
 *   round is in the sum for a moment. So readers look before they enter: each can
 *   disturb a drain once, and it ends under any load.
 */
#include <linux/sched.h>

#include "compat/kunit.h"
#include "gate.h"

static struct lock_class_key gate_key;

/**
 * bpio_gate_init() - make a gate, closed by BPIO_GATE_DISARMED
 * @gate: uninitialised memory
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int bpio_gate_init(struct bpio_gate *gate)
{
	gate->inside = alloc_percpu_gfp(atomic_t, GFP_KERNEL_ACCOUNT);
	if (!gate->inside)
		return -ENOMEM;
	atomic_set(&gate->closed, BPIO_GATE_DISARMED);
	init_waitqueue_head(&gate->drained);
	lockdep_init_map(&gate->dep, "bpio_gate", &gate_key, 0);
	return 0;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_gate_init);

/**
 * bpio_gate_exit() - free what bpio_gate_init() took
 * @gate: a closed gate that nobody can enter any more
 *
 * Context: Any.
 */
void bpio_gate_exit(struct bpio_gate *gate)
{
	WARN_ON_ONCE(!bpio_gate_empty(gate));
	free_percpu(gate->inside);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_gate_exit);

/**
 * bpio_gate_close() - let nobody in from now on
 * @gate: the gate
 * @who: one of BPIO_GATE_*
 *
 * Context: Any. Those who are inside stay there, see bpio_gate_drain().
 */
void bpio_gate_close(struct bpio_gate *gate, int who)
{
	atomic_or(who, &gate->closed);
	/* Before whatever the caller does to those who came too late */
	smp_mb__after_atomic();
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_gate_close);

/**
 * bpio_gate_open() - take back one's own closing
 * @gate: the gate
 * @who: one of BPIO_GATE_*
 *
 * Context: Any. What was written before is seen by whoever enters after.
 */
void bpio_gate_open(struct bpio_gate *gate, int who)
{
	/* What was prepared is there before anybody comes in */
	smp_mb__before_atomic();
	atomic_andnot(who, &gate->closed);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_gate_open);

/**
 * bpio_gate_empty() - is nobody inside?
 * @gate: the gate
 *
 * Context: Any. Stays true only while the gate is closed.
 * Return: true if nobody is.
 */
bool bpio_gate_empty(struct bpio_gate *gate)
{
	int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += atomic_read(per_cpu_ptr(gate->inside, cpu));
	return !sum;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_gate_empty);

/**
 * bpio_gate_drain_for() - wait for a while until everybody is out
 * @gate: a gate that the caller has closed and holds closed
 * @timeout: jiffies, or MAX_SCHEDULE_TIMEOUT
 *
 * Context: Sleeps.
 * Return: true if everybody is.
 */
bool bpio_gate_drain_for(struct bpio_gate *gate, long timeout)
{
	WARN_ON_ONCE(!atomic_read(&gate->closed));
	lock_map_acquire(&gate->dep);
	lock_map_release(&gate->dep);
	/* Pairs with bpio_gate_enter() */
	smp_mb();
	if (!wait_event_timeout(gate->drained, bpio_gate_empty(gate), timeout))
		return false;
	/* Pairs with bpio_gate_leave(): what was done inside is done */
	smp_acquire__after_ctrl_dep();
	return true;
}

/**
 * bpio_gate_drain() - wait until everybody is out
 * @gate: as in bpio_gate_drain_for()
 *
 * Context: Sleeps, for as long as the slowest read in flight takes. Not
 * interruptible: its callers cannot fail.
 */
void bpio_gate_drain(struct bpio_gate *gate)
{
	while (!bpio_gate_drain_for(gate, MAX_SCHEDULE_TIMEOUT))
		;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_gate_drain);

/**
 * bpio_gate_wake() - somebody left a closed gate: look again
 * @gate: the gate
 *
 * Context: Any.
 */
void bpio_gate_wake(struct bpio_gate *gate)
{
	if (wq_has_sleeper(&gate->drained))
		wake_up(&gate->drained);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_gate_wake);
