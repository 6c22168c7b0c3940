/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_VISIT_H
#define BPIO_VISIT_H

#include <linux/fs.h>
#include <linux/pagemap.h>

#include "handle.h"
#include "map.h"
#include "stream.h"

/**
 * bpio_visit_try() - go in, if that takes nothing but a step
 * @st: a stream whose reads are not counted as direct I/O of the lower inode
 *
 * Context: Any.
 * Return: true if inside: the caller calls bpio_gate_leave(), in any context.
 */
static inline bool bpio_visit_try(struct bpio_stream *st)
{
	return !bpio_gate_closed(&st->gate) && bpio_gate_enter(&st->gate);
}

/**
 * bpio_visit_end() - come out
 * @st: the stream; the caller holds an open file of it beyond this call
 *
 * Context: Any.
 */
static inline void bpio_visit_end(struct bpio_stream *st)
{
	if (unlikely(st->count_dio))
		inode_dio_end(st->lower);
	bpio_gate_leave(&st->gate);
}

/**
 * bpio_visit_clean() - is all that the lower file has on the disk?
 * @st: the stream; the caller is inside
 *
 * Two things get past the write denial: fs-verity can be switched on, and pages
 * that were pinned for writing before it can still be dirtied.
 *
 * Context: Any.
 * Return: true if it is, and there is nothing to verify.
 */
static inline bool bpio_visit_clean(const struct bpio_stream *st)
{
	struct address_space *mapping = st->lower->i_mapping;

	return !IS_VERITY(st->lower) &&
	       !mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) &&
	       !mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK);
}

/**
 * bpio_visit_clear() - is nothing at all against reading the disk?
 * @h: the handle; the caller is inside
 *
 * What DISABLE, STREAM_PAUSE and a filter that attaches change is looked at
 * here, where they wait for who has seen the old. bpio_visit_check() says why.
 *
 * Context: Any.
 * Return: true if there is nothing.
 */
static inline bool bpio_visit_clear(const struct bpio_handle *h)
{
	return READ_ONCE(h->enabled) && !bpio_stream_filtered(h->stream) &&
	       bpio_visit_clean(h->stream);
}

/**
 * bpio_visit_look() - is all of a range of the file in one piece on the disk?
 * @st: the stream; the caller is inside
 * @pos: bytes
 * @len: bytes
 * @sector: set to where @pos is, if so
 *
 * Context: Any.
 * Return: true if so.
 */
static __always_inline bool bpio_visit_look(const struct bpio_stream *st,
					    u64 pos, size_t len,
					    sector_t *sector)
{
	struct bpio_map *map = st->map;
	u64 size = map->size;

	return pos <= size && len <= size - pos &&
	       bpio_map_look(map, pos, len, sector);
}

#endif /* BPIO_VISIT_H */
