// SPDX-License-Identifier: GPL-2.0
/*
 * What a map is made of: leaves of extents, and a root of leaves
 *
 * Either is filled before others see it. What is added at its end later,
 * readers see by its @nr. Anything else makes a new one that takes the old one's
 * place; who reads the old one may do so for as long as he is under RCU.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "map.h"

/**
 * bpio_leaf_new() - an empty leaf
 * @map: whose memory it is
 * @room: how many extents it has room for, at least; at most BPIO_LEAF_MAX
 *
 * Context: Sleeps.
 * Return: NULL when memory is short.
 */
struct bpio_leaf *bpio_leaf_new(struct bpio_map *map, unsigned int room)
{
	struct bpio_leaf *leaf;
	size_t size = kmalloc_size_roundup(struct_size(leaf, at, room));

	leaf = map->alloc(size);
	if (!leaf)
		return NULL;
	leaf->nr = 0;
	leaf->room = min_t(size_t, BPIO_LEAF_MAX,
			   (size - sizeof(*leaf)) / sizeof(leaf->at[0]));
	leaf->bytes = size;
	/* Who makes one is about to read it */
	leaf->used = true;
	bpio_map_charge(map, size);
	return leaf;
}

/**
 * bpio_leaf_drop() - give a leaf back once nobody reads it any more
 * @map: whose memory it is
 * @leaf: nobody who begins to read now finds it
 *
 * Context: Any.
 */
void bpio_leaf_drop(struct bpio_map *map, struct bpio_leaf *leaf)
{
	bpio_map_charge(map, -(long)leaf->bytes);
	kvfree_rcu(leaf, rcu);
}

/**
 * bpio_root_drop() - the same for a root, without its leaves
 * @map: whose memory it is
 * @root: nobody who begins to read now finds it
 *
 * Context: Any.
 */
void bpio_root_drop(struct bpio_map *map, struct bpio_root *root)
{
	bpio_map_charge(map, -(long)root->bytes);
	kvfree_rcu(root, rcu);
}

/* A copy of *from with another leaf as number @at */
static struct bpio_root *root_new(struct bpio_map *map,
				  const struct bpio_root *from, unsigned int at,
				  const struct bpio_branch *branch)
{
	unsigned int nr = from ? from->nr : 0;
	struct bpio_root *root;
	size_t size = kmalloc_size_roundup(struct_size(root, at,
						       max(2 * nr, 1U)));

	root = map->alloc(size);
	if (!root)
		return NULL;
	if (nr) {
		memcpy(root->at, from->at, at * sizeof(*branch));
		memcpy(&root->at[at + 1], &from->at[at],
		       (nr - at) * sizeof(*branch));
	}
	root->at[at] = *branch;
	root->nr = nr + 1;
	root->room = (size - sizeof(*root)) / sizeof(*branch);
	root->bytes = size;
	bpio_map_charge(map, size);
	return root;
}

/**
 * bpio_root_add() - have another leaf found
 * @map: its lock is held
 * @at: what number it becomes
 * @first: what lies there or behind it is looked for in @leaf
 * @leaf: with at least one extent
 * @left: takes the place of the leaf before it; NULL: that one stays
 *
 * @left may have less in it, since who reads on in the old root finds the old
 * leaf.
 *
 * Context: Sleeps.
 * Return: 0; -ENOMEM, then nothing has changed.
 */
int bpio_root_add(struct bpio_map *map, unsigned int at, u64 first,
		  struct bpio_leaf *leaf, struct bpio_leaf *left)
{
	struct bpio_root *old = bpio_map_root(map), *root;
	const struct bpio_branch branch = {
		.first = first,
		.leaf = RCU_INITIALIZER(leaf),
	};

	if (old && at == old->nr && at < old->room && !left) {
		old->at[at] = branch;
		/* Pairs with bpio_map_floor(): branch and leaf are there */
		smp_store_release(&old->nr, at + 1);
		map->leaves++;
		return 0;
	}
	root = root_new(map, old, at, &branch);
	if (!root)
		return -ENOMEM;
	if (left)
		RCU_INIT_POINTER(root->at[at - 1].leaf, left);
	rcu_assign_pointer(map->root, root);
	map->leaves++;
	if (old)
		bpio_root_drop(map, old);
	else
		bpio_shrink_add(map);
	return 0;
}
