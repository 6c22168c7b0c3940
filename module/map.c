// SPDX-License-Identifier: GPL-2.0
/*
 * From file offset to sector, for a file that stands still
 *
 * Overview
 *   A map is made when its stream is armed and freed when it is disarmed, after
 *   the gate was drained. In between nobody can move or free a block of the
 *   file, so an entry is never revised, only added; and what turned out to be a
 *   hole stays one.
 *
 *   It is filled where it is read, a window at a time, by asking the lower file
 *   system for each block. Neighbours on the disk become one extent, and an
 *   extent that continues its predecessor replaces it.
 *
 * Locking
 *   Fillers hold @lock. Readers hold nothing but their place inside the gate
 *   and RCU, which keeps a replaced extent readable.
 *
 *   On ext4, asking for a block takes the lower inode's rwsem, so fillers hold
 *   neither that nor the lower inode's direct-I/O count, which others wait for
 *   with the rwsem held.
 */
#include <linux/buffer_head.h>
#include <linux/fs.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "compat/kunit.h"
#include "map.h"

/**
 * bpio_map_new() - make an empty map
 * @inode: the lower inode, whose size will not change while the map exists
 *
 * Context: May sleep.
 * Return: the map, or NULL when memory is short.
 */
struct bpio_map *bpio_map_new(struct inode *inode)
{
	struct bpio_map *map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);

	if (!map)
		return NULL;
	map->inode = inode;
	map->bdev = inode->i_sb->s_bdev;
	map->bmap = bmap;
	map->size = i_size_read(inode);
	map->blkbits = inode->i_blkbits;
	mutex_init(&map->lock);
	mt_init_flags(&map->tree, MT_FLAGS_USE_RCU);
	return map;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_map_new);

/**
 * bpio_map_free() - free a map
 * @map: a map that nobody reads any more, or NULL
 *
 * Context: May sleep.
 */
void bpio_map_free(struct bpio_map *map)
{
	struct bpio_extent *e;
	unsigned long index = 0;

	if (!map)
		return;
	mt_for_each(&map->tree, e, index, ULONG_MAX) {
		kfree(e);
		cond_resched();
	}
	mtree_destroy(&map->tree);
	kfree(map);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_map_free);

/**
 * bpio_map_find() - the extent that holds an offset
 * @map: the map; the caller is inside the gate, or keeps it alive otherwise
 * @pos: bytes
 * @found: a copy of the extent
 *
 * Context: Any.
 * Return: false if nothing is known about @pos yet.
 */
bool bpio_map_find(struct bpio_map *map, u64 pos, struct bpio_extent *found)
{
	struct bpio_extent *e;

	rcu_read_lock();
	e = mtree_load(&map->tree, pos >> map->blkbits);
	if (e)
		*found = *e;
	rcu_read_unlock();
	return e;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_map_find);

/**
 * bpio_map_covers() - is all of a range known to be on the disk?
 * @map: as in bpio_map_find()
 * @pos: bytes
 * @len: bytes, not 0
 *
 * Context: Any.
 * Return: 1 if it is; 0 if a part of it is known not to be; -ENODATA if
 * nothing is known about a part of it.
 */
int bpio_map_covers(struct bpio_map *map, u64 pos, u64 len)
{
	struct bpio_extent e;
	u64 end = pos + len;

	while (pos < end) {
		if (!bpio_map_find(map, pos, &e))
			return -ENODATA;
		if (!e.sector)
			return 0;
		pos = e.end;
	}
	return 1;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_map_covers);

static bool continues(const struct bpio_extent *a, const struct bpio_extent *b)
{
	if (a->end != b->start || !a->sector != !b->sector)
		return false;
	return !a->sector ||
	       a->sector + ((a->end - a->start) >> SECTOR_SHIFT) == b->sector;
}

static struct bpio_extent *at(struct bpio_map *map, u64 pos)
{
	return mtree_load(&map->tree, pos >> map->blkbits);
}

/* The longest mapped extent; one that is replaced must not stay it */
static void set_hot(struct bpio_map *map, struct bpio_extent *e,
		    const struct bpio_extent *prev,
		    const struct bpio_extent *next)
{
	struct bpio_extent *hot;

	hot = rcu_dereference_protected(map->hot, lockdep_is_held(&map->lock));
	if (e->sector && (!hot || hot == prev || hot == next ||
			  e->end - e->start > hot->end - hot->start))
		rcu_assign_pointer(map->hot, e);
}

/* Adds *add, which overlaps nothing; merges it with what lies on both sides */
static int add_extent(struct bpio_map *map, const struct bpio_extent *add)
{
	struct bpio_extent *prev = add->start ? at(map, add->start - 1) : NULL;
	struct bpio_extent *next = at(map, add->end);
	struct bpio_extent *e;
	int ret;

	if (prev && !continues(prev, add))
		prev = NULL;
	if (next && !continues(add, next))
		next = NULL;
	if (!prev && !next && map->count >= BPIO_MAP_MAX)
		return -EFBIG;

	e = kmalloc(sizeof(*e), GFP_KERNEL_ACCOUNT);
	if (!e)
		return -ENOMEM;
	*e = prev ? *prev : *add;
	e->end = next ? next->end : add->end;

	ret = mtree_store_range(&map->tree, e->start >> map->blkbits,
				(e->end - 1) >> map->blkbits, e,
				GFP_KERNEL_ACCOUNT);
	if (ret) {
		kfree(e);
		return ret;
	}
	set_hot(map, e, prev, next);
	map->count += 1 - !!prev - !!next;
	if (prev)
		kfree_rcu(prev, rcu);
	if (next)
		kfree_rcu(next, rcu);
	return 0;
}

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

static int fill_locked(struct bpio_map *map, u64 pos, u64 end,
		       bool (*stop)(void *arg), void *arg)
{
	struct bpio_extent run = { .start = pos, .end = pos }, next;
	const u64 block = 1ULL << map->blkbits;
	int ret = 0, err;

	while (pos < end) {
		if (bpio_map_find(map, pos, &next)) {
			pos = next.end;
			next.start = next.end;
		} else {
			if (fatal_signal_pending(current) || stop(arg))
				ret = -EINTR;
			else
				ret = ask(map, pos, &next.sector);
			if (ret)
				break;
			next.start = pos;
			pos += block;
			next.end = pos;
			if (continues(&run, &next)) {
				run.end = pos;
				continue;
			}
		}
		if (run.start != run.end) {
			ret = add_extent(map, &run);
			if (ret)
				return ret;
		}
		run = next;
		cond_resched();
	}
	/* What was learnt is kept, whatever ended the work */
	err = run.start != run.end ? add_extent(map, &run) : 0;
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
 * extents than a map may hold. What was learnt before an error is kept.
 */
int bpio_map_fill(struct bpio_map *map, u64 pos, u64 len,
		  bool (*stop)(void *arg), void *arg)
{
	u64 last = round_up((u64)map->size, 1ULL << map->blkbits);
	u64 window = max_t(u64, BPIO_MAP_WINDOW, 1ULL << map->blkbits);
	int ret;

	ret = mutex_lock_killable(&map->lock);
	if (ret)
		return ret;
	ret = fill_locked(map, round_down(pos, window),
			  min(round_up(pos + len, window), last), stop, arg);
	mutex_unlock(&map->lock);
	return ret;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_map_fill);
