// SPDX-License-Identifier: GPL-2.0
/*
 * From a file's layout to the extents that the map holds: written out in a
 * table, and with random layouts that are filled in random order.
 */
#include <linux/module.h>
#include <linux/prandom.h>

#include "map_fixture.h"

#define KIB	1024ULL
#define MIB	(1024 * KIB)
#define GIB	(1024 * MIB)

/* In blocks. A disk block of 0 is a hole; so is what no run mentions. */
struct run {
	u64 first, nr, disk;
};

enum order {
	WHOLE,		/* in one go */
	FORWARD,	/* window by window */
	BACKWARD,
	ODD_FIRST,	/* every other window, then those between */
};

struct layout {
	const char *desc;
	unsigned int blkbits;
	u64 base, size;
	enum order order;
	struct run runs[6];
	struct run want[10];	/* ends with one of no blocks */
};

/* A window is 256 blocks of 4 KiB, 1024 of 1 KiB, 16 of 64 KiB */
static const struct layout layouts[] = {
	{ "empty file", 12, 0, 0, WHOLE, {}, {} },
	{ "one byte", 12, 0, 1, WHOLE, { { 0, 1, 77 } }, { { 0, 1, 77 } } },
	{ "one block", 12, 0, 4096, WHOLE, { { 0, 1, 1 } }, { { 0, 1, 1 } } },
	{ "one block and a byte", 12, 0, 4097, WHOLE,
	  { { 0, 2, 50 } }, { { 0, 2, 50 } } },
	{ "one block less a byte", 12, 0, 4095, WHOLE,
	  { { 0, 1, 50 } }, { { 0, 1, 50 } } },
	{ "one extent in one go", 12, 0, 4 * MIB, WHOLE,
	  { { 0, 1024, 5000 } }, { { 0, 1024, 5000 } } },
	{ "one extent, window by window, becomes one", 12, 0, 4 * MIB, FORWARD,
	  { { 0, 1024, 5000 } }, { { 0, 1024, 5000 } } },
	{ "one extent, backwards, becomes one", 12, 0, 3 * MIB, BACKWARD,
	  { { 0, 768, 5000 } }, { { 0, 768, 5000 } } },
	{ "every other window first: gaps close on both sides", 12, 0,
	  4 * MIB, ODD_FIRST,
	  { { 0, 1024, 5000 } }, { { 0, 1024, 5000 } } },
	{ "every other window first: only what fits is joined", 12, 0,
	  4 * MIB, ODD_FIRST,
	  { { 0, 512, 5000 }, { 512, 512, 9000 } },
	  { { 0, 512, 5000 }, { 512, 512, 9000 } } },
	{ "size in mid-window and mid-block", 12, 0, MIB + 10000, FORWARD,
	  { { 0, 259, 900 } }, { { 0, 259, 900 } } },
	{ "window less a byte", 12, 0, MIB - 1, FORWARD,
	  { { 0, 256, 900 } }, { { 0, 256, 900 } } },
	{ "window and a byte", 12, 0, MIB + 1, BACKWARD,
	  { { 0, 257, 900 } }, { { 0, 257, 900 } } },
	{ "all hole", 12, 0, 3 * MIB, FORWARD, {}, { { 0, 768, 0 } } },
	{ "all hole, backwards", 12, 0, 2 * MIB, BACKWARD, {},
	  { { 0, 512, 0 } } },
	{ "hole in front", 12, 0, MIB, WHOLE, { { 100, 156, 8 } },
	  { { 0, 100, 0 }, { 100, 156, 8 } } },
	{ "hole behind", 12, 0, MIB, WHOLE, { { 0, 100, 8 } },
	  { { 0, 100, 8 }, { 100, 156, 0 } } },
	{ "holes between", 12, 0, 30 * 4096, WHOLE,
	  { { 0, 10, 1000 }, { 20, 5, 2000 } },
	  { { 0, 10, 1000 }, { 10, 10, 0 }, { 20, 5, 2000 }, { 25, 5, 0 } } },
	{ "one hole across windows", 12, 0, 3 * MIB, FORWARD,
	  { { 0, 200, 1000 }, { 600, 168, 3000 } },
	  { { 0, 200, 1000 }, { 200, 400, 0 }, { 600, 168, 3000 } } },
	{ "neighbours on the disk with a hole between", 12, 0, 12 * 4096, WHOLE,
	  { { 0, 4, 100 }, { 8, 4, 104 } },
	  { { 0, 4, 100 }, { 4, 4, 0 }, { 8, 4, 104 } } },
	{ "as far apart on the disk as in the file", 12, 0, 12 * 4096, WHOLE,
	  { { 0, 4, 100 }, { 8, 4, 108 } },
	  { { 0, 4, 100 }, { 4, 4, 0 }, { 8, 4, 108 } } },
	{ "neighbours in the file, apart on the disk", 12, 0, 8 * 4096, WHOLE,
	  { { 0, 4, 100 }, { 4, 4, 105 } }, { { 0, 4, 100 }, { 4, 4, 105 } } },
	{ "backwards on the disk", 12, 0, 4 * 4096, WHOLE,
	  { { 0, 1, 103 }, { 1, 1, 102 }, { 2, 1, 101 }, { 3, 1, 100 } },
	  { { 0, 1, 103 }, { 1, 1, 102 }, { 2, 1, 101 }, { 3, 1, 100 } } },
	{ "the same disk block twice", 12, 0, 4 * 4096, WHOLE,
	  { { 0, 2, 100 }, { 2, 2, 100 } }, { { 0, 2, 100 }, { 2, 2, 100 } } },
	{ "the same window of the disk twice", 12, 0, 2 * MIB, FORWARD,
	  { { 0, 256, 100 }, { 256, 256, 100 } },
	  { { 0, 256, 100 }, { 256, 256, 100 } } },
	{ "break at the window's edge", 12, 0, 2 * MIB, FORWARD,
	  { { 0, 256, 100 }, { 256, 256, 400 } },
	  { { 0, 256, 100 }, { 256, 256, 400 } } },
	{ "runs on in the next window, then breaks", 12, 0, 2 * MIB, FORWARD,
	  { { 0, 300, 100 }, { 300, 212, 1 } },
	  { { 0, 300, 100 }, { 300, 212, 1 } } },
	{ "blocks of 512", 9, 0, 20 * 512 - 1, WHOLE,
	  { { 0, 10, 3 }, { 10, 10, 13 } }, { { 0, 20, 3 } } },
	{ "blocks of 1 KiB", 10, 0, 2 * MIB + 1, FORWARD,
	  { { 0, 1500, 11 }, { 1500, 549, 9000 } },
	  { { 0, 1500, 11 }, { 1500, 549, 9000 } } },
	{ "blocks of 1 KiB with a hole", 10, 0, 9 * KIB + 1, WHOLE,
	  { { 0, 3, 1 }, { 5, 5, 6 } },
	  { { 0, 3, 1 }, { 3, 2, 0 }, { 5, 5, 6 } } },
	{ "blocks of 64 KiB", 16, 0, 3 * MIB - 70000, FORWARD,
	  { { 0, 40, 2 }, { 40, 7, 1000 } }, { { 0, 40, 2 }, { 40, 7, 1000 } } },
	{ "blocks of 64 KiB, one byte", 16, 0, 1, WHOLE,
	  { { 0, 1, 3 } }, { { 0, 1, 3 } } },
	{ "blocks longer than a window", 21, 0, 9 * MIB, BACKWARD,
	  { { 0, 4, 7 } },
	  { { 0, 4, 7 }, { 4, 1, 0 } } },
	{ "across 4 GiB", 12, (4 * GIB - MIB) >> 12, 4 * GIB + MIB, FORWARD,
	  { { 0, 512, 70 } }, { { 0, 512, 70 } } },
	{ "beyond 5 GiB, on a disk beyond 16 TiB", 12, (5 * GIB) >> 12,
	  5 * GIB + 5000, WHOLE,
	  { { 0, 1, 5ULL << 32 }, { 1, 1, 3ULL << 33 } },
	  { { 0, 1, 5ULL << 32 }, { 1, 1, 3ULL << 33 } } },
	{ "the last two windows below 2^63", 12,
	  ((1ULL << 63) - 2 * MIB) >> 12, LLONG_MAX, FORWARD,
	  { { 0, 300, 9 }, { 400, 112, 1 } },
	  { { 0, 300, 9 }, { 300, 100, 0 }, { 400, 112, 1 } } },
};

