// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of pauses: what comes in, what ends what, who is named, what is counted;
 * and how a pause refuses.
 */
#include <kunit/test.h>

#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pause.h"

/*
 * Steps: "p" and a name is a plain pause, a digit and a name is one of the owner
 * with that number, "d" and a digit drops his, "c" clears. "D" is a "d" that must
 * find nothing.
 */
static const struct script {
	const char *name;
	const char *steps;
	const char *owned;	/* names, in order */
	char plain;		/* name, or 0 */
	char first;		/* name, or 0 */
	unsigned int count;
} scripts[] = {
	{ "nothing", "", "", 0, 0, 0 },
	{ "nothing to clear", "c", "", 0, 0, 0 },
	{ "nothing to drop", "D1", "", 0, 0, 0 },
	{ "plain", "pA", "", 'A', 'A', 1 },
	{ "the last plain is named", "pApBpC", "", 'C', 'C', 3 },
	{ "plain and cleared", "pAc", "", 0, 0, 0 },
	{ "plain after cleared", "pAcpB", "", 'B', 'B', 1 },
	{ "plain is nobody's", "pAD1", "", 'A', 'A', 1 },
	{ "owned", "1A", "A", 0, 'A', 1 },
	{ "owned and dropped", "1Ad1", "", 0, 0, 1 },
	{ "dropped once", "1Ad1D1", "", 0, 0, 1 },
	{ "owned and cleared", "1Ac", "", 0, 0, 0 },
	{ "dropped by another", "1AD2", "A", 0, 'A', 1 },
	{ "owned after dropped", "1Ad11B", "B", 0, 'B', 2 },
	{ "owned after cleared", "1Ac1B", "B", 0, 'B', 1 },
	{ "replaced", "1A1B", "B", 0, 'B', 2 },
	{ "replaced is one", "1A1Bd1D1", "", 0, 0, 2 },
	{ "replaced and cleared", "1A1B1Cc", "", 0, 0, 0 },
	{ "two owners", "1A2B", "AB", 0, 'A', 2 },
	{ "the first of two goes", "1A2Bd1", "B", 0, 'B', 2 },
	{ "the second of two goes", "1A2Bd2", "A", 0, 'A', 2 },
	{ "both of two go", "1A2Bd1d2", "", 0, 0, 2 },
	{ "who is replaced is the last", "1A2B1C", "BC", 0, 'B', 3 },
	{ "the middle of three", "1A2B3Cd2", "AC", 0, 'A', 3 },
	{ "the middle is replaced", "1A2B3C2D", "ACD", 0, 'A', 4 },
	{ "three and cleared", "1A2B3Cc", "", 0, 0, 0 },
	{ "an owner before plain", "pA1B", "B", 'A', 'B', 2 },
	{ "plain behind an owner", "1BpA", "B", 'A', 'B', 2 },
	{ "plain stays", "1BpAd1", "", 'A', 'A', 2 },
	{ "plain replaces plain only", "1BpApC", "B", 'C', 'B', 3 },
	{ "all and cleared", "1BpA2CpDc", "", 0, 0, 0 },
	{ "all after cleared", "1BpAcpC1D", "D", 'C', 'D', 2 },
};

KUNIT_ARRAY_PARAM_DESC(script, scripts, name);

/* Owners are addresses that are never looked at */
static const void *owner(char digit)
{
	return (const void *)(unsigned long)(digit - '0');
}

