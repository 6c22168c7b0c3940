// SPDX-License-Identifier: GPL-2.0
/*
 * Where filters stand, and what they may call themselves.
 */
#include <kunit/test.h>

#include <linux/module.h>

#include "altitude.h"
#include "reason.h"

static const struct text {
	const char *name;
	const char *altitude;
	bool valid;
} texts[] = {
	{ "a number", "325000", true },
	{ "a fraction", "325000.3", true },
	{ "a long fraction", "1.0000000000000000000000000001", true },
	{ "zeros", "000", true },
	{ "longest", "1234567890123456789012345678901", true },
	{ "too long", "12345678901234567890123456789012", false },
	{ "nothing", "", false },
	{ "no text", NULL, false },
	{ "a point", ".", false },
	{ "no digit before", ".5", false },
	{ "no digit behind", "5.", false },
	{ "two points", "1.2.3", false },
	{ "a sign", "-5", false },
	{ "a space", "5 ", false },
	{ "a new line", "5\n", false },
	{ "hexadecimal", "0x5", false },
	{ "an exponent", "1e5", false },
};

KUNIT_ARRAY_PARAM_DESC(text, texts, name);

/* covers: R76 */
static void altitude_valid(struct kunit *test)
{
	const struct text *t = test->param_value;

	KUNIT_EXPECT_EQ(test, bpio_altitude_valid(t->altitude), t->valid);
}

static const struct two {
	const char *name;
	const char *a;
	const char *b;
	int sign;
} twos[] = {
	{ "equal", "5", "5", 0 },
	{ "zeros in front", "005", "5", 0 },
	{ "zeros behind", "5.0", "5", 0 },
	{ "more zeros behind", "5.10", "5.1", 0 },
	{ "zero", "0", "000.000", 0 },
	{ "digits before length of text", "9", "10", -1 },
	{ "whole before fraction", "5.9", "6.1", -1 },
	{ "fraction", "325000.3", "325000.29", 1 },
	{ "fraction of zeros", "325000.03", "325000.3", -1 },
	{ "fraction or none", "325000.3", "325000", 1 },
	{ "more than fits any integer", "340282366920938463463374607431",
	  "340282366920938463463374607430.9", 1 },
};

KUNIT_ARRAY_PARAM_DESC(two, twos, name);

static int sign(int n)
{
	return n < 0 ? -1 : n > 0;
}

/* covers: R76 */
static void altitude_cmp(struct kunit *test)
{
	const struct two *t = test->param_value;

	KUNIT_EXPECT_EQ(test, sign(bpio_altitude_cmp(t->a, t->b)), t->sign);
	KUNIT_EXPECT_EQ(test, sign(bpio_altitude_cmp(t->b, t->a)), -t->sign);
}

static const struct called {
	const char *desc;
	const char *name;
	bool valid;
} called[] = {
	{ "the module", "bpio_scan", true },
	{ "with a suffix", "bpio_scan.2", true },
	{ "longest", "bpio_scan.1234567890123456789012", true },
	{ "too long", "bpio_scan.12345678901234567890123", false },
	{ "another", "bpio_crypt", false },
	{ "longer", "bpio_scanner", false },
	{ "shorter", "bpio_sca", false },
	{ "nothing", "", false },
	{ "no text", NULL, false },
	{ "a space", "bpio_scan.a b", false },
	{ "an escape", "bpio_scan.\033[31m", false },
	{ "not ASCII", "bpio_scan.\303\251", false },
};

KUNIT_ARRAY_PARAM_DESC(called, called, desc);

/* covers: R82 */
static void name_valid(struct kunit *test)
{
	const struct called *c = test->param_value;

	KUNIT_EXPECT_EQ(test, bpio_name_valid(c->name, "bpio_scan"), c->valid);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(altitude_valid, text_gen_params),
	KUNIT_CASE_PARAM(altitude_cmp, two_gen_params),
	KUNIT_CASE_PARAM(name_valid, called_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "bpio_altitude",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("KUnit: altitudes and names of filters");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
