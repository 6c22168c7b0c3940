// SPDX-License-Identifier: GPL-2.0
/*
 * Which requests are well-formed: every operation with every flag, size and
 * reserved byte, against a table of what each operation takes.
 */
#include <kunit/test.h>

#include <linux/limits.h>
#include <linux/module.h>
#include <linux/string.h>

#include <linux/bypassio.h>

#include "ioctl.h"

struct op {
	const char *name;
	u32 op;
	size_t least;	/* bytes of struct that it needs; 0: no such operation */
	bool scopes;
	bool pauses;
	bool lists;
};

static const struct op ops[] = {
	{ "0", 0 },
	{ "enable", 1, 416 },
	{ "disable", 2, 64 },
	{ "query", 3, 416, .lists = true },
	{ "volume-pause", 4, 64, .pauses = true },
	{ "volume-resume", 5, 416 },
	{ "stream-pause", 6, 64, .pauses = true },
	{ "stream-resume", 7, 416 },
	{ "get-info", 8, 720, .scopes = true },
	{ "9", 9 },
	{ "10", 10 },
	{ "11", 11 },
	{ "12", 12 },
	{ "13", 13 },
	{ "14", 14 },
	{ "15", 15 },
	{ "16", 16 },
	{ "63", 63 },
	/* An operation that exists, once the number is cut to 8, 16 or 31 bits */
	{ "0x101", 0x101 },
	{ "0x10002", 0x10002 },
	{ "0x80000001", 0x80000001 },
	{ "INT_MAX", INT_MAX },
	{ "INT_MIN", (u32)INT_MIN },
	{ "U32_MAX", U32_MAX },
};

KUNIT_ARRAY_PARAM_DESC(op, ops, name);

static bool flags_fit(const struct op *op, u32 flags)
{
	switch (flags & ~BPIO_IN_SKIP_STORAGE) {
	case 0:
		return true;
	case BPIO_IN_SCOPE_HANDLE:
	case BPIO_IN_SCOPE_STREAM:
		return op->scopes;
	case BPIO_IN_WHY:
	case BPIO_IN_OWNED:
	case BPIO_IN_WHY | BPIO_IN_OWNED:
		return op->pauses;
	case BPIO_IN_ALL:
		return op->lists;
	default:
		return false;
	}
}

static size_t least(const struct op *op, u32 flags)
{
	if (flags & BPIO_IN_ALL)
		return 64 + 928;
	return flags & BPIO_IN_WHY ? 64 + 136 : op->least;
}

static void expect(struct kunit *test, const struct op *op, u32 flags,
		   size_t size)
{
	const struct bpio_args args = {
		.op = op->op,
		.in_flags = flags,
		.pause = { .reason = BPIO_REASON_OTHER },
	};
	const bool fits = op->least && flags_fit(op, flags) &&
			  size >= least(op, flags);

	KUNIT_EXPECT_EQ_MSG(test, bpio_args_check(&args, size),
			    fits ? 0 : -EINVAL, "op %u, flags %#x, size %zu",
			    op->op, flags, size);
}

/* covers: R4 R5 */
/* No flag, each alone, each pair, all */
static void ioctl_flags(struct kunit *test)
{
	const struct op *op = test->param_value;
	int a, b;

	expect(test, op, 0, 1024);
	expect(test, op, U32_MAX, 1024);
	expect(test, op, BPIO_IN_KNOWN, 1024);
	expect(test, op, BPIO_IN_WHY | BPIO_IN_OWNED | BPIO_IN_SKIP_STORAGE,
	       1024);
	for (a = 0; a < 32; a++)
		for (b = a; b < 32; b++)
			expect(test, op, BIT(a) | BIT(b), 1024);
}

/* covers: R4 R13 */
static void ioctl_sizes(struct kunit *test)
{
	static const size_t far[] = {
		1025, 2048, 4096, 16383, INT_MAX, U32_MAX, SIZE_MAX,
	};
	const struct op *op = test->param_value;
	size_t size;
	int i;

	for (size = 0; size <= 1024; size++) {
		expect(test, op, 0, size);
		if (op->scopes)
			expect(test, op, BPIO_IN_SCOPE_STREAM, size);
		if (op->pauses)
			expect(test, op, BPIO_IN_WHY, size);
		if (op->lists)
			expect(test, op, BPIO_IN_ALL, size);
	}
	for (i = 0; i < ARRAY_SIZE(far); i++)
		expect(test, op, 0, far[i]);
}

/* covers: R3 */
/* Each byte of what is reserved, with each bit */
static void ioctl_reserved(struct kunit *test)
{
	const struct op *op = test->param_value;
	struct bpio_args args;
	size_t at;
	int bit;

	for (at = 8; at < 24; at++) {
		for (bit = 0; bit < 8; bit++) {
			memset(&args, 0, sizeof(args));
			args.op = op->op;
			((u8 *)&args)[at] = BIT(bit);
			KUNIT_EXPECT_EQ_MSG(test, bpio_args_check(&args, 1024),
					    -EINVAL, "byte %zu, bit %d", at, bit);
		}
	}
	memset(&args, 0, sizeof(args));
	args.op = op->op;
	args.reserved1 = 1;
	args.reserved2 = U64_MAX;
	KUNIT_EXPECT_EQ(test, bpio_args_check(&args, 1024), -EINVAL);
}

