/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_MAP_H
#define BPIO_MAP_H

#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/blk_types.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct inode;

/**
 * struct bpio_extent - a run of a file's blocks, and where they are
 * @start: I: file offset of its first byte
 * @end: file offset behind its last byte; only grows
 * @sector: I: 512-byte sector of @start on the device; 0: none there
 *
 * What is known not to be mapped is kept as well, so that a hole is asked for
 * once. I: never changes.
 */
struct bpio_extent {
	u64 start;
	u64 end;
	sector_t sector;
};

/**
 * struct bpio_leaf - extents, in order
 * @rcu: leaves that others took the place of go this way
 * @nr: how many, at least one; only grows
 * @room: I: how many there is room for
 * @bytes: I: of memory
 * @used: not since the clock has come by? Then it takes it (shrink.c).
 * @at: the extents
 */
struct bpio_leaf {
	struct rcu_head rcu;
	unsigned int nr;
	unsigned int room;
	unsigned int bytes;
	bool used;
	struct bpio_extent at[];
};

/**
 * struct bpio_branch - where to look for what lies at some offset or behind it
 * @first: I: that offset
 * @leaf: F: its extents; NULL: nothing is known there
 */
struct bpio_branch {
	u64 first;
	struct bpio_leaf __rcu *leaf;
};

/**
 * struct bpio_root - leaves, in order
 * @rcu: roots that others took the place of go this way
 * @nr: how many, at least one; only grows
 * @room: I: how many there is room for
 * @bytes: I: of memory
 * @at: the leaves
 */
struct bpio_root {
	struct rcu_head rcu;
	unsigned int nr;
	unsigned int room;
	size_t bytes;
	struct bpio_branch at[];
};

/**
 * struct bpio_map - from file offset to sector, for a file that stands still
 * @inode: I: the lower inode
 * @bdev: I: its device
 * @bmap: I: asks for one block; bmap(), but for the tests
 * @alloc: I: allocates what is given back with kvfree(), but for the tests
 * @size: I: bytes in the file
 * @blkbits: I: log2 of the bytes in a block of the lower file system
 * @lock: one filler at a time
 * @root: F: all extents; NULL: none
 * @count: F: how many
 * @leaves: F: in @root, not counting NULL
 * @hand: F: of @root, where the clock goes on
 * @bytes: F: of memory, all in all
 * @node: in shrink.c's list while there is a root
 *
 * Exists while the stream is armed; what it says is true for as long. I: set
 * when made. F: written under @lock, read under RCU.
 */
struct bpio_map {
	struct inode *inode;
	struct block_device *bdev;
	int (*bmap)(struct inode *inode, sector_t *block);
	void *(*alloc)(size_t size);
	loff_t size;
	unsigned int blkbits;
	struct mutex lock;	/* fillers */
	struct bpio_root __rcu *root;
	unsigned int count;
	unsigned int leaves;
	unsigned int hand;
	size_t bytes;
	struct list_head node;
};

/* A leaf is no larger than a page */
#define BPIO_LEAF_MAX	\
	((4096 - sizeof(struct bpio_leaf)) / sizeof(struct bpio_extent))

/* So many are added at a time */
#define BPIO_MAP_BATCH	64U

/* A map holds this many extents and no more: about 6 MiB, 12 at worst */
#define BPIO_MAP_MAX	BIT(18)

/* How much is mapped at a time around a read that found nothing */
#define BPIO_MAP_WINDOW	BIT(20)

struct bpio_map *bpio_map_new(struct inode *inode);
void bpio_map_free(struct bpio_map *map);
bool bpio_map_find(struct bpio_map *map, u64 pos, struct bpio_extent *found);
size_t bpio_map_run(struct bpio_map *map, u64 pos, size_t len,
		    sector_t *sector);
int bpio_map_covers(struct bpio_map *map, u64 pos, u64 len);

/* fill.c */
int bpio_map_fill(struct bpio_map *map, u64 pos, u64 len,
		  bool (*stop)(void *arg), void *arg);

/* extents.c */
int bpio_map_add(struct bpio_map *map, struct bpio_extent *add,
		 unsigned int nr);

/* leaf.c */
struct bpio_leaf *bpio_leaf_new(struct bpio_map *map, unsigned int room);
void bpio_leaf_drop(struct bpio_map *map, struct bpio_leaf *leaf);
void bpio_root_drop(struct bpio_map *map, struct bpio_root *root);
int bpio_root_add(struct bpio_map *map, unsigned int at, u64 first,
		  struct bpio_leaf *leaf, struct bpio_leaf *left);

/* shrink.c */
void bpio_map_count(struct bpio_map *map, int more);
void bpio_map_charge(struct bpio_map *map, long more);
void bpio_maps_sum(u64 *extents, u64 *bytes);
void bpio_shrink_add(struct bpio_map *map);
void bpio_shrink_remove(struct bpio_map *map);
unsigned long bpio_shrink(unsigned long nr, unsigned long *scanned);
int bpio_shrink_init(void);
void bpio_shrink_exit(void);

