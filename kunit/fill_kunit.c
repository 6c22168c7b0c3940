// SPDX-License-Identifier: GPL-2.0
/*
 * Filling a map: what is asked for, what is left of it when it is stopped or
 * fails half-way, and that readers may look on.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>

#include "map_fixture.h"

#define KIB	1024ULL
#define MIB	(1024 * KIB)

/* One extent; every block alone; pairs with a hole between */
static const struct pattern {
	const char *desc;
	unsigned int data, hole;	/* blocks; data 0: one extent */
} patterns[] = {
	{ "one extent", 0, 0 },
	{ "every block alone", 1, 0 },
	{ "pairs", 2, 0 },
	{ "pairs between holes", 2, 3 },
	{ "all hole", 0, 1 },
};

KUNIT_ARRAY_PARAM_DESC(pattern, patterns, desc);

static void lay_out(struct fake *f, const struct pattern *p)
{
	const unsigned int period = p->data + p->hole;
	u64 at;

	for (at = 0; at < f->nr; at++) {
		if (!period)
			f->disk[at] = 100 + at;
		else if (at % period < p->data)
			f->disk[at] = 100 + at + at / period;
		else
			f->disk[at] = 0;
	}
}

/* Stopped before each block in turn: every answer that it got is kept */
static void fill_stopped(struct kunit *test)
{
	struct fake *f = fake_new(test, 16, 5 * MIB / 2, 0);
	u64 n;

	lay_out(f, test->param_value);
	for (n = 0; n < f->nr; n++) {
		f->stop_after = n;
		KUNIT_EXPECT_EQ(test, fake_fill(f, 0, 3 * MIB), -EINTR);
		KUNIT_EXPECT_EQ(test, f->calls, n);
		fake_check(test, f, 11);
	}
	f->stop_after = U64_MAX;
	KUNIT_EXPECT_EQ(test, fake_fill(f, 0, 3 * MIB), 0);
	fake_check_asked(test, f);
	KUNIT_EXPECT_EQ(test, f->calls, f->nr);
	fake_check(test, f, 11);
}

/* The same with one stop per map, so that each starts from nothing */
static void fill_stopped_once(struct kunit *test)
{
	struct fake *f;
	u64 n;

	for (n = 0; n <= 40; n += 5) {
		f = fake_new(test, 16, 5 * MIB / 2, 0);
		lay_out(f, test->param_value);
		f->stop_after = n;
		KUNIT_EXPECT_EQ(test, fake_fill(f, 0, f->nr << 16),
				n < f->nr ? -EINTR : 0);
		/* Asked before each block, and not again after the last */
		KUNIT_EXPECT_EQ(test, f->stops, min(n + 1, f->nr));
		fake_check(test, f, 11);
		fake_check_asked(test, f);
		bpio_map_free(f->map);
		test->priv = NULL;
	}
}

static void fill_error(struct kunit *test)
{
	struct fake *f;
	u64 n;

	for (n = 0; n < 40; n += 3) {
		f = fake_new(test, 16, 5 * MIB / 2, 0);
		lay_out(f, test->param_value);
		f->fail = n;
		KUNIT_EXPECT_EQ(test, fake_fill(f, 0, f->nr << 16), -EIO);
		KUNIT_EXPECT_EQ(test, f->calls, n + 1);
		fake_check(test, f, 11);
		/* Nothing was made up about the block that failed */
		KUNIT_EXPECT_EQ(test, bpio_map_covers(f->map, n << 16, 1),
				-ENODATA);
		KUNIT_EXPECT_EQ(test, fake_fill(f, n << 16, 1), -EIO);

		f->fail = -1;
		KUNIT_EXPECT_EQ(test, fake_fill(f, 0, f->nr << 16), 0);
		fake_check(test, f, 11);
		fake_check_asked(test, f);
		KUNIT_EXPECT_EQ(test, f->calls, f->nr + 2);
		bpio_map_free(f->map);
		test->priv = NULL;
	}
}

