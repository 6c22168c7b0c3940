// SPDX-License-Identifier: GPL-2.0
/*
 * From file offset to sector, for a file that stands still
 *
 * Overview
 *   A map is made when its stream is armed and freed when it is disarmed, after
 *   the gate was drained. In between nobody can move or free a block of the
 *   file, so an entry is never revised, only added or forgotten (shrink.c).
 *
 *   That a part is not on the disk is also what bmap() says when it cannot tell.
 *   Nothing is read from there then, until it is forgotten; so who has seen all
 *   of a range to be on the disk may yet find that a part of it is not.
 *
 *   It is filled where it is read (fill.c). How extents are kept is extents.c's.
 *
 * Locking
 *   Fillers hold @lock. Readers hold nothing but their place inside the gate
 *   and RCU, which keeps a leaf or root readable whose place was taken.
 */
#include <linux/buffer_head.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "compat/kunit.h"
#include "map.h"

static void *alloc(size_t size)
{
	return kvmalloc(size, GFP_KERNEL_ACCOUNT);
}

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
	map->alloc = alloc;
	map->size = i_size_read(inode);
	map->blkbits = inode->i_blkbits;
	mutex_init(&map->lock);
	INIT_LIST_HEAD(&map->node);
	bpio_map_charge(map, sizeof(*map));
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
	struct bpio_root *root;
	struct bpio_leaf *leaf;
	unsigned int i;
	int nr = 0;

	if (!map)
		return;
	bpio_shrink_remove(map);
	root = rcu_dereference_protected(map->root, true);
	for (i = 0; root && i < root->nr; i++) {
		leaf = rcu_dereference_protected(root->at[i].leaf, true);
		nr += leaf ? leaf->nr : 0;
		kvfree(leaf);
		cond_resched();
	}
	kvfree(root);
	bpio_map_count(map, -nr);
	bpio_map_charge(map, -(long)map->bytes);
	mutex_destroy(&map->lock);
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
	const struct bpio_extent *e;

	rcu_read_lock_sched();
	e = bpio_map_floor(map, pos);
	if (e) {
		found->start = e->start;
		found->end = READ_ONCE(e->end);
		found->sector = e->sector;
	}
	rcu_read_unlock_sched();
	return e && pos < found->end;
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

/**
 * bpio_map_run() - how far a range goes on without a gap on the disk
 * @map: as in bpio_map_find()
 * @pos: bytes
 * @len: bytes, not 0; bpio_map_covers() them
 * @sector: set to where @pos is
 *
 * Context: Any.
 * Return: bytes, at most @len; 0 if where @pos is was given back meanwhile, and
 * perhaps asked for again in vain.
 */
size_t bpio_map_run(struct bpio_map *map, u64 pos, size_t len, sector_t *sector)
{
	struct bpio_extent e;
	sector_t next;
	size_t n;

	if (!bpio_map_find(map, pos, &e) || !e.sector)
		return 0;
	*sector = e.sector + ((pos - e.start) >> SECTOR_SHIFT);
	n = min_t(u64, len, e.end - pos);
	while (n < len) {
		next = *sector + (n >> SECTOR_SHIFT);
		if (!bpio_map_find(map, pos + n, &e) || e.sector != next)
			break;
		n = min_t(u64, len, e.end - pos);
	}
	return n;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_map_run);