KUNIT_ARRAY_PARAM_DESC(layout, layouts, desc);

/* Fills every @step-th window from @first on; a byte of each is enough */
static void fill_windows(struct kunit *test, struct fake *f, u64 first,
			 u64 step)
{
	u64 window = max_t(u64, BPIO_MAP_WINDOW, BIT(f->inode.i_blkbits));
	u64 pos = fake_pos(f, 0) + first * window;

	for (; pos < fake_pos(f, f->nr); pos += step * window)
		KUNIT_EXPECT_EQ(test, fake_fill(f, pos + window / 3, 1), 0);
}

static void fill_in_order(struct kunit *test, struct fake *f, enum order order)
{
	u64 window = max_t(u64, BPIO_MAP_WINDOW, BIT(f->inode.i_blkbits));
	u64 bytes = fake_pos(f, f->nr) - fake_pos(f, 0), n;

	switch (order) {
	case WHOLE:
		KUNIT_EXPECT_EQ(test, 0, fake_fill(f, fake_pos(f, 0),
						   bytes ?: 1));
		break;
	case FORWARD:
		fill_windows(test, f, 0, 1);
		break;
	case BACKWARD:
		for (n = DIV_ROUND_UP_ULL(bytes, window); n; n--)
			fill_windows(test, f, n - 1, U32_MAX);
		break;
	case ODD_FIRST:
		fill_windows(test, f, 1, 2);
		fill_windows(test, f, 0, 2);
		break;
	}
}

