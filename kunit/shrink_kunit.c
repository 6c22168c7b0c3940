// SPDX-License-Identifier: GPL-2.0
/*
 * Giving back what maps take: which leaves go, that the others stay, and that
 * what is filled again is what it was.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>

#include "map_fixture.h"

#define MIB	(1024 * 1024ULL)
#define BLOCKS	4096U

static const struct kind {
	const char *desc;
	unsigned int data, hole;	/* blocks, again and again */
} kinds[] = {
	{ "every block alone", 1, 0 },
	{ "pairs between holes", 2, 3 },
	{ "extents longer than a window", 700, 0 },
	{ "long extents between holes", 300, 41 },
	{ "one extent", BLOCKS, 0 },
	{ "all hole", 0, BLOCKS },
};

KUNIT_ARRAY_PARAM_DESC(kind, kinds, desc);

static struct fake *new_file(struct kunit *test, const struct kind *kind)
{
	struct fake *f = fake_new(test, 12, BLOCKS << 12, 0);
	const unsigned int period = kind->data + kind->hole;
	u64 at;

	for (at = 0; at < f->nr; at++)
		if (at % period < kind->data)
			f->disk[at] = 100 + at + at / period;
	return f;
}

/* Each window, one after the other or here and there */
static void fill_all(struct kunit *test, struct fake *f, unsigned int step)
{
	unsigned int i, windows = f->nr / 256;

	for (i = 0; i < windows; i++)
		KUNIT_EXPECT_EQ(test, 0, fake_fill(f, i * step % windows * MIB,
						   1));
}

/* What is not found any more counts as never asked for. Return: how much is */
static u64 forget(struct fake *f)
{
	struct bpio_extent e;
	u64 at, known = 0;

	for (at = 0; at < f->nr; at++) {
		f->asked[at] = bpio_map_find(f->map, fake_pos(f, at), &e);
		known += f->asked[at];
	}
	return known;
}

/* The clock comes by once; each leaf is unused then, unless somebody reads */
static unsigned long once_round(struct fake *f)
{
	unsigned long scanned;

	return bpio_shrink(f->map->count, &scanned);
}

static void check_empty(struct kunit *test, struct fake *f)
{
	KUNIT_EXPECT_EQ(test, forget(f), 0);
	KUNIT_EXPECT_EQ(test, fake_check(test, f, 61), 0);
	KUNIT_EXPECT_EQ(test, f->map->leaves, 0);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(f->map->root));
	KUNIT_EXPECT_EQ(test, f->map->bytes, sizeof(*f->map));
}

static void shrink_all(struct kunit *test)
{
	struct fake *f = new_file(test, test->param_value);
	unsigned long count, scanned;
	sector_t sector;
	int i;

	for (i = 0; i < 3; i++) {
		fill_all(test, f, 1 + 2 * i);
		count = f->map->count;
		KUNIT_EXPECT_EQ(test, fake_check(test, f, 61), count);
		/* All were used, since they are new; then none is */
		KUNIT_EXPECT_EQ(test, bpio_shrink(count, &scanned), 0);
		KUNIT_EXPECT_EQ(test, scanned, count);
		KUNIT_EXPECT_EQ(test, bpio_shrink(count, &scanned), count);
		check_empty(test, f);
		KUNIT_EXPECT_EQ(test, bpio_map_run(f->map, 0, 4096, &sector), 0);
		/* Nothing is left, and that is no reason to go on for ever */
		KUNIT_EXPECT_EQ(test, bpio_shrink(ULONG_MAX, &scanned), 0);
		KUNIT_EXPECT_EQ(test, scanned, 0);
	}
}

/* What was read meanwhile stays; what is filled again is what it was */
static void shrink_some(struct kunit *test)
{
	struct fake *f = new_file(test, test->param_value);
	struct bpio_extent e;
	unsigned int count;
	u64 at, known;
	int i;

	for (i = 0; i < 12; i++) {
		at = i * 997 % f->nr;
		fill_all(test, f, 1 + 2 * (i % 8));
		count = f->map->count;
		once_round(f);
		KUNIT_EXPECT_EQ(test, f->map->count, count);
		KUNIT_EXPECT_TRUE(test, bpio_map_find(f->map, fake_pos(f, at),
						      &e));
		once_round(f);
		KUNIT_EXPECT_TRUE(test, bpio_map_find(f->map, fake_pos(f, at),
						      &e));
		known = forget(f);
		KUNIT_EXPECT_GT(test, known, 0);
		/* More than there is room for in one leaf */
		if (count > 300)
			KUNIT_EXPECT_LT(test, known, f->nr);
		fake_check_extents(test, f);
		/* Over the edges of what is left, whole windows at once */
		KUNIT_EXPECT_EQ(test, fake_fill(f, fake_pos(f, at / 2), MIB), 0);
		forget(f);
		fake_check_extents(test, f);
		KUNIT_EXPECT_EQ(test, fake_fill(f, 0, BLOCKS << 12), 0);
		KUNIT_EXPECT_EQ(test, forget(f), f->nr);
		fake_check_extents(test, f);
	}
	fake_check(test, f, 61);
}

