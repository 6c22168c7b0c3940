/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file that exists as a list of disk blocks only, and a naive reading of it
 * that every answer of the map under test is compared with.
 */
#ifndef BPIO_MAP_FIXTURE_H
#define BPIO_MAP_FIXTURE_H

#include <kunit/test.h>

#include <linux/blk_types.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "map.h"

/**
 * struct fake - a file
 * @inode: as much of an inode as a map looks at
 * @sb: with a device
 * @bdev: that device
 * @map: the map under test
 * @base: block of the file that the arrays begin with; before it is a hole
 *	that nobody may ask for
 * @nr: blocks in the arrays
 * @disk: the block of the disk for each; 0: hole
 * @asked: how often each was asked for and answered
 * @calls: how often the map asked at all
 * @stray: how often it asked for a block that does not exist
 * @stops: how often it asked whether to stop
 * @stop_after: how many blocks it may ask for until it is told to stop
 * @fail: block that cannot be read; -1: none
 */
struct fake {
	struct inode inode;
	struct super_block sb;
	struct block_device bdev;
	struct bpio_map *map;
	u64 base;
	u64 nr;
	sector_t *disk;
	u8 *asked;
	u64 calls, stray, stops;
	u64 stop_after;
	s64 fail;
};

static inline int fake_bmap(struct inode *inode, sector_t *block)
{
	struct fake *f = container_of(inode, struct fake, inode);
	u64 at = *block - f->base;

	f->calls++;
	if (at >= f->nr) {
		f->stray++;
		*block = 0;
		return 0;
	}
	if (at == f->fail)
		return -EIO;
	f->asked[at]++;
	*block = f->disk[at];
	return 0;
}

static inline bool fake_stop(void *arg)
{
	struct fake *f = arg;

	f->stops++;
	return f->calls >= f->stop_after;
}

/* A file of @size bytes, all hole so far; its map is freed by fake_free() */
static inline struct fake *fake_new(struct kunit *test, unsigned int blkbits,
				    u64 size, u64 base)
{
	struct fake *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->base = base;
	f->nr = DIV_ROUND_UP_ULL(size, 1ULL << blkbits) - base;
	f->disk = kunit_kcalloc(test, f->nr + 1, sizeof(*f->disk), GFP_KERNEL);
	f->asked = kunit_kcalloc(test, f->nr + 1, sizeof(*f->asked), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->disk);
	KUNIT_ASSERT_NOT_NULL(test, f->asked);
	f->stop_after = U64_MAX;
	f->fail = -1;
	f->sb.s_bdev = &f->bdev;
	f->inode.i_sb = &f->sb;
	f->inode.i_blkbits = blkbits;
	f->inode.i_size = size;
	f->map = bpio_map_new(&f->inode);
	KUNIT_ASSERT_NOT_NULL(test, f->map);
	KUNIT_EXPECT_PTR_EQ(test, f->map->bdev, &f->bdev);
	KUNIT_EXPECT_EQ(test, (u64)f->map->size, size);
	f->map->bmap = fake_bmap;
	/* For the suite's ->exit */
	test->priv = f->map;
	return f;
}

static inline void fake_free(struct kunit *test)
{
	bpio_map_free(test->priv);
}

static inline int fake_fill(struct fake *f, u64 pos, u64 len)
{
	return bpio_map_fill(f->map, pos, len, fake_stop, f);
}

/* As if the map had asked for these blocks, and had got that */
static inline void fake_know(struct fake *f, u64 first, u64 nr, sector_t disk)
{
	u64 i;

	for (i = 0; i < nr; i++) {
		f->asked[first + i]++;
		f->disk[first + i] = disk ? disk + i : 0;
	}
}

/* Bytes at the start of a block of the arrays */
static inline u64 fake_pos(const struct fake *f, u64 at)
{
	return (f->base + at) << f->inode.i_blkbits;
}

static inline sector_t fake_sector(const struct fake *f, u64 at)
{
	return f->disk[at] << (f->inode.i_blkbits - SECTOR_SHIFT);
}

/* What bpio_map_covers() should say */
static inline int fake_covers(const struct fake *f, u64 pos, u64 len)
{
	u64 at = (pos >> f->inode.i_blkbits) - f->base;
	u64 last = ((pos + len - 1) >> f->inode.i_blkbits) - f->base;

	for (; at <= last; at++) {
		if (at >= f->nr || !f->asked[at])
			return -ENODATA;
		if (!f->disk[at])
			return 0;
	}
	return 1;
}

