// SPDX-License-Identifier: GPL-2.0
/*
 * Getting everybody out of a gate: by hand for each context that a visitor may
 * leave in, then with many threads against one closer.
 *
 * A drain runs in a thread of its own. The visitor leaves after the drain has
 * been seen to wait, and the drain notes how many have left when it returns;
 * so it is caught whether it does not wait or is not woken. A drain that is
 * stuck is freed by hand, for the suite to end.
 */
#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/workqueue.h>

#include "gate.h"

#define PATIENCE	(30 * HZ)	/* until a thread counts as stuck */

/**
 * struct room - a gate, its visitors, and one who drains it
 * @gate: the gate
 * @left: visitors that have left
 * @seen: what @left was when the drain returned
 * @drained: the drain has returned
 * @drainer: its thread
 * @timer: leaves the gate
 * @context: where @timer ran
 */
struct room {
	struct bpio_gate gate;
	atomic_t left;
	int seen;
	struct completion drained;
	struct task_struct *drainer;
	struct hrtimer timer;
	enum { NOWHERE, IN_HARDIRQ, IN_SOFTIRQ, ELSEWHERE } context;
};

static int room_start(struct kunit *test)
{
	struct room *room = kunit_kzalloc(test, sizeof(*room), GFP_KERNEL);
	int ret;

	if (!room)
		return -ENOMEM;
	ret = bpio_gate_init(&room->gate);
	if (ret)
		return ret;
	init_completion(&room->drained);
	bpio_gate_open(&room->gate, BPIO_GATE_DISARMED);
	test->priv = room;
	return 0;
}

static void room_end(struct kunit *test)
{
	struct room *room = test->priv;

	if (!room)
		return;
	bpio_gate_close(&room->gate, BPIO_GATE_DISARMED);
	bpio_gate_exit(&room->gate);
}

static int drain_fn(void *arg)
{
	struct room *room = arg;

	bpio_gate_drain(&room->gate);
	room->seen = atomic_read(&room->left);
	complete(&room->drained);
	return 0;
}

static struct task_struct *start(struct kunit *test, int (*fn)(void *),
				 void *arg, const char *name, int cpu)
{
	struct task_struct *task = kthread_create(fn, arg, "%s", name);

	if (IS_ERR(task)) {
		KUNIT_FAIL(test, "no thread: %ld", PTR_ERR(task));
		return NULL;
	}
	get_task_struct(task);
	if (cpu >= 0)
		kthread_bind(task, cpu);
	wake_up_process(task);
	return task;
}

/* Waits for the thread to be gone: its code may be unloaded after */
static int reap(struct task_struct *task)
{
	int ret;

	if (!task)
		return 0;
	ret = kthread_stop(task);
	put_task_struct(task);
	return ret;
}

/* Closes the gate, and returns when the drain waits, or has failed to */
static void start_drain(struct kunit *test, struct room *room)
{
	unsigned long end = jiffies + PATIENCE;

	bpio_gate_close(&room->gate, BPIO_GATE_DRAINING);
	room->drainer = start(test, drain_fn, room, "bpio_drain", -1);
	while (room->drainer && !wq_has_sleeper(&room->gate.drained) &&
	       !completion_done(&room->drained) && time_before(jiffies, end))
		cond_resched();
	KUNIT_EXPECT_TRUE(test, wq_has_sleeper(&room->gate.drained));
	KUNIT_EXPECT_FALSE(test, completion_done(&room->drained));
}

static void finish_drain(struct kunit *test, struct room *room, int visitors)
{
	if (!room->drainer)
		return;
	if (!wait_for_completion_timeout(&room->drained, PATIENCE)) {
		KUNIT_FAIL(test, "the drain was not woken");
		do {
			wake_up_all(&room->gate.drained);
		} while (!wait_for_completion_timeout(&room->drained, HZ));
	}
	reap(room->drainer);
	KUNIT_EXPECT_EQ(test, room->seen, visitors);
	KUNIT_EXPECT_TRUE(test, bpio_gate_empty(&room->gate));
	KUNIT_EXPECT_FALSE(test, bpio_gate_enter(&room->gate));
}

/* The count first: who sees the visitor gone sees him counted */
static void leave(struct room *room)
{
	atomic_inc(&room->left);
	bpio_gate_leave(&room->gate);
}

/* covers: R67 */
static void drain_one(struct kunit *test)
{
	struct room *room = test->priv;

	KUNIT_ASSERT_TRUE(test, bpio_gate_enter(&room->gate));
	start_drain(test, room);
	leave(room);
	finish_drain(test, room, 1);
}

