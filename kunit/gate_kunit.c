// SPDX-License-Identifier: GPL-2.0
/*
 * Who may go through the gate, and what a visit leaves behind. One thread:
 * the drain has a suite of its own.
 */
#include <kunit/test.h>

#include <linux/module.h>
#include <linux/workqueue.h>

#include "gate.h"

#define CLOSERS	3	/* bits in use */

static int gate_start(struct kunit *test)
{
	struct bpio_gate *gate = kunit_kzalloc(test, sizeof(*gate), GFP_KERNEL);
	int ret;

	if (!gate)
		return -ENOMEM;
	ret = bpio_gate_init(gate);
	if (!ret)
		test->priv = gate;
	return ret;
}

static void gate_end(struct kunit *test)
{
	struct bpio_gate *gate = test->priv;

	if (gate)
		bpio_gate_exit(gate);
}

/* Empty may be the sum of what two CPUs have left behind; this is stricter */
static bool untouched(const struct bpio_gate *gate)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (atomic_read(per_cpu_ptr(gate->inside, cpu)))
			return false;
	return true;
}

static void expect_open(struct kunit *test, struct bpio_gate *gate, bool open)
{
	const bool inside = bpio_gate_enter(gate);

	KUNIT_EXPECT_EQ(test, inside, open);
	KUNIT_EXPECT_EQ(test, bpio_gate_empty(gate), !inside);
	if (inside)
		bpio_gate_leave(gate);
	KUNIT_EXPECT_TRUE(test, bpio_gate_empty(gate));
}

/* Closed by @mask and nobody else */
static void set_closers(struct bpio_gate *gate, int mask)
{
	int bit;

	for (bit = 0; bit < CLOSERS; bit++) {
		bpio_gate_open(gate, BIT(bit));
		if (mask & BIT(bit))
			bpio_gate_close(gate, BIT(bit));
	}
}

static void gate_closed_at_init(struct kunit *test)
{
	struct bpio_gate *gate = test->priv;

	KUNIT_EXPECT_TRUE(test, untouched(gate));
	expect_open(test, gate, false);
	KUNIT_EXPECT_TRUE(test, untouched(gate));
	/* By the one who will arm it: nobody else's opening opens it */
	bpio_gate_open(gate, BPIO_GATE_BROKEN);
	bpio_gate_open(gate, BPIO_GATE_DRAINING);
	expect_open(test, gate, false);
	bpio_gate_open(gate, BPIO_GATE_DISARMED);
	expect_open(test, gate, true);
}

struct closers {
	int held;	/* by whom it is closed */
	int who;	/* who acts */
	bool close;	/* what he does; else he opens */
};

static void closers_desc(const struct closers *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "closed by %d, then %s by %d",
		 c->held, c->close ? "closed" : "opened", c->who);
}

#define CLOSERS_OF(held)						\
	{ (held), 1, true }, { (held), 2, true }, { (held), 4, true },	\
	{ (held), 1, false }, { (held), 2, false }, { (held), 4, false }

static const struct closers closers[] = {
	CLOSERS_OF(0), CLOSERS_OF(1), CLOSERS_OF(2), CLOSERS_OF(3),
	CLOSERS_OF(4), CLOSERS_OF(5), CLOSERS_OF(6), CLOSERS_OF(7),
};

KUNIT_ARRAY_PARAM(closers, closers, closers_desc);

static void gate_closers(struct kunit *test)
{
	const struct closers *c = test->param_value;
	struct bpio_gate *gate = test->priv;
	int after;

	set_closers(gate, c->held);
	expect_open(test, gate, !c->held);
	if (c->close) {
		bpio_gate_close(gate, c->who);
		after = c->held | c->who;
	} else {
		bpio_gate_open(gate, c->who);
		after = c->held & ~c->who;
	}
	expect_open(test, gate, !after);
	/* Twice is once: they are bits, not counts */
	if (c->close)
		bpio_gate_close(gate, c->who);
	else
		bpio_gate_open(gate, c->who);
	expect_open(test, gate, !after);
	KUNIT_EXPECT_EQ(test, atomic_read(&gate->closed), after);
}

static long turn_round(void *arg)
{
	struct bpio_gate *gate = arg;
	int i, entered = 0;

	for (i = 0; i < 100; i++)
		entered += bpio_gate_enter(gate);
	return entered;
}

