// SPDX-License-Identifier: GPL-2.0
/*
 * What all maps take, and giving it back when memory is short
 *
 * Overview
 *   A clock goes round all leaves of all maps. It takes a leaf that no read has
 *   used since it came by last; a read that misses it fills it again. The map
 *   itself stays: that there is one depends on the hold, not on memory.
 *
 *   So a reader may find nothing where he has found something before. What he
 *   has found is true all the same.
 *
 * Locking
 *   @maps_lock, then a map's lock by trylock: its holder may be who waits for
 *   memory. Who holds a map's lock may take @maps_lock; nobody allocates under
 *   it. A map is in the list from its first leaf to its last, and is not freed
 *   while @maps_lock is held.
 */
#include <linux/atomic.h>
#include <linux/list.h>

#include "compat/kunit.h"
#include "compat/shrinker.h"
#include "map.h"

/* How many maps in a row may be busy before we leave it */
#define BUSY_MAX	64

static DEFINE_MUTEX(maps_lock);
static LIST_HEAD(maps);
static atomic_long_t all_extents;
static atomic_long_t all_bytes;
static struct shrinker *shrinker;

/**
 * bpio_map_count() - there are more, or fewer, extents in a map
 * @map: its lock is held, or nobody else has it
 * @more: how many
 *
 * Context: Any.
 */
void bpio_map_count(struct bpio_map *map, int more)
{
	WRITE_ONCE(map->count, map->count + more);
	atomic_long_add(more, &all_extents);
}

/**
 * bpio_map_charge() - a map takes more, or less, memory
 * @map: as in bpio_map_count()
 * @more: bytes
 *
 * Context: Any.
 */
void bpio_map_charge(struct bpio_map *map, long more)
{
	WRITE_ONCE(map->bytes, map->bytes + more);
	atomic_long_add(more, &all_bytes);
}

/**
 * bpio_maps_sum() - what the maps of all files take
 * @extents: set to their number
 * @bytes: set to their memory
 *
 * Context: Any.
 */
void bpio_maps_sum(u64 *extents, u64 *bytes)
{
	*extents = atomic_long_read(&all_extents);
	*bytes = atomic_long_read(&all_bytes);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_maps_sum);

/**
 * bpio_shrink_add() - a map has its first leaf
 * @map: its lock is held
 *
 * Context: Sleeps.
 */
void bpio_shrink_add(struct bpio_map *map)
{
	mutex_lock(&maps_lock);
	list_add_tail(&map->node, &maps);
	mutex_unlock(&maps_lock);
}

/**
 * bpio_shrink_remove() - a map is about to be freed
 * @map: nobody but the clock has it; nor has that when this returns
 *
 * Context: Sleeps.
 */
void bpio_shrink_remove(struct bpio_map *map)
{
	mutex_lock(&maps_lock);
	list_del_init(&map->node);
	mutex_unlock(&maps_lock);
}

static void take_leaf(struct bpio_map *map, struct bpio_branch *branch,
		      struct bpio_leaf *leaf)
{
	RCU_INIT_POINTER(branch->leaf, NULL);
	bpio_map_count(map, -(int)leaf->nr);
	map->leaves--;
	bpio_leaf_drop(map, leaf);
}

static void take_root(struct bpio_map *map, struct bpio_root *root)
{
	RCU_INIT_POINTER(map->root, NULL);
	bpio_root_drop(map, root);
	list_del_init(&map->node);
}

/* Return: true if the hand has come to the end of the map */
static bool sweep(struct bpio_map *map, unsigned long nr,
		  unsigned long *scanned, unsigned long *freed)
{
	struct bpio_root *root = bpio_map_root(map);
	struct bpio_branch *branch;
	struct bpio_leaf *leaf;

	for (; map->hand < root->nr; map->hand++) {
		branch = &root->at[map->hand];
		leaf = bpio_map_leaf(map, branch);
		if (!leaf)
			continue;
		if (*scanned >= nr)
			return false;
		*scanned += leaf->nr;
		if (READ_ONCE(leaf->used)) {
			WRITE_ONCE(leaf->used, false);
			continue;
		}
		*freed += leaf->nr;
		take_leaf(map, branch, leaf);
	}
	map->hand = 0;
	if (!map->leaves)
		take_root(map, root);
	return true;
}

/**
 * bpio_shrink() - have the clock go on
 * @nr: how many extents it shall look at, about
 * @scanned: set to how many it has
 *
 * Context: Any that may sleep, also on behalf of an allocation.
 * Return: how many extents were given back.
 */
unsigned long bpio_shrink(unsigned long nr, unsigned long *scanned)
{
	unsigned long freed = 0, before;
	unsigned int busy = 0;
	struct bpio_map *map;
	bool end;

	*scanned = 0;
	/* One clock is enough */
	if (!mutex_trylock(&maps_lock))
		return 0;
	while (*scanned < nr && busy < BUSY_MAX && !list_empty(&maps)) {
		map = list_first_entry(&maps, struct bpio_map, node);
		before = *scanned;
		end = true;
		if (mutex_trylock(&map->lock)) {
			end = sweep(map, nr, scanned, &freed);
			mutex_unlock(&map->lock);
		}
		if (end && !list_empty(&map->node))
			list_move_tail(&map->node, &maps);
		busy = *scanned == before ? busy + 1 : 0;
	}
	mutex_unlock(&maps_lock);
	return freed;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_shrink);

static unsigned long count_objects(struct shrinker *s,
				   struct shrink_control *sc)
{
	return atomic_long_read(&all_extents);
}

static unsigned long scan_objects(struct shrinker *s,
				  struct shrink_control *sc)
{
	unsigned long scanned, freed = bpio_shrink(sc->nr_to_scan, &scanned);

	sc->nr_scanned = scanned;
	return scanned ? freed : SHRINK_STOP;
}

/**
 * bpio_shrink_init() - at module load
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int bpio_shrink_init(void)
{
	shrinker = bp_shrinker_alloc("bypassfs-map");
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = count_objects;
	shrinker->scan_objects = scan_objects;
	return bp_shrinker_register(shrinker, "bypassfs-map");
}

/**
 * bpio_shrink_exit() - at module unload; no map is left
 *
 * Context: May sleep.
 */
void bpio_shrink_exit(void)
{
	bp_shrinker_free(shrinker);
}