static void drain_many(struct kunit *test)
{
	struct room *room = test->priv;
	int i;

	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_TRUE(test, bpio_gate_enter(&room->gate));
	start_drain(test, room);
	for (i = 0; i < 19; i++) {
		leave(room);
		KUNIT_EXPECT_FALSE(test, completion_done(&room->drained));
	}
	leave(room);
	finish_drain(test, room, 20);
}

/* Who is turned away wakes the drain, which must look and wait on */
static void drain_latecomers(struct kunit *test)
{
	struct room *room = test->priv;
	int i;

	KUNIT_ASSERT_TRUE(test, bpio_gate_enter(&room->gate));
	start_drain(test, room);
	for (i = 0; i < 1000; i++)
		KUNIT_EXPECT_FALSE(test, bpio_gate_enter(&room->gate));
	KUNIT_EXPECT_FALSE(test, completion_done(&room->drained));
	leave(room);
	finish_drain(test, room, 1);
}

/* A second closer comes and goes under a drain that is under way */
static void drain_second_closer(struct kunit *test)
{
	struct room *room = test->priv;

	KUNIT_ASSERT_TRUE(test, bpio_gate_enter(&room->gate));
	start_drain(test, room);
	bpio_gate_close(&room->gate, BPIO_GATE_BROKEN);
	KUNIT_EXPECT_FALSE(test, bpio_gate_enter(&room->gate));
	bpio_gate_open(&room->gate, BPIO_GATE_BROKEN);
	KUNIT_EXPECT_FALSE(test, bpio_gate_enter(&room->gate));
	leave(room);
	finish_drain(test, room, 1);
}

static long enter_here(void *arg)
{
	return bpio_gate_enter(&((struct room *)arg)->gate);
}

static long leave_here(void *arg)
{
	leave(arg);
	return 0;
}

/* covers: R67 */
static void drain_across_cpus(struct kunit *test)
{
	struct room *room = test->priv;
	int in, out;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
	for_each_online_cpu(in) {
		for_each_online_cpu(out) {
			atomic_set(&room->left, 0);
			reinit_completion(&room->drained);
			bpio_gate_open(&room->gate, BPIO_GATE_DRAINING);
			KUNIT_ASSERT_EQ(test, work_on_cpu(in, enter_here, room),
					1);
			start_drain(test, room);
			work_on_cpu(out, leave_here, room);
			finish_drain(test, room, 1);
		}
	}
}

/* As a bio's completion does */
static enum hrtimer_restart leave_by_timer(struct hrtimer *timer)
{
	struct room *room = container_of(timer, struct room, timer);

	if (in_hardirq())
		room->context = IN_HARDIRQ;
	else if (in_serving_softirq())
		room->context = IN_SOFTIRQ;
	else
		room->context = ELSEWHERE;
	leave(room);
	return HRTIMER_NORESTART;
}

static void drain_by_timer(struct kunit *test, enum hrtimer_mode mode,
			   int context)
{
	struct room *room = test->priv;

	hrtimer_init(&room->timer, CLOCK_MONOTONIC, mode);
	room->timer.function = leave_by_timer;
	KUNIT_ASSERT_TRUE(test, bpio_gate_enter(&room->gate));
	start_drain(test, room);
	hrtimer_start(&room->timer, ns_to_ktime(100 * NSEC_PER_USEC), mode);
	finish_drain(test, room, 1);
	hrtimer_cancel(&room->timer);
	KUNIT_EXPECT_EQ(test, (int)room->context, context);
}

/* covers: R67 */
static void drain_from_hardirq(struct kunit *test)
{
	drain_by_timer(test, HRTIMER_MODE_REL_HARD, IN_HARDIRQ);
}

/* covers: R67 */
static void drain_from_softirq(struct kunit *test)
{
	drain_by_timer(test, HRTIMER_MODE_REL_SOFT, IN_SOFTIRQ);
}

/**
 * struct crowd - visitors against one who closes, drains, and reopens
 * @room: with the gate
 * @safe: not 0 while somebody may be inside; plain on purpose
 * @entered: visits
 * @turned: visitors who found the gate closed
 * @wrong: visitors who found @safe to be 0
 * @rounds: drains
 * @stop: time to go
 * @closed: the closer is done
 */
struct crowd {
	struct room *room;
	int safe;
	atomic_long_t entered, turned, wrong;
	long rounds;
	bool stop;
	struct completion closed;
};

#define CROWD_MAX	8
#define CROWD_TIME	(2 * HZ)