static struct bpio_pauser *pauser(struct kunit *test, const void *owner,
				  char name)
{
	struct bpio_pauser *p = kzalloc(sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->owner = owner;
	p->who[0] = name;
	p->reason = BPIO_REASON_OTHER;
	return p;
}

static void run(struct kunit *test, struct bpio_pauses *set, const char *at)
{
	for (; *at; at++) {
		switch (*at) {
		case 'c':
			bpio_pauses_clear(set);
			break;
		case 'd':
			KUNIT_EXPECT_TRUE(test,
					  bpio_pauses_drop(set, owner(*++at), 0));
			break;
		case 'D':
			KUNIT_EXPECT_FALSE(test,
					   bpio_pauses_drop(set, owner(*++at), 0));
			break;
		case 'p':
			bpio_pauses_add(set, pauser(test, NULL, *++at));
			break;
		default:
			bpio_pauses_add(set, pauser(test, owner(at[0]), at[1]));
			at++;
		}
	}
}

static void expect_owned(struct kunit *test, const struct bpio_pauses *set,
			 const char *names)
{
	const struct bpio_pauser *p;

	list_for_each_entry(p, &set->owned, node) {
		KUNIT_EXPECT_EQ(test, p->who[0], *names);
		KUNIT_EXPECT_NOT_NULL(test, p->owner);
		if (*names)
			names++;
	}
	KUNIT_EXPECT_EQ(test, *names, 0);
}

/* covers: R47 R61 R62 */
static void pause_script(struct kunit *test)
{
	const struct script *s = test->param_value;
	const struct bpio_pauser *first;
	struct bpio_pauses set;

	memset(&set, 0xa5, sizeof(set));
	bpio_pauses_init(&set);
	run(test, &set, s->steps);
	first = bpio_pauses_first(&set);
	KUNIT_EXPECT_EQ(test, !!first, !!s->first);
	if (first)
		KUNIT_EXPECT_EQ(test, first->who[0], s->first);
	KUNIT_EXPECT_EQ(test, set.plain, !!s->plain);
	if (set.plain)
		KUNIT_EXPECT_EQ(test, set.last.who[0], s->plain);
	KUNIT_EXPECT_EQ(test, set.count, s->count);
	expect_owned(test, &set, s->owned);
	bpio_pauses_clear(&set);
	KUNIT_EXPECT_NULL(test, bpio_pauses_first(&set));
	KUNIT_EXPECT_EQ(test, set.count, 0);
}

static const struct refusal {
	const char *name;
	const char *who;
	size_t text_len;	/* of a text of 'x' */
	enum bpio_reason reason;
} refusals[] = {
	{ "a stream", "someone", 0, BPIO_REASON_STREAM_PAUSED },
	{ "a volume", "someone", 0, BPIO_REASON_VOLUME_PAUSED },
	{ "a text", "someone", 5, BPIO_REASON_STREAM_PAUSED },
	{ "a text of one byte", "someone", 1, BPIO_REASON_VOLUME_PAUSED },
	{ "the longest text", "someone", BPIO_TEXT_MAX,
	  BPIO_REASON_STREAM_PAUSED },
	{ "the longest name", "0123456789abcdef0123456789abcdef", 5,
	  BPIO_REASON_STREAM_PAUSED },
	{ "no name", "", 5, BPIO_REASON_STREAM_PAUSED },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusals, name);

/* covers: R11 R64 */
static void pause_refuses(struct kunit *test)
{
	const struct refusal *r = test->param_value;
	struct bpio_pauser p = {
		.pid = 1, .reason = BPIO_REASON_SNAPSHOT,
		.text_len = r->text_len,
	};
	struct bpio_result result = {}, before;
	size_t who_len = strlen(r->who);

	strscpy(p.who, r->who, sizeof(p.who));
	memset(p.text, 'x', r->text_len);
	bpio_pause_refuse(&result, r->reason, &p);
	KUNIT_EXPECT_EQ(test, result.status, -EBUSY);
	KUNIT_EXPECT_EQ(test, result.reason, r->reason);
	KUNIT_EXPECT_EQ(test, result.flags, 0);
	KUNIT_EXPECT_EQ(test, result.driver_len, who_len);
	KUNIT_EXPECT_MEMEQ(test, result.driver, r->who, who_len);
	if (r->text_len) {
		KUNIT_EXPECT_EQ(test, result.text_len, r->text_len);
		KUNIT_EXPECT_MEMEQ(test, result.text, p.text, r->text_len);
	} else {
		/* The sentence of the reason */
		KUNIT_EXPECT_GT(test, result.text_len, 10);
	}
	KUNIT_EXPECT_NULL(test, memchr_inv(result.text + result.text_len, 0,
					   BPIO_TEXT_MAX - result.text_len));
	KUNIT_EXPECT_NULL(test, memchr_inv(result.driver + who_len, 0,
					   BPIO_DRIVER_MAX - who_len));

	/* The first to refuse is the one that is named */
	before = result;
	p.who[0] = '!';
	p.text_len = 1;
	p.text[0] = '!';
	bpio_pause_refuse(&result, BPIO_REASON_VOLUME_PAUSED, &p);
	KUNIT_EXPECT_MEMEQ(test, &result, &before, sizeof(result));
}

static struct kunit_case pause_cases[] = {
	KUNIT_CASE_PARAM(pause_script, script_gen_params),
	KUNIT_CASE_PARAM(pause_refuses, refusal_gen_params),
	{}
};

static struct kunit_suite pause_suite = {
	.name = "bpio_pause",
	.test_cases = pause_cases,
};

kunit_test_suite(pause_suite);

MODULE_DESCRIPTION("KUnit suite: sets of pauses, and how a pause refuses");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
