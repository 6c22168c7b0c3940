// SPDX-License-Identifier: GPL-2.0
/*
 * The sorted lists of a map: what is added to them in which order, what is
 * joined, and what is left when memory is short. Next to them stands a naive
 * list: a sector for each block, or not.
 */
#include <linux/module.h>

#include "map_fixture.h"

/* In blocks of 4 KiB; @disk is 0 for a hole, a run of no blocks ends a list */
struct run {
	u64 first, nr, disk;
};

static struct bpio_extent extent_of(const struct run *r)
{
	return (struct bpio_extent) {
		.start = r->first << 12,
		.end = (r->first + r->nr) << 12,
		.sector = r->disk << (12 - SECTOR_SHIFT),
	};
}

static int add_run(struct fake *f, const struct run *r)
{
	struct bpio_extent e = extent_of(r);
	int ret;

	mutex_lock(&f->map->lock);
	ret = bpio_map_add(f->map, &e, 1);
	mutex_unlock(&f->map->lock);
	if (!ret)
		fake_know(f, r->first, r->nr, r->disk);
	return ret;
}

static const struct lists {
	const char *desc;
	struct run add[6], want[6];
} lists[] = {
	{ "nothing", {}, {} },
	{ "one", { { 3, 4, 9 } }, { { 3, 4, 9 } } },
	{ "apart", { { 0, 2, 9 }, { 4, 2, 50 } }, { { 0, 2, 9 }, { 4, 2, 50 } } },
	{ "goes on", { { 0, 2, 9 }, { 2, 2, 11 } }, { { 0, 4, 9 } } },
	{ "goes on in front", { { 2, 2, 11 }, { 0, 2, 9 } }, { { 0, 4, 9 } } },
	{ "closes a gap", { { 0, 2, 9 }, { 4, 2, 13 }, { 2, 2, 11 } },
	  { { 0, 6, 9 } } },
	{ "closes a gap, joined on the left",
	  { { 0, 2, 9 }, { 4, 2, 50 }, { 2, 2, 11 } },
	  { { 0, 4, 9 }, { 4, 2, 50 } } },
	{ "closes a gap, joined on the right",
	  { { 0, 2, 9 }, { 4, 2, 50 }, { 2, 2, 48 } },
	  { { 0, 2, 9 }, { 2, 4, 48 } } },
	{ "closes a gap, joined with neither",
	  { { 0, 2, 9 }, { 4, 2, 50 }, { 2, 2, 70 } },
	  { { 0, 2, 9 }, { 2, 2, 70 }, { 4, 2, 50 } } },
	{ "on the disk goes on, in the file does not",
	  { { 0, 2, 9 }, { 3, 2, 11 } }, { { 0, 2, 9 }, { 3, 2, 11 } } },
	{ "backwards on the disk", { { 0, 2, 11 }, { 2, 2, 9 } },
	  { { 0, 2, 11 }, { 2, 2, 9 } } },
	{ "holes are joined", { { 0, 2, 0 }, { 4, 2, 0 }, { 2, 2, 0 } },
	  { { 0, 6, 0 } } },
	{ "hole after data", { { 0, 2, 9 }, { 2, 2, 0 } },
	  { { 0, 2, 9 }, { 2, 2, 0 } } },
	{ "data after a hole", { { 0, 2, 0 }, { 2, 2, 1 } },
	  { { 0, 2, 0 }, { 2, 2, 1 } } },
	{ "hole between what goes on", { { 0, 2, 9 }, { 4, 2, 11 }, { 2, 2, 0 } },
	  { { 0, 2, 9 }, { 2, 2, 0 }, { 4, 2, 11 } } },
	{ "from behind",
	  { { 10, 1, 5 }, { 8, 1, 9 }, { 6, 1, 3 }, { 4, 1, 7 }, { 2, 1, 1 } },
	  { { 2, 1, 1 }, { 4, 1, 7 }, { 6, 1, 3 }, { 8, 1, 9 }, { 10, 1, 5 } } },
};

KUNIT_ARRAY_PARAM_DESC(list, lists, desc);