/* On every CPU: who is turned away leaves no trace in any counter */
static void gate_no_trace(struct kunit *test)
{
	struct bpio_gate *gate = test->priv;
	int cpu, mask;

	for (mask = 1; mask < BIT(CLOSERS); mask++) {
		set_closers(gate, mask);
		for_each_online_cpu(cpu)
			KUNIT_EXPECT_EQ(test, 0,
					work_on_cpu(cpu, turn_round, gate));
		KUNIT_EXPECT_TRUE(test, untouched(gate));
	}
}

static long leave_here(void *arg)
{
	bpio_gate_leave(arg);
	return 0;
}

/* In by one CPU, out by another: no single counter is 0, their sum is */
static void gate_leave_elsewhere(struct kunit *test)
{
	struct bpio_gate *gate = test->priv;
	int cpu, n = 0;

	bpio_gate_open(gate, BPIO_GATE_DISARMED);
	for_each_online_cpu(cpu) {
		KUNIT_ASSERT_TRUE(test, bpio_gate_enter(gate));
		n++;
	}
	for_each_online_cpu(cpu) {
		KUNIT_EXPECT_FALSE(test, bpio_gate_empty(gate));
		work_on_cpu(cpu, leave_here, gate);
		n--;
		KUNIT_EXPECT_EQ(test, bpio_gate_empty(gate), !n);
	}
}

/* Closing turns nobody out, and reopening does not ask who was in already */
static void gate_closed_while_inside(struct kunit *test)
{
	struct bpio_gate *gate = test->priv;

	bpio_gate_open(gate, BPIO_GATE_DISARMED);
	KUNIT_ASSERT_TRUE(test, bpio_gate_enter(gate));
	bpio_gate_close(gate, BPIO_GATE_DRAINING);
	KUNIT_EXPECT_FALSE(test, bpio_gate_empty(gate));
	KUNIT_EXPECT_FALSE(test, bpio_gate_enter(gate));
	KUNIT_EXPECT_FALSE(test, bpio_gate_empty(gate));

	/* The break that comes meanwhile stays when the drain is over */
	bpio_gate_close(gate, BPIO_GATE_BROKEN);
	bpio_gate_open(gate, BPIO_GATE_DRAINING);
	KUNIT_EXPECT_FALSE(test, bpio_gate_enter(gate));
	bpio_gate_open(gate, BPIO_GATE_BROKEN);
	KUNIT_EXPECT_TRUE(test, bpio_gate_enter(gate));

	bpio_gate_leave(gate);
	KUNIT_EXPECT_FALSE(test, bpio_gate_empty(gate));
	bpio_gate_close(gate, BPIO_GATE_DISARMED);
	bpio_gate_leave(gate);
	KUNIT_EXPECT_TRUE(test, bpio_gate_empty(gate));
}

static void gate_many_inside(struct kunit *test)
{
	struct bpio_gate *gate = test->priv;
	int i;

	bpio_gate_open(gate, BPIO_GATE_DISARMED);
	for (i = 0; i < 1000; i++)
		KUNIT_EXPECT_TRUE(test, bpio_gate_enter(gate));
	for (i = 0; i < 1000; i++) {
		KUNIT_EXPECT_FALSE(test, bpio_gate_empty(gate));
		bpio_gate_leave(gate);
	}
	KUNIT_EXPECT_TRUE(test, bpio_gate_empty(gate));
}

static void gate_drain_empty(struct kunit *test)
{
	struct bpio_gate *gate = test->priv;
	int mask;

	for (mask = 1; mask < BIT(CLOSERS); mask++) {
		set_closers(gate, mask);
		bpio_gate_drain(gate);
		/* Draining is not opening */
		expect_open(test, gate, false);
		bpio_gate_drain(gate);
	}
	/* Nor does an earlier visit keep it waiting */
	set_closers(gate, 0);
	expect_open(test, gate, true);
	bpio_gate_close(gate, BPIO_GATE_DRAINING);
	bpio_gate_drain(gate);
}

static struct kunit_case gate_cases[] = {
	KUNIT_CASE(gate_closed_at_init),
	KUNIT_CASE_PARAM(gate_closers, closers_gen_params),
	KUNIT_CASE(gate_no_trace),
	KUNIT_CASE(gate_leave_elsewhere),
	KUNIT_CASE(gate_closed_while_inside),
	KUNIT_CASE(gate_many_inside),
	KUNIT_CASE(gate_drain_empty),
	{}
};

static struct kunit_suite gate_suite = {
	.name = "bpio_gate",
	.init = gate_start,
	.exit = gate_end,
	.test_cases = gate_cases,
};

kunit_test_suite(gate_suite);

MODULE_DESCRIPTION("KUnit suite: who may go through the gate");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
