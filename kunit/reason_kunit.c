// SPDX-License-Identifier: GPL-2.0
/*
 * What a reason is called, how it is classed, and how a refusal is told.
 * Programs test these numbers and names, so they are written out once more.
 */
#include <kunit/test.h>

#include <linux/errno.h>
#include <linux/module.h>
#include <linux/string.h>

#include "reason.h"

static const struct known {
	u32 reason;
	const char *name;
	int status;
} known[] = {
	{ 0, "none", 0 },
	{ 1, "not-enabled", -EOPNOTSUPP },
	{ 2, "not-direct", -EINVAL },
	{ 3, "not-readable", -EBADF },
	{ 4, "directory", -EISDIR },
	{ 5, "not-regular", -EINVAL },
	{ 8, "unaligned", -EINVAL },
	{ 9, "unmapped", -EOPNOTSUPP },
	{ 10, "nowait", -EOPNOTSUPP },
	{ 11, "io-error", -EIO },
	{ 12, "buffer", -EOPNOTSUPP },
	{ 13, "no-memory", -ENOMEM },
	{ 14, "map-full", -EOPNOTSUPP },
	{ 16, "writer", -ETXTBSY },
	{ 17, "stream-paused", -EBUSY },
	{ 18, "volume-paused", -EBUSY },
	{ 19, "layout-broken", -EBUSY },
	{ 20, "attach-blocked", -EOPNOTSUPP },
	{ 21, "rearming", -EBUSY },
	{ 22, "volume-vetoed", -EBUSY },
	{ 32, "sparse", -EOPNOTSUPP },
	{ 33, "unwritten", -EOPNOTSUPP },
	{ 34, "inline", -EOPNOTSUPP },
	{ 35, "encrypted", -EOPNOTSUPP },
	{ 36, "compressed", -EOPNOTSUPP },
	{ 37, "verity", -EOPNOTSUPP },
	{ 38, "journalled", -EOPNOTSUPP },
	{ 39, "shared", -EOPNOTSUPP },
	{ 40, "realtime", -EOPNOTSUPP },
	{ 41, "dax", -EOPNOTSUPP },
	{ 42, "swapfile", -EOPNOTSUPP },
	{ 43, "no-direct-io", -EOPNOTSUPP },
	{ 44, "system-file", -EOPNOTSUPP },
	{ 45, "hsm", -EOPNOTSUPP },
	{ 48, "fs-unsupported", -EOPNOTSUPP },
	{ 49, "no-block-device", -EOPNOTSUPP },
	{ 50, "no-lease", -EBUSY },
	{ 51, "shut-down", -EIO },
	{ 52, "driver-unsupported", -EOPNOTSUPP },
	{ 56, "monitoring", -EOPNOTSUPP },
	{ 57, "auditing", -EOPNOTSUPP },
	{ 58, "snapshot", -EOPNOTSUPP },
	{ 59, "replication", -EOPNOTSUPP },
	{ 60, "virtualization", -EOPNOTSUPP },
	{ 63, "other", -EOPNOTSUPP },
};

KUNIT_ARRAY_PARAM_DESC(known, known, name);

static bool is_known(u32 reason)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].reason == reason)
			return true;
	return false;
}

static bool all_zero(const void *from, size_t len)
{
	return !memchr_inv(from, 0, len);
}

/* covers: R9 R10 */
static void reason_known(struct kunit *test)
{
	const struct known *k = test->param_value;
	struct bpio_result r = {};
	const char *name;
	u32 n;

	KUNIT_EXPECT_STREQ(test, bpio_reason_name(k->reason), k->name);
	KUNIT_EXPECT_EQ(test, bpio_reason_errno(k->reason), k->status);
	for (n = 0; n <= 80; n++) {
		name = bpio_reason_name(n);
		KUNIT_EXPECT_EQ(test, !strcmp(name, k->name), n == k->reason);
	}

	bpio_refuse(&r, k->reason, "xfs");
	KUNIT_EXPECT_EQ(test, r.status, k->status);
	KUNIT_EXPECT_EQ(test, r.reason, k->reason);
	if (!k->reason) {
		KUNIT_EXPECT_TRUE(test, all_zero(&r, sizeof(r)));
		return;
	}
	KUNIT_EXPECT_EQ(test, r.driver_len, 3);
	KUNIT_EXPECT_EQ(test, memcmp(r.driver, "xfs", 3), 0);
	KUNIT_EXPECT_TRUE(test, all_zero(r.driver + 3, sizeof(r.driver) - 3));
	/* Every sentence fits: nobody reads half of one */
	KUNIT_EXPECT_EQ(test, r.flags, 0);
	KUNIT_EXPECT_GT(test, r.text_len, 0);
	KUNIT_EXPECT_LE(test, r.text_len, BPIO_TEXT_MAX);
	KUNIT_EXPECT_NULL(test, memchr(r.text, 0, r.text_len));
	KUNIT_EXPECT_TRUE(test, all_zero(r.text + r.text_len,
					 sizeof(r.text) - r.text_len));
}