static void extents_list(struct kunit *test)
{
	const struct lists *l = test->param_value;
	struct fake *f = fake_new(test, 12, 16 << 12, 0);
	const struct run *r;
	struct bpio_extent e, want;
	unsigned int sum = 0;

	for (r = l->add; r < l->add + ARRAY_SIZE(l->add) && r->nr; r++) {
		KUNIT_EXPECT_EQ(test, add_run(f, r), 0);
		fake_check(test, f, 1);
	}
	for (r = l->want; r < l->want + ARRAY_SIZE(l->want) && r->nr; r++) {
		want = extent_of(r);
		KUNIT_ASSERT_TRUE(test, bpio_map_find(f->map, want.start, &e));
		KUNIT_EXPECT_EQ(test, e.start, want.start);
		KUNIT_EXPECT_EQ(test, e.end, want.end);
		KUNIT_EXPECT_EQ(test, e.sector, want.sector);
		sum++;
	}
	KUNIT_EXPECT_EQ(test, fake_check(test, f, 1), sum);
}

#define MANY	10000U

enum order { FORWARD, BACKWARD, SCATTERED };

static const struct many {
	const char *desc;
	enum order order;
	unsigned int batch;	/* so many at a time, in the file's order */
} manies[] = {
	{ "from the front, one by one", FORWARD, 1 },
	{ "from the front, many at a time", FORWARD, BPIO_MAP_BATCH },
	{ "from behind, one by one", BACKWARD, 1 },
	{ "from behind, many at a time", BACKWARD, 48 },
	{ "here and there, one by one", SCATTERED, 1 },
	{ "here and there, two at a time", SCATTERED, 2 },
	{ "here and there, many at a time", SCATTERED, 33 },
};

KUNIT_ARRAY_PARAM_DESC(many, manies, desc);

/* Number n has blocks 3n and 3n + 1; behind it is a hole of one block */
static struct bpio_extent numbered(u64 n, bool hole)
{
	const struct run run = { 3 * n + 2 * hole, 2 - hole, hole ? 0 : 7 + 5 * n };

	return extent_of(&run);
}

static void add_group(struct kunit *test, struct bpio_map *map, u64 first,
		      unsigned int nr, bool hole)
{
	struct bpio_extent batch[BPIO_MAP_BATCH];
	unsigned int i;

	for (i = 0; i < nr && first + i < MANY; i++)
		batch[i] = numbered(first + i, hole);
	mutex_lock(&map->lock);
	KUNIT_EXPECT_EQ(test, bpio_map_add(map, batch, i), 0);
	mutex_unlock(&map->lock);
	cond_resched();
}

static void add_many(struct kunit *test, struct bpio_map *map,
		     const struct many *m, bool hole)
{
	/* A hole is alone: between two of them is something else */
	unsigned int batch = hole ? 1 : m->batch;
	u64 groups = DIV_ROUND_UP(MANY, batch), i, g;

	for (i = 0; i < groups; i++) {
		g = i;
		if (m->order == BACKWARD)
			g = groups - 1 - i;
		else if (m->order == SCATTERED)
			/* A prime, so that all have their turn */
			div64_u64_rem(i * 7919, groups, &g);
		add_group(test, map, g * batch, batch, hole);
	}
}

static void check_many(struct kunit *test, struct bpio_map *map, bool holes)
{
	struct bpio_extent e, want;
	sector_t sector;
	long wrong = 0;
	u64 n;

	for (n = 0; n < MANY; n++) {
		want = numbered(n, false);
		wrong += !bpio_map_find(map, want.start, &e) ||
			 memcmp(&e, &want, sizeof(e));
		wrong += !bpio_map_find(map, want.end - 1, &e) ||
			 memcmp(&e, &want, sizeof(e));
		wrong += !bpio_map_look(map, want.end - 512, 512, &sector) ||
			 sector != want.sector + 15;
		wrong += bpio_map_look(map, want.end - 512, 1024, &sector);
		want = numbered(n, true);
		wrong += bpio_map_find(map, want.start, &e) != holes;
		wrong += holes && memcmp(&e, &want, sizeof(e));
		wrong += bpio_map_look(map, want.start, 512, &sector);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, map->count, holes ? 2 * MANY : MANY);
	/* What it takes is known, and not much more than 24 for each */
	KUNIT_EXPECT_GT(test, map->bytes, 24 * map->count);
	KUNIT_EXPECT_LT(test, map->bytes, 52 * map->count);
	kunit_info(test, "%u extents in %zu bytes", map->count, map->bytes);
}