static void one_visit(struct crowd *c, unsigned int n)
{
	struct bpio_gate *gate = &c->room->gate;

	if (!bpio_gate_enter(gate)) {
		atomic_long_inc(&c->turned);
		/* A crowd that only knocks would leave no CPU to the closer */
		if (!(n % 4))
			usleep_range(20, 100);
		return;
	}
	bpio_gate_visit_begin(gate);
	if (!READ_ONCE(c->safe))
		atomic_long_inc(&c->wrong);
	/* Some stay for as long as others take to come and go */
	if (n % 16)
		cpu_relax();
	else
		usleep_range(20, 100);
	if (!READ_ONCE(c->safe))
		atomic_long_inc(&c->wrong);
	bpio_gate_visit_end(gate);
	bpio_gate_leave(gate);
	atomic_long_inc(&c->entered);
}

static int visit_fn(void *arg)
{
	struct crowd *c = arg;
	unsigned int n = 0;

	while (!READ_ONCE(c->stop)) {
		one_visit(c, n++);
		cond_resched();
	}
	return 0;
}

/* A break of the layout: closes in passing and drains nothing */
static int break_fn(void *arg)
{
	struct crowd *c = arg;

	while (!READ_ONCE(c->stop)) {
		bpio_gate_close(&c->room->gate, BPIO_GATE_BROKEN);
		cond_resched();
		bpio_gate_open(&c->room->gate, BPIO_GATE_BROKEN);
		usleep_range(100, 300);
	}
	return 0;
}

static int close_fn(void *arg)
{
	struct crowd *c = arg;
	unsigned long end = jiffies + CROWD_TIME;

	while (time_before(jiffies, end) && !READ_ONCE(c->stop)) {
		bpio_gate_close(&c->room->gate, BPIO_GATE_DRAINING);
		bpio_gate_drain(&c->room->gate);
		WRITE_ONCE(c->safe, 0);
		/* For who is still inside, or gets in, to see it */
		usleep_range(20, 100);
		WRITE_ONCE(c->safe, 1);
		bpio_gate_open(&c->room->gate, BPIO_GATE_DRAINING);
		c->rounds++;
		usleep_range(20, 200);
	}
	WRITE_ONCE(c->stop, true);
	complete(&c->closed);
	return 0;
}

/* covers: R67 */
static void drain_crowd(struct kunit *test)
{
	struct crowd *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	int i, nr = min_t(int, CROWD_MAX, 2 * num_online_cpus() + 2);
	struct task_struct *visitors[CROWD_MAX], *breaker, *closer;

	KUNIT_ASSERT_NOT_NULL(test, c);
	c->room = test->priv;
	c->safe = 1;
	init_completion(&c->closed);
	for (i = 0; i < nr; i++)
		visitors[i] = start(test, visit_fn, c, "bpio_visit", -1);
	breaker = start(test, break_fn, c, "bpio_break", -1);
	closer = start(test, close_fn, c, "bpio_close", -1);
	if (closer &&
	    !wait_for_completion_timeout(&c->closed, CROWD_TIME + PATIENCE)) {
		KUNIT_FAIL(test, "the drain was not woken");
		WRITE_ONCE(c->stop, true);
		do {
			wake_up_all(&c->room->gate.drained);
		} while (!wait_for_completion_timeout(&c->closed, HZ));
	}
	WRITE_ONCE(c->stop, true);
	for (i = 0; i < nr; i++)
		reap(visitors[i]);
	reap(breaker);
	reap(closer);

	kunit_info(test, "%ld visits, %ld turned away, %ld drains",
		   atomic_long_read(&c->entered), atomic_long_read(&c->turned),
		   c->rounds);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&c->wrong), 0);
	KUNIT_EXPECT_GT(test, atomic_long_read(&c->entered), 0);
	KUNIT_EXPECT_GT(test, atomic_long_read(&c->turned), 0);
	KUNIT_EXPECT_GT(test, c->rounds, 0);
	KUNIT_EXPECT_TRUE(test, bpio_gate_empty(&c->room->gate));
	KUNIT_EXPECT_EQ(test, atomic_read(&c->room->gate.closed), 0);
}

static struct kunit_case drain_cases[] = {
	KUNIT_CASE(drain_one),
	KUNIT_CASE(drain_many),
	KUNIT_CASE(drain_latecomers),
	KUNIT_CASE(drain_second_closer),
	KUNIT_CASE(drain_across_cpus),
	KUNIT_CASE(drain_from_hardirq),
	KUNIT_CASE(drain_from_softirq),
	KUNIT_CASE(drain_crowd),
	{}
};

static struct kunit_suite drain_suite = {
	.name = "bpio_drain",
	.init = room_start,
	.exit = room_end,
	.test_cases = drain_cases,
};

kunit_test_suite(drain_suite);

MODULE_DESCRIPTION("KUnit suite: getting everybody out of a gate");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
