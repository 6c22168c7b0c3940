// SPDX-License-Identifier: GPL-2.0
/*
 * The extents of a map: sorted, and readable while they are added to
 *
 * Overview
 *   Sorted lists of extents (leaves) below a sorted list of leaves (the root),
 *   so that a look is two binary searches, however many there are, and a file of
 *   one extent costs no more than its comparison.
 *
 *   What is added at the end of a leaf, or makes an extent longer, is added in
 *   place. Anything else makes one or two new leaves (leaf.c), so it is good to
 *   add many at once. Whatever was found once is found until it is forgotten
 *   (shrink.c).
 *
 * Locking
 *   Writers hold the map's lock; readers are under RCU: bpio_map_floor().
 */
#include "compat/kunit.h"
#include "map.h"

/**
 * struct change - some extents of a leaf give way to others
 * @b: number of the leaf
 * @old: the leaf; NULL: there is none
 * @nr: how many there will be
 * @at: number of the first that changes
 * @skip: how many are left out there
 * @add: what comes to stand there instead
 * @added: how many
 */
struct change {
	unsigned int b;
	struct bpio_leaf *old;
	unsigned int nr;
	unsigned int at;
	unsigned int skip;
	const struct bpio_extent *add;
	unsigned int added;
};

/* A leaf of the extents from number @from on, and before number @to */
static struct bpio_leaf *gather(struct bpio_map *map, const struct change *c,
				unsigned int from, unsigned int to,
				unsigned int room)
{
	struct bpio_leaf *leaf = bpio_leaf_new(map, room);
	unsigned int i;

	if (!leaf)
		return NULL;
	for (i = from; i < to; i++) {
		if (i < c->at)
			leaf->at[i - from] = c->old->at[i];
		else if (i < c->at + c->added)
			leaf->at[i - from] = c->add[i - c->at];
		else
			leaf->at[i - from] = c->old->at[i - c->added + c->skip];
	}
	leaf->nr = to - from;
	return leaf;
}

static int replace(struct bpio_map *map, const struct change *c)
{
	struct bpio_root *root = bpio_map_root(map);
	unsigned int room = c->nr;
	struct bpio_leaf *leaf;

	/* Who adds at the end will do so again */
	if (c->old && c->at == c->old->nr)
		room = clamp(2 * c->old->nr, room, (unsigned int)BPIO_LEAF_MAX);
	leaf = gather(map, c, 0, c->nr, room);
	if (!leaf)
		return -ENOMEM;
	if (root) {
		rcu_assign_pointer(root->at[c->b].leaf, leaf);
		if (c->old)
			bpio_leaf_drop(map, c->old);
		else
			map->leaves++;
	} else if (bpio_root_add(map, 0, 0, leaf, NULL)) {
		bpio_leaf_drop(map, leaf);
		return -ENOMEM;
	}
	return 0;
}

/* They do not fit into one leaf */
static int split(struct bpio_map *map, const struct change *c)
{
	/* Who adds at the end leaves no gaps */
	bool end = c->at == c->old->nr, full = c->at == BPIO_LEAF_MAX;
	unsigned int half = end ? BPIO_LEAF_MAX : c->nr / 2;
	struct bpio_leaf *left = NULL, *right;

	right = gather(map, c, half, c->nr, c->nr - half);
	if (!right)
		return -ENOMEM;
	if (!end || !full) {
		left = gather(map, c, 0, half, half);
		if (!left)
			goto out_right;
	}
	if (bpio_root_add(map, c->b + 1, right->at[0].start, right, left))
		goto out_left;
	if (left)
		bpio_leaf_drop(map, c->old);
	return 0;

out_left:
	if (left)
		bpio_leaf_drop(map, left);
out_right:
	bpio_leaf_drop(map, right);
	return -ENOMEM;
}

static int rebuild(struct bpio_map *map, struct change *c)
{
	int ret;

	c->nr = (c->old ? c->old->nr : 0) - c->skip + c->added;
	ret = c->nr > BPIO_LEAF_MAX ? split(map, c) : replace(map, c);
	if (!ret)
		bpio_map_count(map, c->added - c->skip);
	return ret;
}