/* What is marked out may hold anything, for a struct to be used again */
static void ioctl_out_ignored(struct kunit *test)
{
	const struct op *op = test->param_value;
	const int want = op->least ? 0 : -EINVAL;
	struct bpio_args args;
	size_t at;

	for (at = 24; at < sizeof(args); at++) {
		memset(&args, 0, sizeof(args));
		args.op = op->op;
		((u8 *)&args)[at] = 0xff;
		KUNIT_EXPECT_EQ_MSG(test, bpio_args_check(&args, 1024), want,
				    "byte %zu", at);
	}
	memset((u8 *)&args + 24, 0xff, sizeof(args) - 24);
	KUNIT_EXPECT_EQ(test, bpio_args_check(&args, 1024), want);
}

/* covers: R13 */
/* A caller's struct may be shorter than ours: nothing behind it counts */
static void ioctl_short_struct(struct kunit *test)
{
	const struct op *op = test->param_value;
	struct bpio_args *args;

	if (!op->least)
		return;
	args = kunit_kzalloc(test, op->least, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, args);
	args->op = op->op;
	KUNIT_EXPECT_EQ(test, bpio_args_check(args, op->least), 0);
	KUNIT_EXPECT_EQ(test, bpio_args_check(args, op->least - 1), -EINVAL);
}

/* The number of the first is input where a list is asked for, and only there */
static void ioctl_first(struct kunit *test)
{
	const struct op *op = test->param_value;
	struct bpio_args args = { .op = op->op, .in_flags = BPIO_IN_ALL };

	args.first = U32_MAX;
	KUNIT_EXPECT_EQ(test, bpio_args_check(&args, 1024),
			op->lists ? 0 : -EINVAL);
	args.reserved1 = 1;
	KUNIT_EXPECT_EQ(test, bpio_args_check(&args, 1024), -EINVAL);
	args.reserved1 = 0;
	args.in_flags = 0;
	KUNIT_EXPECT_EQ(test, bpio_args_check(&args, 1024), -EINVAL);
}

static const struct why {
	const char *name;
	u32 reason;
	u16 text_len, reserved;
	char text[BPIO_TEXT_MAX];
	int want;
} whys[] = {
	{ "a reason", BPIO_REASON_SNAPSHOT },
	{ "a text", BPIO_REASON_OTHER, 5, 0, "hello" },
	{ "what is behind the text", BPIO_REASON_OTHER, 1, 0, "h\n" },
	{ "UTF-8", BPIO_REASON_OTHER, 2, 0, "\xc3\xa9" },
	{ "no reason", BPIO_REASON_NONE, 0, 0, "", -EINVAL },
	{ "a gap", 6, 0, 0, "", -EINVAL },
	{ "reason 64", 64, 0, 0, "", -EINVAL },
	{ "U32_MAX", U32_MAX, 0, 0, "", -EINVAL },
	{ "too long", BPIO_REASON_OTHER, BPIO_TEXT_MAX + 1, 0, "", -EINVAL },
	{ "reserved", BPIO_REASON_OTHER, 0, 1, "", -EINVAL },
	{ "a line feed", BPIO_REASON_OTHER, 2, 0, "a\n", -EINVAL },
	{ "a zero", BPIO_REASON_OTHER, 2, 0, "a", -EINVAL },
	{ "an escape", BPIO_REASON_OTHER, 1, 0, "\x1b", -EINVAL },
	{ "DEL", BPIO_REASON_OTHER, 1, 0, "\x7f", -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(why, whys, name);

static void ioctl_why(struct kunit *test)
{
	const struct why *why = test->param_value;
	struct bpio_args args = {
		.in_flags = BPIO_IN_WHY,
		.pause = {
			.reason = why->reason,
			.text_len = why->text_len,
			.reserved = why->reserved,
		},
	};

	memcpy(args.pause.text, why->text, sizeof(why->text));
	args.op = BPIO_OP_STREAM_PAUSE;
	KUNIT_EXPECT_EQ(test, bpio_args_check(&args, 1024), why->want);
	args.op = BPIO_OP_VOLUME_PAUSE;
	KUNIT_EXPECT_EQ(test, bpio_args_check(&args, 1024), why->want);
	/* Not announced, so not looked at */
	args.in_flags = 0;
	KUNIT_EXPECT_EQ(test, bpio_args_check(&args, 1024), 0);
}

static struct kunit_case ioctl_cases[] = {
	KUNIT_CASE_PARAM(ioctl_flags, op_gen_params),
	KUNIT_CASE_PARAM(ioctl_sizes, op_gen_params),
	KUNIT_CASE_PARAM(ioctl_reserved, op_gen_params),
	KUNIT_CASE_PARAM(ioctl_out_ignored, op_gen_params),
	KUNIT_CASE_PARAM(ioctl_short_struct, op_gen_params),
	KUNIT_CASE_PARAM(ioctl_first, op_gen_params),
	KUNIT_CASE_PARAM(ioctl_why, why_gen_params),
	{}
};

static struct kunit_suite ioctl_suite = {
	.name = "bpio_ioctl",
	.test_cases = ioctl_cases,
};

kunit_test_suite(ioctl_suite);

MODULE_DESCRIPTION("KUnit suite: which requests are well-formed");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
