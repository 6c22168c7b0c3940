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
};

static const struct op ops[] = {
	{ "0", 0 },
	{ "enable", 1, 416 },
	{ "disable", 2, 64 },
	{ "query", 3, 416 },
	{ "volume-pause", 4, 64 },
	{ "volume-resume", 5, 416 },
	{ "stream-pause", 6, 64 },
	{ "stream-resume", 7, 416 },
	{ "get-info", 8, 720, true },
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
	switch (flags) {
	case 0:
	case BPIO_IN_SKIP_STORAGE:
		return true;
	case BPIO_IN_SCOPE_HANDLE:
	case BPIO_IN_SCOPE_STREAM:
	case BPIO_IN_SCOPE_HANDLE | BPIO_IN_SKIP_STORAGE:
	case BPIO_IN_SCOPE_STREAM | BPIO_IN_SKIP_STORAGE:
		return op->scopes;
	default:
		return false;
	}
}

static void expect(struct kunit *test, const struct op *op, u32 flags,
		   size_t size)
{
	const struct bpio_args args = { .op = op->op, .in_flags = flags };
	const bool fits = op->least && size >= op->least && flags_fit(op, flags);

	KUNIT_EXPECT_EQ_MSG(test, bpio_args_check(&args, size),
			    fits ? 0 : -EINVAL, "op %u, flags %#x, size %zu",
			    op->op, flags, size);
}

/* No flag, each alone, each pair, all */
static void ioctl_flags(struct kunit *test)
{
	const struct op *op = test->param_value;
	int a, b;

	expect(test, op, 0, 1024);
	expect(test, op, U32_MAX, 1024);
	expect(test, op, BPIO_IN_KNOWN, 1024);
	for (a = 0; a < 32; a++)
		for (b = a; b < 32; b++)
			expect(test, op, BIT(a) | BIT(b), 1024);
}

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
	}
	for (i = 0; i < ARRAY_SIZE(far); i++)
		expect(test, op, 0, far[i]);
}

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

static struct kunit_case ioctl_cases[] = {
	KUNIT_CASE_PARAM(ioctl_flags, op_gen_params),
	KUNIT_CASE_PARAM(ioctl_sizes, op_gen_params),
	KUNIT_CASE_PARAM(ioctl_reserved, op_gen_params),
	KUNIT_CASE_PARAM(ioctl_out_ignored, op_gen_params),
	KUNIT_CASE_PARAM(ioctl_short_struct, op_gen_params),
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
