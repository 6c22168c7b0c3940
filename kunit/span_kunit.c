// SPDX-License-Identifier: GPL-2.0
/*
 * Arithmetic of one read, against models that go byte by byte. The small
 * numbers are tried exhaustively, at both ends of what an offset can be.
 */
#include <kunit/test.h>

#include <linux/limits.h>
#include <linux/module.h>

#include "span.h"

#define SMALL	40

static const struct place {
	const char *desc;
	u64 base;
} places[] = {
	{ "at 0", 0 },
	{ "around 2 GiB", (1ULL << 31) - 16 },
	{ "around 4 GiB", (1ULL << 32) - 16 },
	/* The largest file ends at 2^63 - 1 */
	{ "below 2^63", (1ULL << 63) - 64 },
};

KUNIT_ARRAY_PARAM_DESC(place, places, desc);

static const unsigned int masks[] = { 0, 1, 3, 7, 15 };

/* The disk delivers blocks, until the buffer is full or the file ends */
static size_t model_disk(int pos, int count, int size, int block)
{
	int at, sum = 0;

	for (at = pos; sum < count && at < size; at += block)
		sum += block;
	return sum;
}

/* Of what was delivered, the reader gets what lies inside the file */
static size_t model_result(int pos, int disk, int size)
{
	int at, sum = 0;

	for (at = pos; at < pos + disk; at++)
		sum += at < size;
	return sum;
}

static bool model_aligned(int pos, int count, int block)
{
	return pos % block == 0 && count % block == 0;
}

static void span_aligned(struct kunit *test)
{
	const struct place *p = test->param_value;
	int pos, count, i;

	for (i = 0; i < ARRAY_SIZE(masks); i++)
		for (pos = 0; pos <= SMALL; pos++)
			for (count = 0; count <= SMALL; count++)
				if (bpio_span_aligned(p->base + pos, count,
						      masks[i]) !=
				    model_aligned(pos, count, masks[i] + 1))
					KUNIT_FAIL(test, "%d+%d, mask %u", pos,
						   count, masks[i]);
}

static void one_result(struct kunit *test, u64 base, int pos, int disk, int size)
{
	size_t got = bpio_span_result(base + pos, disk, base + size);

	if (got != model_result(pos, disk, size))
		KUNIT_FAIL(test, "%zu for %d+%d of %d", got, pos, disk, size);
}

static void one_size(struct kunit *test, u64 base, int size, unsigned int mask)
{
	int pos, count, block = mask + 1;
	size_t disk;

	for (pos = 0; pos <= SMALL; pos += block) {
		for (count = 0; count <= SMALL; count += block) {
			disk = bpio_span_disk(base + pos, count, base + size,
					      mask);
			if (disk != model_disk(pos, count, size, block))
				KUNIT_FAIL(test, "%zu for %d+%d of %d, mask %u",
					   disk, pos, count, size, mask);
			if (pos < size)
				one_result(test, base, pos, disk, size);
		}
	}
}

static void span_disk_aligned(struct kunit *test)
{
	const struct place *p = test->param_value;
	int size, i;

	for (i = 0; i < ARRAY_SIZE(masks); i++)
		for (size = 0; size <= SMALL; size++)
			one_size(test, p->base, size, masks[i]);
	for (size = 60; p->base && size < 64; size++)
		one_size(test, p->base, size, 7);
}

/* Whatever it is asked: not more than the buffer, nothing behind the end */
static void span_disk_bounds(struct kunit *test)
{
	const struct place *p = test->param_value;
	int pos, count, size, i;
	size_t disk;

	for (i = 0; i < ARRAY_SIZE(masks); i++)
		for (pos = 0; pos <= SMALL; pos += 3)
			for (count = 0; count <= SMALL; count++)
				for (size = 0; size <= SMALL; size += 3) {
					disk = bpio_span_disk(p->base + pos,
							      count,
							      p->base + size,
							      masks[i]);
					KUNIT_EXPECT_LE(test, disk, count);
					if (pos >= size)
						KUNIT_EXPECT_EQ(test, disk, 0);
				}
}

/* The disk may stop short of what it was asked for */
static void span_result_short(struct kunit *test)
{
	const struct place *p = test->param_value;
	int pos, disk, size;

	for (size = 1; size <= SMALL; size++)
		for (pos = 0; pos < size; pos++)
			for (disk = 0; disk <= SMALL; disk++)
				one_result(test, p->base, pos, disk, size);
}

#define LAST	((u64)LLONG_MAX)

static const struct big {
	const char *desc;
	u64 pos, count, size, mask, disk, result;
} bigs[] = {
	{ "largest file, from its start",
	  0, LAST, LAST, 0, LAST, LAST },
	{ "largest file, last block of 4096",
	  LAST - 4095, 4096, LAST, 511, 4096, 4095 },
	{ "largest file, its last sector, large buffer",
	  LAST - 511, INT_MAX - 4095, LAST, 511, 512, 511 },
	{ "largest file, its last byte",
	  LAST - 1, 1, LAST, 0, 1, 1 },
	{ "buffer of 2 GiB less a page, the most that one read takes",
	  0, INT_MAX - 4095, LAST, 4095, INT_MAX - 4095, INT_MAX - 4095 },
	{ "file longer than 4 GiB, buffer longer than that",
	  0, 6ULL << 30, (5ULL << 30) + 1, 4095, (5ULL << 30) + 4096,
	  (5ULL << 30) + 1 },
	{ "offset above 4 GiB, whose low half is behind the size's",
	  (1ULL << 32) + 8192, 4096, (2ULL << 32) + 4096, 4095, 4096, 4096 },
	{ "one byte in a block of 64 KiB",
	  0, 65536, 1, 65535, 65536, 1 },
	{ "one byte behind a block of 64 KiB",
	  65536, 1 << 20, 65537, 65535, 65536, 1 },
};

KUNIT_ARRAY_PARAM_DESC(big, bigs, desc);

static void span_large(struct kunit *test)
{
	const struct big *b = test->param_value;
	size_t disk = bpio_span_disk(b->pos, b->count, b->size, b->mask);

	KUNIT_EXPECT_EQ(test, disk, b->disk);
	KUNIT_EXPECT_EQ(test, bpio_span_result(b->pos, disk, b->size),
			b->result);
}

/* A bit of either side must not get lost on the way through narrower types */
static void span_aligned_bits(struct kunit *test)
{
	int bit;

	for (bit = 0; bit < 63; bit++) {
		KUNIT_EXPECT_EQ(test, bpio_span_aligned(1ULL << bit, 0, 4095),
				bit >= 12);
		KUNIT_EXPECT_EQ(test, bpio_span_aligned(0, 1UL << bit, 4095),
				bit >= 12);
		KUNIT_EXPECT_EQ(test, bpio_span_aligned(0, 1UL << bit, 0), true);
	}
}

static struct kunit_case span_cases[] = {
	KUNIT_CASE_PARAM(span_aligned, place_gen_params),
	KUNIT_CASE(span_aligned_bits),
	KUNIT_CASE_PARAM(span_disk_aligned, place_gen_params),
	KUNIT_CASE_PARAM(span_disk_bounds, place_gen_params),
	KUNIT_CASE_PARAM(span_result_short, place_gen_params),
	KUNIT_CASE_PARAM(span_large, big_gen_params),
	{}
};

static struct kunit_suite span_suite = {
	.name = "bpio_span",
	.test_cases = span_cases,
};

kunit_test_suite(span_suite);

MODULE_DESCRIPTION("KUnit suite: arithmetic of one read");
MODULE_LICENSE("GPL");