static void map_layout(struct kunit *test)
{
	const struct layout *l = test->param_value;
	struct fake *f = fake_new(test, l->blkbits, l->size, l->base);
	const struct run *r;
	struct bpio_extent e;
	unsigned int sum = 0;
	u64 i, calls;

	for (r = l->runs; r < l->runs + ARRAY_SIZE(l->runs); r++)
		for (i = 0; i < r->nr; i++)
			f->disk[r->first + i] = r->disk + i;
	fake_check(test, f, 37);
	fill_in_order(test, f, l->order);
	fake_check_asked(test, f);
	/* Every block was asked for, so each of them once */
	KUNIT_EXPECT_EQ(test, f->calls, f->nr);

	for (r = l->want; r->nr; r++, sum++) {
		KUNIT_ASSERT_TRUE(test, bpio_map_find(f->map,
						      fake_pos(f, r->first),
						      &e));
		KUNIT_EXPECT_EQ(test, e.start, fake_pos(f, r->first));
		KUNIT_EXPECT_EQ(test, e.end, fake_pos(f, r->first + r->nr));
		KUNIT_EXPECT_EQ(test, (u64)e.sector,
				r->disk << (l->blkbits - SECTOR_SHIFT));
	}
	KUNIT_EXPECT_EQ(test, fake_check(test, f, 37), sum);

	/* Nothing is left to be asked, in a hole or elsewhere */
	calls = f->calls;
	fill_in_order(test, f, WHOLE);
	fill_in_order(test, f, FORWARD);
	KUNIT_EXPECT_EQ(test, f->calls, calls);
	KUNIT_EXPECT_EQ(test, fake_check(test, f, 101), sum);
}

static const struct shape {
	const char *desc;
	unsigned int blkbits;
	u64 size;
	unsigned int longest;	/* blocks in a run, at most */
	u64 seed;
} shapes[] = {
	{ "4 KiB, long runs", 12, 4 * MIB, 300, 1 },
	{ "4 KiB, short runs", 12, 4 * MIB, 4, 2 },
	{ "4 KiB, every block alone", 12, 2 * MIB - 5, 1, 3 },
	{ "4 KiB, odd size", 12, 3 * MIB + 12345, 40, 4 },
	{ "1 KiB, long runs", 10, 2 * MIB + 1, 900, 5 },
	{ "1 KiB, short runs", 10, MIB + 500, 9, 6 },
	{ "64 KiB, long runs", 16, 20 * MIB - 1, 30, 7 },
	{ "64 KiB, short runs", 16, 20 * MIB + 1, 2, 8 },
	{ "512, medium runs", 9, MIB, 60, 9 },
};

KUNIT_ARRAY_PARAM_DESC(shape, shapes, desc);

/* A hole, the next blocks of the disk, those of another file, or others */
static void random_layout(struct fake *f, unsigned int longest,
			  struct rnd_state *rnd)
{
	sector_t next = 1;
	u64 at = 0, nr;
	u32 kind;

	while (at < f->nr) {
		nr = min_t(u64, 1 + prandom_u32_state(rnd) % longest,
			   f->nr - at);
		kind = prandom_u32_state(rnd) % 4;
		if (kind > 1)
			next = 1 + prandom_u32_state(rnd) % 1000000;
		for (; nr; nr--, at++)
			f->disk[at] = kind ? next++ : 0;
	}
}

static void map_random(struct kunit *test)
{
	const struct shape *s = test->param_value;
	struct fake *f = fake_new(test, s->blkbits, s->size, 0);
	struct rnd_state rnd;
	u64 pos, len;
	int i;

	prandom_seed_state(&rnd, s->seed);
	random_layout(f, s->longest, &rnd);
	for (i = 0; i < 6; i++) {
		pos = prandom_u32_state(&rnd) % s->size;
		len = 1 + prandom_u32_state(&rnd) % (2 * BPIO_MAP_WINDOW);
		/* Half of them within one window */
		if (i % 2)
			len = 1;
		KUNIT_EXPECT_EQ(test, fake_fill(f, pos, len), 0);
		KUNIT_EXPECT_NE(test, bpio_map_covers(f->map, pos, 1), -ENODATA);
		fake_check(test, f, 64 + prandom_u32_state(&rnd) % 31);
	}
	KUNIT_EXPECT_EQ(test, fake_fill(f, 0, s->size), 0);
	fake_check(test, f, 61);
	fake_check_asked(test, f);
	KUNIT_EXPECT_EQ(test, f->calls, f->nr);
}

static struct kunit_case map_cases[] = {
	KUNIT_CASE_PARAM(map_layout, layout_gen_params),
	KUNIT_CASE_PARAM(map_random, shape_gen_params),
	{}
};

static struct kunit_suite map_suite = {
	.name = "bpio_map",
	.exit = fake_free,
	.test_cases = map_cases,
};

kunit_test_suite(map_suite);

MODULE_DESCRIPTION("KUnit suite: from layouts to extents");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
