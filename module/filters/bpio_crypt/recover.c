// SPDX-License-Identifier: GPL-2.0
/*
 * A chunk that was in flight
 *
 * Some of its sectors may be as they were, some as they were to be, in any
 * mixture: the disk writes sectors whole, but in no order. The journal has a
 * tag of the plain text of each, so that one can be told from the other. When
 * the plain text of the chunk is there again, the chunk is written as it was to
 * be. If that is interrupted, it is done again.
 */
#include <linux/fs.h>
#include <linux/slab.h>

#include "crypt.h"

/* As if all of it had been written, or nothing of it had been decrypted */
static int read_converted(struct crypt_io *io, u8 *data, loff_t lo, loff_t hi)
{
	struct crypt_head *head = io->cf->head;
	u64 boundary = head->boundary;
	int ret;

	head->boundary = max(boundary, head->target);
	ret = crypt_read_plain(io, data, lo, hi);
	head->boundary = boundary;
	return ret;
}

static int has_tag(struct crypt_io *io, const u8 *data, loff_t pos, size_t len,
		   const u8 *tag, bool *same)
{
	u8 found[CRYPT_TAG];
	int ret;

	ret = crypt_tag(io->cf->keys, pos, data, len, found);
	*same = !memcmp(found, tag, sizeof(found));
	return ret;
}

/* @plain has that of the sectors that are converted; on return, of all */
static int sort_sectors(struct crypt_io *io, const u8 *raw, u8 *plain,
			loff_t lo, loff_t hi)
{
	const struct crypt_head *head = io->cf->head;
	size_t len, at = 0;
	unsigned int i;
	bool same;
	int ret;

	for (i = 0; i < head->nr_tags; i++, at += CRYPT_SECTOR) {
		len = min_t(size_t, hi - lo - at, CRYPT_SECTOR);
		ret = has_tag(io, raw + at, lo + at, len, head->tags[i], &same);
		if (ret)
			return ret;
		if (same) {
			memcpy(plain + at, raw + at, len);
			continue;
		}
		ret = has_tag(io, plain + at, lo + at, len, head->tags[i],
			      &same);
		if (ret)
			return ret;
		if (!same) {
			pr_err_ratelimited("bpio_crypt: inode %lu: byte %lld and on was changed while the file was neither encrypted nor plain\n",
					   file_inode(crypt_lower(io))->i_ino,
					   lo + (loff_t)at);
			return -EIO;
		}
	}
	return 0;
}

static int finish_chunk(struct crypt_io *io)
{
	struct crypt_head *head = io->cf->head;
	loff_t lo = min(head->boundary, head->target);
	loff_t hi = min_t(u64, max(head->boundary, head->target),
			  crypt_size(io));
	u8 *raw, *plain;
	size_t room;
	int ret = -ENOMEM;

	if (hi <= lo || head->nr_tags != DIV_ROUND_UP(hi - lo, CRYPT_SECTOR))
		return -EUCLEAN;
	room = crypt_up(hi - lo, CRYPT_BLOCK);
	raw = kzalloc(room, GFP_KERNEL);
	plain = kzalloc(room, GFP_KERNEL);
	if (raw && plain)
		ret = crypt_read_raw(io, raw, lo, hi);
	if (!ret)
		ret = read_converted(io, plain, lo, hi);
	if (!ret)
		ret = sort_sectors(io, raw, plain, lo, hi);
	if (!ret)
		ret = crypt_chunk_finish(io, raw, plain, lo, hi);
	kfree_sensitive(plain);
	kfree_sensitive(raw);
	return ret;
}

/**
 * crypt_settle() - no chunk is in flight on return, on the disk as well
 * @io: the file, with keys, for writing
 *
 * Context: Sleeps; sem held for writing.
 * Return: 0 or a negative errno: nobody may read or write the file.
 */
int crypt_settle(struct crypt_io *io)
{
	struct crypt_head *head = io->cf->head;
	int ret = 0;

	if (io->cf->settled)
		return 0;
	if (head->target != head->boundary)
		ret = finish_chunk(io);
	if (ret)
		return ret;
	head->nr_tags = 0;
	ret = crypt_head_sync(crypt_lower(io), head);
	if (!ret)
		io->cf->settled = true;
	return ret;
}