/* No two reasons are told in the same words */
static void reason_texts_unique(struct kunit *test)
{
	struct bpio_result a, b;
	size_t i, j;

	for (i = 1; i < ARRAY_SIZE(known); i++) {
		memset(&a, 0, sizeof(a));
		bpio_refuse(&a, known[i].reason, "");
		for (j = 1; j < i; j++) {
			memset(&b, 0, sizeof(b));
			bpio_refuse(&b, known[j].reason, "");
			if (!memcmp(a.text, b.text, sizeof(a.text)))
				KUNIT_FAIL(test, "%s and %s", known[i].name,
					   known[j].name);
		}
	}
}

/* Numbers that nobody has given a meaning to, yet or ever */
static void reason_unknown(struct kunit *test)
{
	static const u32 far[] = { 255, 256, 65536, INT_MAX, 1U << 31, U32_MAX };
	struct bpio_result r;
	size_t i;
	u32 n;

	for (n = 0; n <= 80; n++) {
		if (is_known(n))
			continue;
		KUNIT_EXPECT_STREQ(test, bpio_reason_name(n), "?");
		KUNIT_EXPECT_EQ(test, bpio_reason_errno(n), -EOPNOTSUPP);
		memset(&r, 0, sizeof(r));
		bpio_refuse(&r, n, "bypassfs");
		KUNIT_EXPECT_EQ(test, r.status, -EOPNOTSUPP);
		KUNIT_EXPECT_EQ(test, r.driver_len, 8);
		KUNIT_EXPECT_EQ(test, r.text_len, 0);
		KUNIT_EXPECT_EQ(test, r.flags, 0);
	}
	for (i = 0; i < ARRAY_SIZE(far); i++) {
		KUNIT_EXPECT_STREQ(test, bpio_reason_name(far[i]), "?");
		KUNIT_EXPECT_LT(test, bpio_reason_errno(far[i]), 0);
	}
}

/* covers: R27 */
/* Of two refusals the first is reported, down to the last byte */
static void reason_first_wins(struct kunit *test)
{
	struct bpio_result r, first;
	size_t i, j;

	for (i = 1; i < ARRAY_SIZE(known); i++) {
		memset(&first, 0, sizeof(first));
		bpio_refuse(&first, known[i].reason, "first");
		for (j = 0; j < ARRAY_SIZE(known); j++) {
			r = first;
			bpio_refuse(&r, known[j].reason, "somebody-else");
			if (memcmp(&r, &first, sizeof(r)))
				KUNIT_FAIL(test, "%s after %s", known[j].name,
					   known[i].name);
		}
	}
}

/* No objection leaves room for the next one's */
static void reason_none_then_some(struct kunit *test)
{
	struct bpio_result r = {};

	bpio_refuse(&r, BPIO_REASON_NONE, "agreed");
	KUNIT_EXPECT_TRUE(test, all_zero(&r, sizeof(r)));
	bpio_refuse(&r, BPIO_REASON_SNAPSHOT, "ext4");
	KUNIT_EXPECT_EQ(test, r.reason, BPIO_REASON_SNAPSHOT);
	KUNIT_EXPECT_EQ(test, r.driver_len, 4);
}

static const struct width {
	const char *desc, *one;
	size_t bytes;
} widths[] = {
	{ "1 byte", "a", 1 },
	{ "2 bytes", "\xc3\xbc", 2 },
	{ "3 bytes", "\xe2\x82\xac", 3 },
	{ "4 bytes", "\xf0\x9f\x98\x80", 4 },
};

KUNIT_ARRAY_PARAM_DESC(width, widths, desc);

/* @lead one-byte characters, then @nr of the width; on the heap, for KASAN */
static char *make_text(struct kunit *test, const struct width *w, int lead,
		       int nr)
{
	char *text = kunit_kzalloc(test, lead + nr * w->bytes + 1, GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, 'x', lead);
	for (i = 0; i < nr; i++)
		memcpy(text + lead + i * w->bytes, w->one, w->bytes);
	return text;
}

/* How many bytes of whole characters fit */
static size_t model_cut(const struct width *w, int lead, int nr, size_t max)
{
	if (max <= lead)
		return max;
	return lead + min_t(size_t, nr, (max - lead) / w->bytes) * w->bytes;
}

/* covers: R11 */
static void reason_cut(struct kunit *test)
{
	const struct width *w = test->param_value;
	size_t max, got;
	int lead, nr;
	char *text;

	for (lead = 0; lead <= 5; lead++) {
		for (nr = 0; nr <= 6; nr++) {
			text = make_text(test, w, lead, nr);
			for (max = 0; max <= 32; max++) {
				got = bpio_utf8_cut(text, max);
				if (got != model_cut(w, lead, nr, max))
					KUNIT_FAIL(test, "%zu of %d + %d, max %zu",
						   got, lead, nr, max);
			}
			kunit_kfree(test, text);
		}
	}
}

