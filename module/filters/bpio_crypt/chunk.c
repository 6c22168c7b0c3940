// SPDX-License-Identifier: GPL-2.0
/*
 * A chunk goes to the other side of the boundary; the order is in main.c
 */
#include <linux/fs.h>
#include <linux/falloc.h>
#include <linux/slab.h>

#include "crypt.h"

static int tag_sectors(struct crypt_io *io, const u8 *plain, loff_t lo,
		       loff_t hi)
{
	struct crypt_head *head = io->cf->head;
	loff_t pos;
	int ret;

	head->nr_tags = 0;
	for (pos = lo; pos < hi; pos += CRYPT_SECTOR) {
		ret = crypt_tag(io->cf->keys, pos, plain + (pos - lo),
				min_t(size_t, hi - pos, CRYPT_SECTOR),
				head->tags[head->nr_tags]);
		if (ret)
			return ret;
		head->nr_tags++;
	}
	return 0;
}

/* The slot that the chunk's tail will need; all others have had their use */
static int set_tail(struct crypt_io *io, const u8 *cipher, loff_t lo, loff_t hi)
{
	static const struct crypt_slot none[CRYPT_SLOTS];
	struct crypt_slot *slots = io->cf->head->slots;
	loff_t tail = crypt_down(hi, CRYPT_BLOCK);
	int ret;

	ret = crypt_slots_settle(io, none, crypt_size(io));
	if (!ret && slots[0].used)
		ret = vfs_fsync(crypt_lower(io), 0);
	if (ret)
		return ret;
	memset(slots, 0, sizeof(io->cf->head->slots));
	if (tail == hi)
		return 0;
	slots[0].used = true;
	slots[0].pos = tail;
	memcpy(slots[0].text, cipher + (tail - lo), CRYPT_BLOCK);
	return 0;
}

/* Units that are zero on both sides stay the holes that they may be */
static bool is_hole(const u8 *raw, const u8 *plain, size_t len)
{
	return !memchr_inv(raw, 0, len) && !memchr_inv(plain, 0, len);
}

/* From @to on; false if there are only holes */
static bool next_units(const u8 *raw, const u8 *plain, loff_t lo, loff_t hi,
		       loff_t *from, loff_t *to)
{
	loff_t pos, end;
	bool found = false;

	for (pos = *to; pos < hi; pos = end) {
		end = min_t(loff_t, pos + CRYPT_UNIT, hi);
		if (is_hole(raw + (pos - lo), plain + (pos - lo), end - pos)) {
			if (found)
				break;
			continue;
		}
		if (!found)
			*from = pos;
		found = true;
		*to = end;
	}
	return found;
}

static int write_units(struct crypt_io *io, const u8 *raw, const u8 *plain,
		       const u8 *new, loff_t lo, loff_t hi)
{
	loff_t from, to = lo;
	int ret = 0;

	while (!ret && next_units(raw, plain, lo, hi, &from, &to))
		ret = crypt_write_raw(io, new + (from - lo), from, to);
	return ret;
}

/*
 * What is written needs no space: where it lies on shared blocks (reflink) or
 * on small ones that are holes, these are allocated. Once the journal says that
 * the chunk is in flight, a full disk would keep everybody from the file.
 */
static int reserve(struct crypt_io *io, const u8 *raw, const u8 *plain,
		   loff_t lo, loff_t hi)
{
	const int mode = FALLOC_FL_KEEP_SIZE | FALLOC_FL_UNSHARE_RANGE;
	struct file *lower = crypt_lower(io);
	loff_t from, to = lo;
	int ret = 0;

	while (!ret && next_units(raw, plain, lo, hi, &from, &to)) {
		ret = vfs_fallocate(lower, mode, from, to - from);
		/* It shares no blocks */
		if (ret == -EOPNOTSUPP)
			ret = vfs_fallocate(lower, FALLOC_FL_KEEP_SIZE, from,
					    to - from);
	}
	return ret == -EOPNOTSUPP ? 0 : ret;
}