static void extents_many(struct kunit *test)
{
	struct fake *f = fake_new(test, 12, 0, 0);

	add_many(test, f->map, test->param_value, false);
	check_many(test, f->map, false);
	add_many(test, f->map, test->param_value, true);
	check_many(test, f->map, true);
}

/* The map's own allocations, until there are no more */
static int allocs_left;

static void *alloc_some(size_t size)
{
	if (!allocs_left)
		return NULL;
	allocs_left--;
	return kvmalloc(size, GFP_KERNEL);
}

/*
 * At each step memory is short a little later than before, until it is enough:
 * each time nothing has changed, and nothing is lost.
 */
static void extents_no_memory(struct kunit *test)
{
	const struct run all = { 0, 1, 100 };
	struct fake *f = fake_new(test, 12, 4001 << 12, 0);
	struct run run = all;
	unsigned int i, count, short_of = 0;
	size_t bytes;
	int ret, enough;

	f->map->alloc = alloc_some;
	for (i = 0; i < 2000; i++) {
		/* In front, at the end and between, and some that are joined */
		run.first = i % 4 ? (i * 1237) % 2000 * 2 + 1 : i / 4 * 8;
		run.disk = i % 5 ? 10 + i * 3 : 100 + run.first;
		if (f->asked[run.first])
			continue;
		for (enough = 0, ret = -ENOMEM; ret; enough++) {
			allocs_left = enough;
			count = f->map->count;
			bytes = f->map->bytes;
			ret = add_run(f, &run);
			if (!ret)
				break;
			KUNIT_ASSERT_EQ(test, ret, -ENOMEM);
			KUNIT_EXPECT_EQ(test, f->map->count, count);
			KUNIT_EXPECT_EQ(test, f->map->bytes, bytes);
			short_of = max_t(unsigned int, short_of, enough + 1);
			if (i % 64 == 0)
				fake_check_extents(test, f);
			KUNIT_ASSERT_LT(test, enough, 4);
		}
	}
	/* Two leaves and a root */
	KUNIT_EXPECT_EQ(test, short_of, 3);
	fake_check(test, f, 97);
}

/* A batch of which the first goes on in what is there, and the last does */
static void extents_batch(struct kunit *test)
{
	const struct run runs[] = {
		{ 2, 2, 52 }, { 6, 2, 30 }, { 10, 2, 90 }, { 14, 1, 40 },
	};
	const struct run ends[] = { { 0, 2, 50 }, { 15, 3, 41 } };
	struct fake *f = fake_new(test, 12, 20 << 12, 0);
	struct bpio_extent batch[ARRAY_SIZE(runs)];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ends); i++)
		KUNIT_EXPECT_EQ(test, add_run(f, &ends[i]), 0);
	for (i = 0; i < ARRAY_SIZE(runs); i++) {
		batch[i] = extent_of(&runs[i]);
		fake_know(f, runs[i].first, runs[i].nr, runs[i].disk);
	}
	mutex_lock(&f->map->lock);
	KUNIT_EXPECT_EQ(test, bpio_map_add(f->map, batch, i), 0);
	mutex_unlock(&f->map->lock);
	KUNIT_EXPECT_EQ(test, fake_check(test, f, 1), 4);
}

static struct kunit_case extents_cases[] = {
	KUNIT_CASE_PARAM(extents_list, list_gen_params),
	KUNIT_CASE_PARAM(extents_many, many_gen_params),
	KUNIT_CASE(extents_no_memory),
	KUNIT_CASE(extents_batch),
	{}
};

static struct kunit_suite extents_suite = {
	.name = "bpio_extents",
	.exit = fake_free,
	.test_cases = extents_cases,
};

kunit_test_suite(extents_suite);

MODULE_DESCRIPTION("KUnit suite: the sorted lists of a map");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
