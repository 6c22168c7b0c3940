// SPDX-License-Identifier: GPL-2.0
/*
 * The states of a stream's storage half: every move from every state, those
 * that do not exist included, against the picture in state.h.
 */
#include <kunit/test.h>

#include <linux/limits.h>
#include <linux/module.h>
#include <linux/string.h>

#include "state.h"

#define NR	4

/* Row: from. Column: to. The order is that of the numbers in the uapi. */
static const char picture[NR][NR + 1] = {
	/* IDLE ARMING ARMED DRAINING */
	".x..",
	"x.x.",
	"...x",
	"x...",
};

static const char * const state_names[NR] = {
	"idle", "arming", "armed", "draining",
};

static const struct outside {
	const char *desc;
	u32 state;
} outsides[] = {
	{ "first behind", 4 },
	{ "second behind", 5 },
	{ "bits in a word", 32 },
	{ "as a byte idle", 0x100 },
	{ "as a short arming", 0x10001 },
	{ "highest positive", INT_MAX },
	{ "lowest negative", (u32)INT_MIN },
	{ "minus one", U32_MAX },
};

KUNIT_ARRAY_PARAM_DESC(outside, outsides, desc);

struct move {
	enum bpio_state from, to;
};

static void move_desc(const struct move *m, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s to %s",
		 state_names[m->from], state_names[m->to]);
}

static const struct move moves[] = {
	{ .from = 0, .to = 0 }, { .from = 0, .to = 1 },
	{ .from = 0, .to = 2 }, { .from = 0, .to = 3 },
	{ .from = 1, .to = 0 }, { .from = 1, .to = 1 },
	{ .from = 1, .to = 2 }, { .from = 1, .to = 3 },
	{ .from = 2, .to = 0 }, { .from = 2, .to = 1 },
	{ .from = 2, .to = 2 }, { .from = 2, .to = 3 },
	{ .from = 3, .to = 0 }, { .from = 3, .to = 1 },
	{ .from = 3, .to = 2 }, { .from = 3, .to = 3 },
};

KUNIT_ARRAY_PARAM(move, moves, move_desc);

/* An illegal move would be reported, so only the legal ones are made */
static void state_matrix(struct kunit *test)
{
	const struct move *m = test->param_value;
	const bool legal = picture[m->from][m->to] == 'x';
	enum bpio_state state = m->from;

	KUNIT_EXPECT_EQ(test, bpio_state_legal(m->from, m->to), legal);
	if (!legal)
		return;
	bpio_state_move(&state, m->to);
	KUNIT_EXPECT_EQ(test, state, m->to);
}

static void state_out_of_range(struct kunit *test)
{
	const struct outside *o = test->param_value;
	enum bpio_state state;
	int i;

	for (state = 0; state < NR; state++) {
		KUNIT_EXPECT_FALSE(test, bpio_state_legal(state, o->state));
		KUNIT_EXPECT_FALSE(test, bpio_state_legal(o->state, state));
	}
	for (i = 0; i < ARRAY_SIZE(outsides); i++)
		KUNIT_EXPECT_FALSE(test, bpio_state_legal(o->state,
							  outsides[i].state));
	KUNIT_EXPECT_STREQ(test, bpio_state_name(o->state), "?");
}

static void state_names_stable(struct kunit *test)
{
	enum bpio_state state;

	KUNIT_EXPECT_EQ(test, BPIO_STATE_IDLE, 0);
	KUNIT_EXPECT_EQ(test, BPIO_STATE_ARMING, 1);
	KUNIT_EXPECT_EQ(test, BPIO_STATE_ARMED, 2);
	KUNIT_EXPECT_EQ(test, BPIO_STATE_DRAINING, 3);
	KUNIT_EXPECT_EQ(test, BPIO_STATE_MAX, NR);
	for (state = 0; state < NR; state++)
		KUNIT_EXPECT_STREQ(test, bpio_state_name(state),
				   state_names[state]);
}

/* Arm, disarm, arm, be refused: the way of a stream's life, move by move */
static void state_walk(struct kunit *test)
{
	static const enum bpio_state walk[] = {
		BPIO_STATE_ARMING, BPIO_STATE_ARMED, BPIO_STATE_DRAINING,
		BPIO_STATE_IDLE, BPIO_STATE_ARMING, BPIO_STATE_IDLE,
	};
	/* What lies beside it must not be touched */
	struct {
		u32 before;
		enum bpio_state state;
		u32 after;
	} s = { .before = 0x5a5a5a5a, .after = 0xa5a5a5a5 };
	int i;

	for (i = 0; i < ARRAY_SIZE(walk); i++) {
		bpio_state_move(&s.state, walk[i]);
		KUNIT_EXPECT_EQ(test, s.state, walk[i]);
	}
	KUNIT_EXPECT_EQ(test, s.before, 0x5a5a5a5a);
	KUNIT_EXPECT_EQ(test, s.after, 0xa5a5a5a5);
}

static struct kunit_case state_cases[] = {
	KUNIT_CASE_PARAM(state_matrix, move_gen_params),
	KUNIT_CASE_PARAM(state_out_of_range, outside_gen_params),
	KUNIT_CASE(state_names_stable),
	KUNIT_CASE(state_walk),
	{}
};

static struct kunit_suite state_suite = {
	.name = "bpio_state",
	.test_cases = state_cases,
};

kunit_test_suite(state_suite);

MODULE_DESCRIPTION("KUnit suite: states of a stream");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
