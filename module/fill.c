// SPDX-License-Identifier: GPL-2.0
/*
 * Where a map's extents come from
 *
 * Overview
 *   A map is filled where it is read, a window at a time, by asking the lower
 *   file system for each block. Neighbours on the disk become one extent.
 *
 * Locking
 *   On ext4, asking for a block takes the lower inode's rwsem, so fillers hold
 *   neither that nor the lower inode's direct-I/O count, which others wait for
 *   with the rwsem held.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "compat/kunit.h"
#include "map.h"

/* One block of the file: where is it? 0: not on the disk */
static int ask(struct bpio_map *map, u64 pos, sector_t *sector)
{
	sector_t block = pos >> map->blkbits;
	int ret = map->bmap(map->inode, &block);

	if (ret)
		return ret;
	*sector = block << (map->blkbits - SECTOR_SHIFT);
	return 0;
}

/**
 * struct news - what was learnt and is not in the map yet
 * @nr: how many
 * @at: they, as bpio_map_add() wants them
 */
struct news {
	unsigned int nr;
	struct bpio_extent at[BPIO_MAP_BATCH];
};

static int keep(struct bpio_map *map, struct news *news)
{
	int ret = news->nr ? bpio_map_add(map, news->at, news->nr) : 0;

	news->nr = 0;
	return ret;
}

static int hear(struct bpio_map *map, struct news *news,
		const struct bpio_extent *block)
{
	struct bpio_extent *last = news->nr ? &news->at[news->nr - 1] : NULL;
	int ret;

	if (last && bpio_extent_continues(last, block)) {
		last->end = block->end;
		return 0;
	}
	ret = news->nr == BPIO_MAP_BATCH ? keep(map, news) : 0;
	news->at[news->nr++] = *block;
	return ret;
}

static int fill_locked(struct bpio_map *map, struct news *news, u64 pos,
		       u64 end, bool (*stop)(void *arg), void *arg)
{
	struct bpio_extent e;
	int ret = 0, err;

	while (!ret && pos < end) {
		if (bpio_map_find(map, pos, &e)) {
			pos = e.end;
			ret = keep(map, news);
			continue;
		}
		cond_resched();
		if (fatal_signal_pending(current) || stop(arg))
			ret = -EINTR;
		else
			ret = ask(map, pos, &e.sector);
		if (ret)
			break;
		e.start = pos;
		pos += 1ULL << map->blkbits;
		e.end = pos;
		ret = hear(map, news, &e);
	}
	/* What was learnt is kept, whatever ended the work */
	err = keep(map, news);
	return ret ?: err;
}

/**
 * bpio_map_fill() - learn where a range is
 * @map: as in bpio_map_find()
 * @pos: bytes
 * @len: bytes; what is asked for is widened to BPIO_MAP_WINDOW, and cut at
 *	the end of the last block: nothing behind it is ever mapped
 * @stop: asked before each block; true ends the work
 * @arg: for @stop
 *
 * Context: Sleeps, but can be killed. Calls the lower file system: the caller
 * holds neither the lower inode's lock nor its direct-I/O count.
 * Return: 0; -EINTR if killed or stopped; -ENOMEM; -EFBIG if the file has more
 * extents than a map may hold; or an error of bmap(). What was learnt before an
 * error is kept.
 */
int bpio_map_fill(struct bpio_map *map, u64 pos, u64 len,
		  bool (*stop)(void *arg), void *arg)
{
	u64 last = round_up((u64)map->size, 1ULL << map->blkbits);
	u64 window = max_t(u64, BPIO_MAP_WINDOW, 1ULL << map->blkbits);
	struct news *news;
	int ret;

	news = map->alloc(sizeof(*news));
	if (!news)
		return -ENOMEM;
	news->nr = 0;
	ret = mutex_lock_killable(&map->lock);
	if (ret)
		goto out_free;
	ret = fill_locked(map, news, round_down(pos, window),
			  min(round_up(pos + len, window), last), stop, arg);
	mutex_unlock(&map->lock);
out_free:
	kvfree(news);
	return ret;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_map_fill);