/* A map that is being filled is left alone, and the others are not */
static void shrink_busy(struct kunit *test)
{
	struct fake *busy = new_file(test, &kinds[0]), *f;
	unsigned long scanned;

	KUNIT_EXPECT_EQ(test, fake_fill(busy, 0, 1), 0);
	/* As if somebody else did: below, another map is filled */
	mutex_lock_nested(&busy->map->lock, SINGLE_DEPTH_NESTING);
	KUNIT_EXPECT_EQ(test, bpio_shrink(ULONG_MAX, &scanned), 0);
	KUNIT_EXPECT_EQ(test, scanned, 0);
	f = new_file(test, &kinds[0]);
	fill_all(test, f, 1);
	KUNIT_EXPECT_EQ(test, bpio_shrink(3 * BLOCKS, &scanned), BLOCKS);
	check_empty(test, f);
	mutex_unlock(&busy->map->lock);
	KUNIT_EXPECT_EQ(test, fake_check(test, busy, 61), 256);
	bpio_map_free(busy->map);
}

/* What cannot be asked for any more, bmap() says is not on the disk */
static void shrink_error(struct kunit *test)
{
	struct fake *f = new_file(test, &kinds[0]);
	sector_t sector;

	fill_all(test, f, 1);
	KUNIT_EXPECT_EQ(test, bpio_map_covers(f->map, 0, MIB), 1);
	once_round(f);
	once_round(f);
	memset(f->disk, 0, f->nr * sizeof(*f->disk));
	fill_all(test, f, 1);
	KUNIT_EXPECT_EQ(test, bpio_map_run(f->map, 0, 4096, &sector), 0);
	KUNIT_EXPECT_EQ(test, bpio_map_run(f->map, 8192, MIB, &sector), 0);
}

/* The sums go up with what is filled, and back again */
static void shrink_sums(struct kunit *test)
{
	u64 extents, bytes, now, now_bytes;
	struct fake *f;

	bpio_maps_sum(&extents, &bytes);
	f = new_file(test, &kinds[0]);
	fill_all(test, f, 3);
	bpio_maps_sum(&now, &now_bytes);
	KUNIT_EXPECT_EQ(test, now - extents, BLOCKS);
	KUNIT_EXPECT_EQ(test, now_bytes - bytes, f->map->bytes);
	once_round(f);
	once_round(f);
	fill_all(test, f, 1);
	bpio_map_free(f->map);
	test->priv = NULL;
	bpio_maps_sum(&now, &now_bytes);
	KUNIT_EXPECT_EQ(test, now, extents);
	KUNIT_EXPECT_EQ(test, now_bytes, bytes);
}

struct reader {
	struct fake *f;
	bool stop;
	long found, wrong;
	struct completion started;
};

static int read_on(void *arg)
{
	struct reader *r = arg;
	struct fake *f = r->f;
	sector_t sector;
	u64 at = 0;

	complete(&r->started);
	while (!READ_ONCE(r->stop)) {
		at = (at + 61) % f->nr;
		if (bpio_map_look(f->map, fake_pos(f, at), 4096, &sector)) {
			r->found++;
			r->wrong += sector != fake_sector(f, at);
		}
		if (f->disk[at] &&
		    bpio_map_run(f->map, fake_pos(f, at), 4096, &sector))
			r->wrong += sector != fake_sector(f, at);
		cond_resched();
	}
	return 0;
}

/* Who reads while leaves go finds the truth or nothing */
static void shrink_read(struct kunit *test)
{
	struct reader r = {};
	struct task_struct *task;
	unsigned long scanned, freed = 0;
	int i;

	r.f = new_file(test, test->param_value);
	init_completion(&r.started);
	task = kthread_run(read_on, &r, "bpio_read");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wait_for_completion(&r.started);
	for (i = 0; i < 20; i++) {
		fill_all(test, r.f, 1 + 2 * (i % 8));
		freed += bpio_shrink(3 * BLOCKS, &scanned);
	}
	WRITE_ONCE(r.stop, true);
	kthread_stop(task);
	put_task_struct(task);
	kunit_info(test, "%ld found, %lu given back", r.found, freed);
	KUNIT_EXPECT_EQ(test, r.wrong, 0);
	KUNIT_EXPECT_GT(test, freed, 0);
}

static struct kunit_case shrink_cases[] = {
	KUNIT_CASE_PARAM(shrink_all, kind_gen_params),
	KUNIT_CASE_PARAM(shrink_some, kind_gen_params),
	KUNIT_CASE(shrink_busy),
	KUNIT_CASE(shrink_error),
	KUNIT_CASE(shrink_sums),
	KUNIT_CASE_PARAM(shrink_read, kind_gen_params),
	{}
};

static struct kunit_suite shrink_suite = {
	.name = "bpio_shrink",
	.exit = fake_free,
	.test_cases = shrink_cases,
};

kunit_test_suite(shrink_suite);

MODULE_DESCRIPTION("KUnit suite: giving back what maps take");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