/**
 * crypt_chunk_finish() - write a chunk that the journal knows
 * @io: the file, with keys
 * @raw: what is in the lower file
 * @plain: what programs see; used up, with room for whole blocks
 * @lo: bytes, of a unit's beginning
 * @hi: bytes, of a unit's end, or of the end of the file
 *
 * Context: Sleeps; sem held for writing.
 * Return: 0 or a negative errno, the journal being as it was. In either case
 * the head is to be written.
 */
int crypt_chunk_finish(struct crypt_io *io, const u8 *raw, u8 *plain,
		       loff_t lo, loff_t hi)
{
	struct crypt_head *head = io->cf->head;
	size_t len = hi - lo, room = crypt_up(len, CRYPT_BLOCK);
	loff_t tail = crypt_down(hi, CRYPT_BLOCK);
	u8 *new = plain;
	int ret = 0;

	if (head->state == BPIO_CRYPT_ENCRYPTING) {
		new = kmemdup(plain, room, GFP_KERNEL);
		if (!new)
			return -ENOMEM;
		ret = crypt_encrypt(io->cf->keys, new, lo, room);
		/* It is in its slot */
		memset(new + (tail - lo), 0, room - (tail - lo));
	}
	if (!ret)
		ret = write_units(io, raw, plain, new, lo, hi);
	if (!ret)
		ret = vfs_fsync(crypt_lower(io), 0);
	if (!ret)
		head->boundary = head->target;
	if (new != plain)
		kfree_sensitive(new);
	return ret;
}

/* The journal: which chunk, its tags, and its tail; on the disk on return */
static int journal(struct crypt_io *io, const u8 *plain, loff_t lo, loff_t hi)
{
	struct crypt_head *head = io->cf->head;
	size_t room = crypt_up(hi - lo, CRYPT_BLOCK);
	u8 *cipher;
	int ret;

	ret = tag_sectors(io, plain, lo, hi);
	if (ret)
		return ret;
	if (head->state == BPIO_CRYPT_DECRYPTING) {
		head->target = lo;
	} else {
		head->target = crypt_up(hi, CRYPT_UNIT);
		cipher = kmemdup(plain, room, GFP_KERNEL);
		ret = cipher ? crypt_encrypt(io->cf->keys, cipher, lo, room) :
			       -ENOMEM;
		if (!ret)
			ret = set_tail(io, cipher, lo, hi);
		kfree_sensitive(cipher);
	}
	io->cf->settled = false;
	return ret ?: crypt_head_sync(crypt_lower(io), head);
}

/**
 * crypt_chunk() - a chunk goes to the other side of the boundary
 * @io: the file, with keys, its state saying which direction
 * @lo: bytes, of a unit's beginning
 * @hi: bytes, of a unit's end, or of the end of the file; at most CRYPT_CHUNK
 *	more
 *
 * The journal goes on to the disk, and stays there until crypt_settle() or the
 * next chunk. If this fails in the middle, crypt_settle() finishes it, or
 * nobody reads the file.
 *
 * Context: Sleeps; sem held for writing.
 * Return: 0 or a negative errno.
 */
int crypt_chunk(struct crypt_io *io, loff_t lo, loff_t hi)
{
	struct crypt_head *head = io->cf->head;
	size_t room = crypt_up(hi - lo, CRYPT_BLOCK);
	u8 *raw = kzalloc(room, GFP_KERNEL);
	u8 *plain = kzalloc(room, GFP_KERNEL);
	int ret = -ENOMEM;

	if (raw && plain)
		ret = crypt_read_raw(io, raw, lo, hi);
	if (!ret)
		ret = crypt_read_plain(io, plain, lo, hi);
	if (!ret)
		ret = reserve(io, raw, plain, lo, hi);
	if (!ret) {
		ret = journal(io, plain, lo, hi);
		if (!ret)
			ret = crypt_chunk_finish(io, raw, plain, lo, hi);
		else
			/* Nothing was written yet */
			head->target = head->boundary;
	}
	kfree_sensitive(plain);
	kfree_sensitive(raw);
	return ret;
}
