// SPDX-License-Identifier: GPL-2.0
/*
 * Sums of per-CPU counters
 */
#include <linux/build_bug.h>
#include <linux/cpumask.h>

#include "count.h"

/**
 * bpio_counts_add() - add one set of counts to another
 * @sum: to this
 * @c: this
 *
 * Context: Any.
 */
void bpio_counts_add(struct bpio_counts *sum, const struct bpio_counts *c)
{
	const u64 *from = (const u64 *)c;
	u64 *to = (u64 *)sum;
	size_t i;

	BUILD_BUG_ON(sizeof(*c) % sizeof(u64));
	for (i = 0; i < sizeof(*c) / sizeof(u64); i++)
		to[i] += from[i];
}

/**
 * bpio_counts_sum() - add up what all CPUs have counted
 * @sum: what it is added to
 * @counts: may go on being counted in
 *
 * Context: Any.
 */
void bpio_counts_sum(struct bpio_counts *sum,
		     struct bpio_counts __percpu *counts)
{
	int cpu;

	for_each_possible_cpu(cpu)
		bpio_counts_add(sum, per_cpu_ptr(counts, cpu));
}