/* Each extent says of each of its blocks what the file says. Return: extents */
static inline unsigned int fake_check_extents(struct kunit *test,
					      const struct fake *f)
{
	unsigned int sum = 0;
	struct bpio_extent e;
	u64 at = 0, i, per = BIT(f->inode.i_blkbits - SECTOR_SHIFT);

	while (at < f->nr) {
		const bool found = bpio_map_find(f->map, fake_pos(f, at), &e);

		if (found != !!f->asked[at])
			KUNIT_FAIL(test, "block %llu: known %d, asked %u", at,
				   found, f->asked[at]);
		if (!found) {
			at++;
			continue;
		}
		KUNIT_ASSERT_EQ(test, e.start, fake_pos(f, at));
		KUNIT_ASSERT_GT(test, e.end, e.start);
		KUNIT_ASSERT_LE(test, e.end, fake_pos(f, f->nr));
		for (i = 0; fake_pos(f, at) < e.end; i++, at++) {
			const sector_t want = e.sector ? e.sector + i * per : 0;

			if (!f->asked[at] || fake_sector(f, at) != want)
				KUNIT_FAIL(test, "block %llu: sector %llu, not %llu",
					   at, want, fake_sector(f, at));
		}
		KUNIT_ASSERT_EQ(test, e.end, fake_pos(f, at));
		sum++;
	}
	KUNIT_EXPECT_EQ(test, sum, f->map->count);
	return sum;
}

static inline void fake_check_range(struct kunit *test, const struct fake *f,
				    u64 pos, u64 len)
{
	const u64 at = (pos >> f->inode.i_blkbits) - f->base;
	const u64 inside = pos & (BIT_ULL(f->inode.i_blkbits) - 1);
	const bool known = at < f->nr && f->asked[at];
	struct bpio_extent e = {};
	sector_t sector = 0;
	bool look;
	int ret;

	if (bpio_map_find(f->map, pos, &e) != known ||
	    (known && (e.start > pos || e.end <= pos)))
		KUNIT_FAIL(test, "find %llu: %llu-%llu, known %d", pos, e.start,
			   e.end, known);
	ret = bpio_map_covers(f->map, pos, len);
	if (ret != fake_covers(f, pos, len))
		KUNIT_FAIL(test, "covers %llu+%llu: %d, not %d", pos, len, ret,
			   fake_covers(f, pos, len));
	look = bpio_map_look(f->map, pos, len, &sector);
	if (look != (known && f->disk[at] && pos + len <= e.end))
		KUNIT_FAIL(test, "look %llu+%llu: %d", pos, len, look);
	if (look && sector != fake_sector(f, at) + (inside >> SECTOR_SHIFT))
		KUNIT_FAIL(test, "look %llu: sector %llu", pos, sector);
}

/* Does something begin or end at this block, in the file or in the map? */
static inline bool fake_edge(const struct fake *f, u64 at)
{
	if (!at || at >= f->nr)
		return true;
	if (f->asked[at] != f->asked[at - 1] || !f->disk[at] != !f->disk[at - 1])
		return true;
	return f->disk[at] && f->disk[at] != f->disk[at - 1] + 1;
}

/*
 * All lookups at each edge and at every @step-th block: just before it, at it
 * and within it, with lengths around what ends there; at the latter long ones
 * as well.
 */
static inline unsigned int fake_check(struct kunit *test, const struct fake *f,
				      u64 step)
{
	const u64 block = BIT_ULL(f->inode.i_blkbits);
	const u64 lens[] = {
		1, block - 1, block, block + 1, 3 * block,
		BPIO_MAP_WINDOW, (f->nr + 1) * block,
	};
	unsigned int sum = fake_check_extents(test, f);
	u64 at, pos;
	int i, nr;

	for (at = 0; at <= f->nr; at++) {
		if (at % step && !fake_edge(f, at))
			continue;
		nr = at % step ? 5 : ARRAY_SIZE(lens);
		pos = fake_pos(f, at);
		for (i = 0; i < nr; i++) {
			if (at) {
				fake_check_range(test, f, pos - 1, lens[i]);
				fake_check_range(test, f, pos - SECTOR_SIZE,
						 lens[i]);
			}
			fake_check_range(test, f, pos, lens[i]);
			fake_check_range(test, f, pos + block / 2, lens[i]);
		}
	}
	return sum;
}

/* Nothing was asked for twice, and nothing that does not exist */
static inline void fake_check_asked(struct kunit *test, const struct fake *f)
{
	u64 at;

	KUNIT_EXPECT_EQ(test, f->stray, 0);
	for (at = 0; at < f->nr; at++)
		if (f->asked[at] > 1)
			KUNIT_FAIL(test, "block %llu: asked %u times", at,
				   f->asked[at]);
}

#endif /* BPIO_MAP_FIXTURE_H */
