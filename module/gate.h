/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_GATE_H
#define BPIO_GATE_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/wait.h>

/* Who holds a gate closed. It is open when nobody does. */
#define BPIO_GATE_DISARMED	0x1	/* no hold on the lower file, no map */
#define BPIO_GATE_BROKEN	0x2	/* the lower fs took the layout back */
#define BPIO_GATE_DRAINING	0x4	/* closed for a moment, to be drained */
#define BPIO_GATE_PAUSED	0x8	/* the filter half is paused */
#define BPIO_GATE_BLOCKED	0x10	/* a filter must see all reads of the mount */

/**
 * struct bpio_gate - lets reads in until somebody closes it
 * @closed: A: BPIO_GATE_* of those who hold it closed
 * @inside: A: per-CPU; only the sum says how many are inside
 * @drained: where bpio_gate_drain() waits
 * @dep: teaches lockdep that draining waits for whoever is inside
 *
 * A: atomic, see the banner of gate.c for the order.
 */
struct bpio_gate {
	atomic_t closed;
	atomic_t __percpu *inside;
	wait_queue_head_t drained;
	struct lockdep_map dep;
};

int bpio_gate_init(struct bpio_gate *gate);
void bpio_gate_exit(struct bpio_gate *gate);
void bpio_gate_close(struct bpio_gate *gate, int who);
void bpio_gate_open(struct bpio_gate *gate, int who);
void bpio_gate_drain(struct bpio_gate *gate);
bool bpio_gate_drain_for(struct bpio_gate *gate, long timeout);
void bpio_gate_wake(struct bpio_gate *gate);
bool bpio_gate_empty(struct bpio_gate *gate);

/**
 * bpio_gate_closed() - would a visitor have to turn round?
 * @gate: the gate
 *
 * Context: Any.
 * Return: true if it is closed. It may be open when this returns.
 */
static inline bool bpio_gate_closed(const struct bpio_gate *gate)
{
	return atomic_read(&gate->closed);
}

/**
 * bpio_gate_enter() - go in, if it is open
 * @gate: the gate
 *
 * Whoever got in comes out with bpio_gate_leave(), on any CPU, in any context.
 * Who may come again and again asks bpio_gate_closed() first, see gate.c.
 *
 * Context: Any. Writes one per-CPU counter and nothing shared.
 * Return: true if inside.
 */
static inline bool bpio_gate_enter(struct bpio_gate *gate)
{
	atomic_t *inside = raw_cpu_ptr(gate->inside);

	atomic_inc(inside);
	/* Pairs with bpio_gate_drain(): it sees us inside, or we see it closed */
	smp_mb__after_atomic();
	/* Acquire: pairs with bpio_gate_open(), what was prepared is there */
	if (likely(!atomic_read_acquire(&gate->closed)))
		return true;
	atomic_dec(inside);
	/* Pairs with bpio_gate_drain(): it sees us gone, or we see it waiting */
	smp_mb__after_atomic();
	bpio_gate_wake(gate);
	return false;
}

/**
 * bpio_gate_leave() - come out
 * @gate: the gate that was entered
 *
 * Context: Any, including a bio's completion. The gate may be torn down as
 * soon as its last visitor has left: the caller keeps its owner alive.
 */
static inline void bpio_gate_leave(struct bpio_gate *gate)
{
	/* What was read inside was read before we are seen to be out */
	smp_mb__before_atomic();
	atomic_dec(raw_cpu_ptr(gate->inside));
	/* Pairs with bpio_gate_drain(): it sees us gone, or we see it waiting */
	smp_mb__after_atomic();
	if (unlikely(atomic_read(&gate->closed)))
		bpio_gate_wake(gate);
}

/* For a visit that begins and ends in one task: what it locks inside, the drain waits for */
static inline void bpio_gate_visit_begin(struct bpio_gate *gate)
{
	lock_map_acquire_read(&gate->dep);
}

static inline void bpio_gate_visit_end(struct bpio_gate *gate)
{
	lock_map_release(&gate->dep);
}

#endif /* BPIO_GATE_H */