/* As many as there is room for */
static unsigned int append(struct bpio_map *map, struct bpio_leaf *leaf,
			   const struct bpio_extent *add, unsigned int nr)
{
	nr = min(nr, leaf->room - leaf->nr);
	memcpy(leaf->at + leaf->nr, add, nr * sizeof(*add));
	/* Pairs with bpio_map_floor(): so many are there */
	smp_store_release(&leaf->nr, leaf->nr + nr);
	bpio_map_count(map, nr);
	return nr;
}

/* How many of the leaf's extents begin before @pos */
static unsigned int before(const struct bpio_leaf *leaf, u64 pos)
{
	unsigned int low = 0, high = leaf ? leaf->nr : 0, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (leaf->at[mid].start < pos)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Number of the leaf where @pos is looked for, and where the next begins */
static unsigned int branch_of(const struct bpio_root *root, u64 pos, u64 *limit)
{
	unsigned int low = 0, high = root ? root->nr : 0, mid;

	while (high - low > 1) {
		mid = (low + high) / 2;
		if (root->at[mid].first <= pos)
			low = mid;
		else
			high = mid;
	}
	*limit = root && high < root->nr ? root->at[high].first : U64_MAX;
	return low;
}

/* All of them go into one leaf */
static int add_to_leaf(struct bpio_map *map, unsigned int b,
		       struct bpio_extent *add, unsigned int nr)
{
	struct bpio_root *root = bpio_map_root(map);
	struct bpio_extent *prev = NULL, *next = NULL;
	unsigned int room = BPIO_MAP_MAX - map->count, done;
	struct change c = { .b = b };
	int ret = 0;

	if (root) {
		c.old = bpio_map_leaf(map, &root->at[c.b]);
		c.at = before(c.old, add->start);
	}
	if (c.at && bpio_extent_continues(&c.old->at[c.at - 1], add))
		prev = &c.old->at[c.at - 1];
	if (c.old && c.at < c.old->nr &&
	    bpio_extent_continues(&add[nr - 1], &c.old->at[c.at]))
		next = &c.old->at[c.at];
	if (prev && next && nr == 1) {
		add->start = prev->start;
		add->sector = prev->sector;
		c.at--;
		c.skip++;
	} else if (prev) {
		WRITE_ONCE(prev->end, add->end);
		add++;
		nr--;
	}
	if (nr > room + c.skip + !!next) {
		nr = room;
		next = NULL;
		ret = -EFBIG;
	}
	if (next) {
		add[nr - 1].end = next->end;
		c.skip++;
	} else if (nr && c.old && c.at == c.old->nr) {
		done = append(map, c.old, add, nr);
		c.at += done;
		add += done;
		nr -= done;
	}
	c.add = add;
	c.added = nr;
	return (nr ? rebuild(map, &c) : 0) ?: ret;
}

/**
 * bpio_map_add() - add extents, and merge them with their neighbours
 * @map: the map; its lock is held
 * @add: in order, none goes on in the next; changed
 * @nr: how many of them, at most BPIO_MAP_BATCH
 *
 * Nothing is known yet about where they lie, and nothing lies between them. They
 * stay apart from a neighbour in another leaf.
 *
 * Context: Sleeps.
 * Return: 0; -ENOMEM; -EFBIG if the map would hold more than it may. Some may
 * have been added then.
 */
int bpio_map_add(struct bpio_map *map, struct bpio_extent *add,
		 unsigned int nr)
{
	struct bpio_extent rest;
	unsigned int b, n;
	u64 limit;
	int ret;

	for (;;) {
		b = branch_of(bpio_map_root(map), add->start, &limit);
		for (n = 1; n < nr && add[n].start < limit; n++)
			;
		rest = add[n - 1];
		add[n - 1].end = min(rest.end, limit);
		ret = add_to_leaf(map, b, add, n);
		if (ret || (n == nr && rest.end <= limit))
			return ret;
		/* The leaf behind it was forgotten, and has to be added to */
		if (rest.end > limit) {
			n--;
			add[n] = bpio_extent_from(&rest, limit);
		}
		add += n;
		nr -= n;
	}
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_map_add);