/* Root and leaf, for who holds the map's lock */
static inline struct bpio_root *bpio_map_root(const struct bpio_map *map)
{
	return rcu_dereference_protected(map->root,
					 lockdep_is_held(&map->lock));
}

static inline struct bpio_leaf *bpio_map_leaf(const struct bpio_map *map,
					      const struct bpio_branch *branch)
{
	return rcu_dereference_protected(branch->leaf,
					 lockdep_is_held(&map->lock));
}

/* Is @b where @a goes on, in the file and on the disk? */
static inline bool bpio_extent_continues(const struct bpio_extent *a,
					 const struct bpio_extent *b)
{
	if (a->end != b->start || !a->sector != !b->sector)
		return false;
	return !a->sector ||
	       a->sector + ((a->end - a->start) >> SECTOR_SHIFT) == b->sector;
}

/* The part of it that begins at @pos */
static inline struct bpio_extent bpio_extent_from(const struct bpio_extent *e,
						  u64 pos)
{
	return (struct bpio_extent) {
		.start = pos,
		.end = e->end,
		.sector = e->sector ?
			  e->sector + ((pos - e->start) >> SECTOR_SHIFT) : 0,
	};
}

/**
 * bpio_map_search() - the last of some sorted structs that is not behind @pos
 * @at: the first; each begins with its u64 offset
 * @nr: how many, at least one
 * @size: bytes of each
 * @pos: offset
 *
 * Halves what is left until that is short, and then goes on in steps that the
 * compiler knows: those cost three instructions and no branch.
 *
 * Context: Any.
 * Return: the first if all are behind @pos.
 */
static __always_inline const void *
bpio_map_search(const void *at, size_t nr, const size_t size, u64 pos)
{
	size_t half;

#define BPIO_STEP(by) do {						\
	const void *mid = at + (by) * size;				\
									\
	if (*(const u64 *)mid <= pos)					\
		at = mid;						\
} while (0)
	while (nr >= 128) {
		half = nr >> 1;
		nr -= half;
		BPIO_STEP(half);
	}
	/* Two parts that may overlap, each a power of two */
	half = fls(nr);
	BPIO_STEP(nr - BIT(half - 1));
	switch (half) {
	case 7:
		BPIO_STEP(32);
		fallthrough;
	case 6:
		BPIO_STEP(16);
		fallthrough;
	case 5:
		BPIO_STEP(8);
		fallthrough;
	case 4:
		BPIO_STEP(4);
		fallthrough;
	case 3:
		BPIO_STEP(2);
		fallthrough;
	case 2:
		BPIO_STEP(1);
	}
#undef BPIO_STEP
	return at;
}

/* Under RCU: the last extent that begins at @pos or before it */
static __always_inline const struct bpio_extent *
bpio_map_floor(const struct bpio_map *map, u64 pos)
{
	const struct bpio_root *root = rcu_dereference_sched(map->root);
	const struct bpio_branch *branch;
	const struct bpio_extent *e;
	struct bpio_leaf *leaf;
	unsigned int nr;

	if (unlikely(!root))
		return NULL;
	branch = root->at;
	/* Pairs with bpio_root_add(): so many are there */
	nr = smp_load_acquire(&root->nr);
	if (nr > 1)
		branch = bpio_map_search(branch, nr, sizeof(*branch), pos);
	leaf = rcu_dereference_sched(branch->leaf);
	if (unlikely(!leaf))
		return NULL;
	if (unlikely(!READ_ONCE(leaf->used)))
		WRITE_ONCE(leaf->used, true);
	e = leaf->at;
	/* Pairs with append(): so many are there */
	nr = smp_load_acquire(&leaf->nr);
	if (nr > 1)
		e = bpio_map_search(e, nr, sizeof(*e), pos);
	return e->start <= pos ? e : NULL;
}

/**
 * bpio_map_look() - where on the disk is a range that lies in one extent?
 * @map: the map; the caller is inside the gate
 * @pos: bytes
 * @len: bytes
 * @sector: set to where @pos is, if all of the range is in one extent
 *
 * To stay on the CPU is as good as RCU, and costs less where that is preemptible.
 *
 * Context: Any.
 * Return: true if @sector is set.
 */
static __always_inline bool bpio_map_look(const struct bpio_map *map, u64 pos,
					  u64 len, sector_t *sector)
{
	const struct bpio_extent *e;
	bool hit;

	rcu_read_lock_sched();
	e = bpio_map_floor(map, pos);
	hit = likely(e && pos + len <= READ_ONCE(e->end) && e->sector);
	if (hit)
		*sector = e->sector + ((pos - e->start) >> SECTOR_SHIFT);
	rcu_read_unlock_sched();
	return hit;
}

#endif /* BPIO_MAP_H */
