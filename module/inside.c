// SPDX-License-Identifier: GPL-2.0
/*
 * Who is inside a callback of which filter, and since when
 *
 * A filter that does not return keeps a program, and everybody who unregisters
 * a filter, waiting. Nobody can help that, but it can be seen. Each call is in
 * a bucket by its task, so that calls of different tasks seldom meet.
 */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

#include "inside.h"

#define BUCKET_BITS	6

/**
 * struct bucket - the calls of some tasks
 * @lock: of @calls
 * @calls: struct bpio_inside, on the stacks of those tasks
 */
struct bucket {
	spinlock_t lock;	/* of @calls */
	struct hlist_head calls;
};

static struct bucket buckets[1 << BUCKET_BITS] = {
	[0 ... (1 << BUCKET_BITS) - 1] = {
		.lock = __SPIN_LOCK_UNLOCKED(buckets.lock),
	},
};

static struct bucket *bucket_of_current(void)
{
	return &buckets[hash_ptr(current, BUCKET_BITS)];
}

/**
 * bpio_inside_enter() - a callback is about to be called
 * @in: on the stack; until bpio_inside_leave()
 * @inst: whose
 * @type: of the call
 *
 * Context: Any but interrupts.
 */
void bpio_inside_enter(struct bpio_inside *in, const struct bpio_instance *inst,
		       enum bpio_call_type type)
{
	struct bucket *b = bucket_of_current();

	in->inst = inst;
	in->type = type;
	in->since = jiffies;
	in->pid = task_tgid_nr(current);
	spin_lock(&b->lock);
	hlist_add_head(&in->node, &b->calls);
	spin_unlock(&b->lock);
}

/**
 * bpio_inside_leave() - it has returned, in the same task
 * @in: as given to bpio_inside_enter()
 *
 * Context: Any but interrupts.
 */
void bpio_inside_leave(struct bpio_inside *in)
{
	struct bucket *b = bucket_of_current();

	spin_lock(&b->lock);
	hlist_del(&in->node);
	spin_unlock(&b->lock);
}

/**
 * bpio_inside_oldest() - how many are inside now, and who is longest
 * @inst: of the filter
 * @oldest: filled in, if there is one
 *
 * Context: Any but interrupts.
 * Return: how many.
 */
unsigned int bpio_inside_oldest(const struct bpio_instance *inst,
				struct bpio_inside *oldest)
{
	const struct bpio_inside *in;
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		spin_lock(&buckets[i].lock);
		hlist_for_each_entry(in, &buckets[i].calls, node) {
			if (in->inst != inst)
				continue;
			if (!n++ || time_before(in->since, oldest->since))
				*oldest = *in;
		}
		spin_unlock(&buckets[i].lock);
	}
	return n;
}