static const struct window {
	const char *desc;
	u64 size, pos, len;
	u64 first, last;	/* blocks of 4 KiB that are asked for: [first, last) */
} windows[] = {
	{ "first byte", 4 * MIB, 0, 1, 0, 256 },
	{ "last byte of a window", 4 * MIB, MIB - 1, 1, 0, 256 },
	{ "first byte of a window", 4 * MIB, MIB, 1, 256, 512 },
	{ "two bytes across", 4 * MIB, MIB - 1, 2, 0, 512 },
	{ "a window", 4 * MIB, MIB, MIB, 256, 512 },
	{ "a window and a byte", 4 * MIB, MIB, MIB + 1, 256, 768 },
	{ "a window from its middle", 4 * MIB, MIB / 2, MIB, 0, 512 },
	{ "last byte of the file", 3 * MIB + 1, 3 * MIB, 1, 768, 769 },
	{ "beyond the file", 3 * MIB + 1, 3 * MIB, 5 * MIB, 768, 769 },
	{ "in the last block, behind the file", 3 * MIB + 1, 3 * MIB + 4000, 96,
	  768, 769 },
	{ "behind the last block", 3 * MIB, 3 * MIB, 4096, 0, 0 },
	{ "far behind the last block", 3 * MIB, 1ULL << 40, 4096, 0, 0 },
	{ "short file", 10, 0, MIB, 0, 1 },
	{ "empty file", 0, 0, MIB, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(window, windows, desc);

static void fill_window(struct kunit *test)
{
	const struct window *w = test->param_value;
	struct fake *f = fake_new(test, 12, w->size, 0);
	u64 at;

	lay_out(f, &patterns[3]);
	KUNIT_EXPECT_EQ(test, fake_fill(f, w->pos, w->len), 0);
	KUNIT_EXPECT_EQ(test, f->stray, 0);
	KUNIT_EXPECT_EQ(test, f->calls, w->last - w->first);
	for (at = 0; at < f->nr; at++)
		KUNIT_EXPECT_EQ(test, f->asked[at],
				at >= w->first && at < w->last);
	fake_check(test, f, 31);
}

/* As if there were a quarter of a million extents already, but for three */
static void fill_limit(struct kunit *test)
{
	struct fake *f = fake_new(test, 12, 2 * MIB, 0);

	lay_out(f, &patterns[2]);
	f->map->count = BPIO_MAP_MAX - 3;
	KUNIT_EXPECT_EQ(test, fake_fill(f, 0, 1), -EFBIG);
	KUNIT_EXPECT_EQ(test, f->map->count, BPIO_MAP_MAX);
	KUNIT_EXPECT_EQ(test, bpio_map_covers(f->map, 0, 6 * 4096), 1);
	KUNIT_EXPECT_EQ(test, bpio_map_covers(f->map, 6 * 4096, 1), -ENODATA);
	/* And again, and nothing is added */
	KUNIT_EXPECT_EQ(test, fake_fill(f, 0, 1), -EFBIG);
	KUNIT_EXPECT_EQ(test, f->map->count, BPIO_MAP_MAX);
	KUNIT_EXPECT_EQ(test, bpio_map_covers(f->map, 6 * 4096, 1), -ENODATA);
	KUNIT_EXPECT_EQ(test, f->stray, 0);
}

/* What makes an extent longer is no extent more */
static void fill_limit_grows(struct kunit *test)
{
	struct fake *f = fake_new(test, 12, 3 * MIB, 0);

	lay_out(f, &patterns[0]);
	KUNIT_EXPECT_EQ(test, fake_fill(f, 0, 1), 0);
	f->map->count = BPIO_MAP_MAX;
	KUNIT_EXPECT_EQ(test, fake_fill(f, MIB, 1), 0);
	KUNIT_EXPECT_EQ(test, bpio_map_covers(f->map, 0, 2 * MIB), 1);
	f->map->count = 1;
	fake_check(test, f, 16);
}

static void fill_free_nothing(struct kunit *test)
{
	bpio_map_free(NULL);
	fake_new(test, 12, MIB, 0);
}

struct onlooker {
	struct fake *f;
	bool stop;
	long looks, found, wrong;
	u8 *seen;
	struct completion started;
};

/* Whatever is found while it is being filled is right, and stays found */
static int look_on(void *arg)
{
	struct onlooker *o = arg;
	struct fake *f = o->f;
	struct bpio_extent e;
	sector_t sector;
	u64 at = 0;

	complete(&o->started);
	while (!READ_ONCE(o->stop)) {
		at = (at + 61) % f->nr;
		o->looks++;
		if (bpio_map_look(f->map, fake_pos(f, at), 4096, &sector)) {
			o->found++;
			o->wrong += sector != fake_sector(f, at);
			o->seen[at] = true;
		} else if (o->seen[at]) {
			o->wrong++;
		}
		if (bpio_map_find(f->map, fake_pos(f, at), &e) &&
		    (e.sector ? e.sector + ((fake_pos(f, at) - e.start) >>
					    SECTOR_SHIFT) : 0) !=
		    fake_sector(f, at))
			o->wrong++;
		cond_resched();
	}
	return 0;
}

static void fill_watched(struct kunit *test)
{
	struct onlooker o = {};
	struct task_struct *task;
	u64 i;

	o.f = fake_new(test, 12, 61 * MIB, 0);
	o.seen = kunit_kzalloc(test, o.f->nr, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, o.seen);
	lay_out(o.f, test->param_value);
	init_completion(&o.started);
	task = kthread_run(look_on, &o, "bpio_look");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wait_for_completion(&o.started);
	/* All windows, here and there */
	for (i = 0; i < 61; i++)
		KUNIT_EXPECT_EQ(test, fake_fill(o.f, i * 23 % 61 * MIB, 1), 0);
	WRITE_ONCE(o.stop, true);
	kthread_stop(task);
	put_task_struct(task);
	kunit_info(test, "%ld looks, %ld found", o.looks, o.found);
	KUNIT_EXPECT_EQ(test, o.wrong, 0);
	KUNIT_EXPECT_GT(test, o.looks, 0);
	fake_check_extents(test, o.f);
}

static struct kunit_case fill_cases[] = {
	KUNIT_CASE_PARAM(fill_window, window_gen_params),
	KUNIT_CASE_PARAM(fill_stopped, pattern_gen_params),
	KUNIT_CASE_PARAM(fill_stopped_once, pattern_gen_params),
	KUNIT_CASE_PARAM(fill_error, pattern_gen_params),
	KUNIT_CASE(fill_limit),
	KUNIT_CASE(fill_limit_grows),
	KUNIT_CASE(fill_free_nothing),
	KUNIT_CASE_PARAM(fill_watched, pattern_gen_params),
	{}
};

static struct kunit_suite fill_suite = {
	.name = "bpio_fill",
	.exit = fake_free,
	.test_cases = fill_cases,
};

kunit_test_suite(fill_suite);

MODULE_DESCRIPTION("KUnit suite: filling a map");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
