/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_MAP_H
#define BPIO_MAP_H

#include <linux/bits.h>
#include <linux/blk_types.h>
#include <linux/maple_tree.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct inode;

/**
 * struct bpio_extent - a run of a file's blocks, and where they are
 * @start: I: file offset of its first byte
 * @end: I: file offset behind its last byte
 * @sector: I: 512-byte sector of @start on the device; 0: none there
 * @rcu: extents that were merged into a longer one go this way
 *
 * What is known not to be mapped is kept as well, so that a hole is asked for
 * once. I: never changes.
 */
struct bpio_extent {
	u64 start;
	u64 end;
	sector_t sector;
	struct rcu_head rcu;
};

/**
 * struct bpio_map - from file offset to sector, for a file that stands still
 * @inode: I: the lower inode
 * @bdev: I: its device
 * @bmap: I: asks for one block; bmap(), but for the tests
 * @size: I: bytes in the file
 * @blkbits: I: log2 of the bytes in a block of the lower file system
 * @lock: one filler at a time
 * @tree: F: extents by block number
 * @count: F: extents in @tree
 * @hot: F: the longest mapped extent, looked at first
 *
 * Exists while the stream is armed; what it says is true for as long. I: set
 * when made. F: written under @lock, read under RCU.
 */
struct bpio_map {
	struct inode *inode;
	struct block_device *bdev;
	int (*bmap)(struct inode *inode, sector_t *block);
	loff_t size;
	unsigned int blkbits;
	struct mutex lock;	/* fillers */
	struct maple_tree tree;
	unsigned int count;
	struct bpio_extent __rcu *hot;
};

/* A map holds this many extents and no more: about 20 MiB */
#define BPIO_MAP_MAX	BIT(18)

/* How much is mapped at a time around a read that found nothing */
#define BPIO_MAP_WINDOW	BIT(20)

struct bpio_map *bpio_map_new(struct inode *inode);
void bpio_map_free(struct bpio_map *map);
bool bpio_map_find(struct bpio_map *map, u64 pos, struct bpio_extent *found);
int bpio_map_covers(struct bpio_map *map, u64 pos, u64 len);
int bpio_map_fill(struct bpio_map *map, u64 pos, u64 len,
		  bool (*stop)(void *arg), void *arg);

/**
 * bpio_map_look() - the short way of bpio_map_find(), for one long extent
 * @map: the map; the caller is inside the gate
 * @pos: bytes, less than the size rounded up to blocks
 * @len: bytes
 * @sector: set to where @pos is, if all of the range is in one extent
 *
 * Context: Any.
 * Return: true if @sector is set.
 */
static inline bool bpio_map_look(struct bpio_map *map, u64 pos, u64 len,
				 sector_t *sector)
{
	const struct bpio_extent *hot;
	struct bpio_extent found;
	bool hit = false;

	rcu_read_lock();
	hot = rcu_dereference(map->hot);
	if (likely(hot && pos >= hot->start && pos + len <= hot->end)) {
		*sector = hot->sector + ((pos - hot->start) >> SECTOR_SHIFT);
		hit = true;
	}
	rcu_read_unlock();
	if (hit)
		return true;
	if (!bpio_map_find(map, pos, &found) || !found.sector ||
	    pos + len > found.end)
		return false;
	*sector = found.sector + ((pos - found.start) >> SECTOR_SHIFT);
	return true;
}

#endif /* BPIO_MAP_H */