/* covers: R10 R11 */
/* Names around the size of their array, with the cut at every place in a character */
static void reason_driver(struct kunit *test)
{
	const struct width *w = test->param_value;
	struct bpio_result r, plain = {};
	size_t want, rest;
	int lead, nr;
	char *name;

	bpio_refuse(&plain, BPIO_REASON_WRITER, "");
	KUNIT_EXPECT_EQ(test, plain.driver_len, 0);
	for (lead = 0; lead <= BPIO_DRIVER_MAX + 2; lead++) {
		for (nr = 0; nr <= 12; nr += 3) {
			name = make_text(test, w, lead, nr);
			memset(&r, 0, sizeof(r));
			bpio_refuse(&r, BPIO_REASON_WRITER, name);
			want = model_cut(w, lead, nr, BPIO_DRIVER_MAX);
			KUNIT_EXPECT_EQ(test, r.driver_len, want);
			KUNIT_EXPECT_EQ(test, memcmp(r.driver, name, want), 0);
			rest = BPIO_DRIVER_MAX - want;
			KUNIT_EXPECT_TRUE(test, all_zero(r.driver + want, rest));
			/* A long name spoils nothing else, and cuts no text */
			KUNIT_EXPECT_EQ(test, r.text_len, plain.text_len);
			KUNIT_EXPECT_EQ(test, r.flags, 0);
			KUNIT_EXPECT_EQ(test, 0, memcmp(r.text, plain.text,
							sizeof(r.text)));
			kunit_kfree(test, name);
		}
	}
}

static const struct veto {
	const char *name;
	int status;
	u32 reason;
	const char *text;
	int ret;
} vetoes[] = {
	{ "good", -EOPNOTSUPP, BPIO_REASON_SNAPSHOT, "a snapshot exists", 0 },
	{ "any errno", -4095, BPIO_REASON_OTHER, "x", 0 },
	{ "success", 0, BPIO_REASON_SNAPSHOT, "x", -EINVAL },
	{ "positive", 5, BPIO_REASON_SNAPSHOT, "x", -EINVAL },
	{ "no errno", -4096, BPIO_REASON_SNAPSHOT, "x", -EINVAL },
	{ "no reason", -EPERM, BPIO_REASON_NONE, "x", -EINVAL },
	{ "a gap", -EPERM, 62, "x", -EINVAL },
	{ "beyond all", -EPERM, BPIO_REASON_MAX, "x", -EINVAL },
	{ "far beyond", -EPERM, ~0U, "x", -EINVAL },
	{ "empty text", -EPERM, BPIO_REASON_OTHER, "", -EINVAL },
	{ "no text", -EPERM, BPIO_REASON_OTHER, NULL, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(veto, vetoes, name);

/* covers: R78 R79 R82 */
static void reason_own_words(struct kunit *test)
{
	const struct veto *v = test->param_value;
	struct bpio_result r = {}, before;
	int ret;

	ret = bpio_refuse_as(&r, v->status, v->reason, v->text, "bpio_x");
	KUNIT_EXPECT_EQ(test, ret, v->ret);
	if (v->ret) {
		KUNIT_EXPECT_TRUE(test, all_zero(&r, sizeof(r)));
		return;
	}
	KUNIT_EXPECT_EQ(test, r.status, v->status);
	KUNIT_EXPECT_EQ(test, r.reason, v->reason);
	KUNIT_EXPECT_EQ(test, r.driver_len, 6);
	KUNIT_EXPECT_EQ(test, memcmp(r.driver, "bpio_x", 6), 0);
	KUNIT_EXPECT_EQ(test, r.text_len, strlen(v->text));
	KUNIT_EXPECT_EQ(test, memcmp(r.text, v->text, r.text_len), 0);
	/* The first to refuse is the one that is told */
	before = r;
	KUNIT_EXPECT_EQ(test, 0, bpio_refuse_as(&r, -EIO, BPIO_REASON_OTHER,
						"late", "bpio_y"));
	KUNIT_EXPECT_EQ(test, memcmp(&r, &before, sizeof(r)), 0);
}

static struct kunit_case reason_cases[] = {
	KUNIT_CASE_PARAM(reason_known, known_gen_params),
	KUNIT_CASE(reason_texts_unique),
	KUNIT_CASE(reason_unknown),
	KUNIT_CASE(reason_first_wins),
	KUNIT_CASE(reason_none_then_some),
	KUNIT_CASE_PARAM(reason_cut, width_gen_params),
	KUNIT_CASE_PARAM(reason_driver, width_gen_params),
	KUNIT_CASE_PARAM(reason_own_words, veto_gen_params),
	{}
};

static struct kunit_suite reason_suite = {
	.name = "bpio_reason",
	.test_cases = reason_cases,
};

kunit_test_suite(reason_suite);

MODULE_DESCRIPTION("KUnit suite: reasons and refusals");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
