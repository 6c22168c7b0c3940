/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arithmetic of one read: what the disk must deliver, what the reader gets.
 * All in bytes. Pure, so that the suites can ask it everything.
 */
#ifndef BPIO_SPAN_H
#define BPIO_SPAN_H

#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/types.h>

/**
 * bpio_span_aligned() - can the disk deliver exactly this range?
 * @pos: file offset
 * @count: length of the buffer
 * @mask: bits that must be 0 in both
 *
 * Return: true if it can.
 */
static inline bool bpio_span_aligned(u64 pos, size_t count, unsigned int mask)
{
	return !((pos | count) & mask);
}

/**
 * bpio_span_disk() - how much of a read comes from the disk
 * @pos: file offset
 * @count: length of the buffer
 * @size: of the file
 * @mask: bits that must be 0 in what the disk delivers
 *
 * Return: at most @count, no more than it takes to reach the end of the file,
 * and 0 at the end or behind it.
 */
static inline size_t bpio_span_disk(u64 pos, size_t count, u64 size,
				    unsigned int mask)
{
	if (pos >= size)
		return 0;
	return min_t(u64, count, round_up(size - pos, (u64)mask + 1));
}

/**
 * bpio_span_result() - what the read returns when all of it has arrived
 * @pos: file offset, less than @size
 * @disk: bytes that the disk has delivered
 * @size: of the file
 *
 * Return: bytes.
 */
static inline size_t bpio_span_result(u64 pos, size_t disk, u64 size)
{
	return min_t(u64, disk, size - pos);
}

#endif /* BPIO_SPAN_H */
