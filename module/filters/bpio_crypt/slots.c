// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks beside the file
 *
 * The problem
 *   A block needs its 16 bytes of cipher text, and the last one of a file may
 *   have room for fewer: the lower file is as long as the file. Encrypting the
 *   rest with a key stream would show to who has two copies of it their
 *   difference. So the tail's cipher text is in the extended attribute, in a
 *   slot, and in the lower file its bytes are zero.
 *
 * The rule
 *   A block that is not all there in the lower file, or there is all zero, is
 *   what the slot says, if there is one for it. Else zero is a hole.
 *
 * Order on the disk
 *   The attribute is changed before the size, and the lower file system does
 *   not turn that round. So for each size that a crash may leave there is the
 *   slot of its tail, if the old tail's is kept as well. When the file has
 *   grown, the old tail is a whole block in the lower file, but possibly not on
 *   the disk yet when the size is: it reads as zeroes there, and the slot still
 *   has it. That counts for what programs have synced, so the slot that was the
 *   tail at the last fsync() is the third that is kept. (sync(2) is not seen;
 *   but for the last 15 bytes of the file it does what it does.)
 *
 *   A file that is made longer, and not by a write, has its old tail in the
 *   slot alone. Before that is given up the block is written, and synced.
 *
 *   A slot beyond the end of the file is what a write has left that failed. It
 *   is dropped before the file grows again; and those of blocks that are
 *   punched or truncated before that is done.
 */
#include <linux/fs.h>
#include <linux/string.h>

#include "crypt.h"

/**
 * crypt_slot_find() - is there one?
 * @head: of the file
 * @pos: bytes; where the block begins
 *
 * Context: Any; sem held.
 * Return: The slot or NULL.
 */
const struct crypt_slot *crypt_slot_find(const struct crypt_head *head,
					 loff_t pos)
{
	int i;

	for (i = 0; i < CRYPT_SLOTS; i++)
		if (head->slots[i].used && head->slots[i].pos == pos)
			return &head->slots[i];
	return NULL;
}

/**
 * crypt_slots_fill() - what is in slots, and not in the lower file
 * @head: of the file
 * @data: cipher text of the lower file
 * @lo: bytes; where it begins
 * @hi: bytes; where it ends
 * @size: of the file
 *
 * All that is beyond the boundary stays as it is.
 *
 * Context: Any; sem held.
 */
void crypt_slots_fill(const struct crypt_head *head, u8 *data, loff_t lo,
		      loff_t hi, loff_t size)
{
	loff_t tail = crypt_down(size, CRYPT_BLOCK);
	const struct crypt_slot *slot;
	u8 *at;
	int i;

	if (size != tail && tail >= lo && tail < hi &&
	    crypt_is_cipher(head, tail))
		memset(data + (tail - lo), 0, CRYPT_BLOCK);
	for (i = 0; i < CRYPT_SLOTS; i++) {
		slot = &head->slots[i];
		if (!slot->used || slot->pos < lo || slot->pos >= hi ||
		    slot->pos >= size || !crypt_is_cipher(head, slot->pos))
			continue;
		at = data + (slot->pos - lo);
		if (!memchr_inv(at, 0, CRYPT_BLOCK))
			memcpy(at, slot->text, CRYPT_BLOCK);
	}
}

static void keep(struct crypt_slot *slots, unsigned int *nr,
		 const struct crypt_slot *slot)
{
	unsigned int i;

	for (i = 0; i < *nr; i++)
		if (slots[i].pos == slot->pos)
			return;
	if (*nr < CRYPT_SLOTS)
		slots[(*nr)++] = *slot;
}

static bool has_slot(const struct crypt_slot *slots,
		     const struct crypt_slot *slot)
{
	int i;

	for (i = 0; i < CRYPT_SLOTS; i++)
		if (slots[i].used && slots[i].pos == slot->pos)
			return true;
	return false;
}

/* A block that is nowhere but in its slot goes to its place */
static int settle(struct crypt_io *io, const struct crypt_slot *slot)
{
	u8 text[CRYPT_BLOCK];
	int ret;

	ret = crypt_read_raw(io, text, slot->pos, slot->pos + CRYPT_BLOCK);
	if (ret || memchr_inv(text, 0, sizeof(text)))
		return ret;
	ret = crypt_write_raw(io, slot->text, slot->pos,
			      slot->pos + CRYPT_BLOCK);
	return ret ?: vfs_fsync(crypt_lower(io), 0);
}

/**
 * crypt_slots_settle() - slots are about to be given up
 * @io: the file
 * @stay: CRYPT_SLOTS that are not
 * @size: of the file
 *
 * Context: Sleeps; sem held for writing.
 * Return: 0 or a negative errno.
 */
int crypt_slots_settle(struct crypt_io *io, const struct crypt_slot *stay,
		       loff_t size)
{
	const struct crypt_slot *slot;
	int i, ret = 0;

	for (i = 0; i < CRYPT_SLOTS && !ret; i++) {
		slot = &io->cf->head->slots[i];
		if (slot->used && slot->pos + CRYPT_BLOCK <= size &&
		    crypt_is_cipher(io->cf->head, slot->pos) &&
		    !has_slot(stay, slot))
			ret = settle(io, slot);
	}
	return ret;
}

static int set_slots(struct crypt_io *io, const struct crypt_slot *slots)
{
	struct crypt_head *head = io->cf->head;
	struct crypt_slot old[CRYPT_SLOTS];
	int ret;

	if (!memcmp(head->slots, slots, sizeof(old)))
		return 0;
	memcpy(old, head->slots, sizeof(old));
	memcpy(head->slots, slots, sizeof(old));
	ret = crypt_head_write(crypt_lower(io), head);
	if (ret)
		memcpy(head->slots, old, sizeof(old));
	return ret;
}

/**
 * crypt_slots_change() - the file is about to grow, or its tail to change
 * @io: the file
 * @size: of it, now
 * @pos: bytes; where its tail will begin
 * @text: the tail's cipher text; NULL: it will have no tail
 *
 * Context: Sleeps; sem held for writing.
 * Return: 0 or a negative errno.
 */
int crypt_slots_change(struct crypt_io *io, loff_t size, loff_t pos,
		       const u8 *text)
{
	struct crypt_head *head = io->cf->head;
	const struct crypt_slot *tail, *slot;
	struct crypt_slot slots[CRYPT_SLOTS];
	unsigned int nr = 0;
	int i;

	memset(slots, 0, sizeof(slots));
	if (text) {
		slots[0].pos = pos;
		slots[0].used = true;
		memcpy(slots[0].text, text, CRYPT_BLOCK);
		nr = 1;
	}
	tail = crypt_slot_find(head, crypt_down(size, CRYPT_BLOCK));
	if (tail && tail->pos < size)
		keep(slots, &nr, tail);
	/* The oldest was on the disk before the others, unless all is */
	for (i = CRYPT_SLOTS - 1; i >= 0; i--) {
		slot = &head->slots[i];
		if (slot->used && slot->pos < size &&
		    io->cf->synced != io->cf->changes) {
			keep(slots, &nr, slot);
			break;
		}
	}
	return crypt_slots_settle(io, slots, size) ?: set_slots(io, slots);
}

/**
 * crypt_slots_drop() - blocks are about to go
 * @io: the file
 * @lo: bytes; where the first begins
 * @hi: bytes; where the last ends
 *
 * Context: Sleeps; sem held for writing.
 * Return: 0 or a negative errno.
 */
int crypt_slots_drop(struct crypt_io *io, loff_t lo, loff_t hi)
{
	struct crypt_head *head = io->cf->head;
	struct crypt_slot slots[CRYPT_SLOTS];
	const struct crypt_slot *slot;
	unsigned int nr = 0;
	int i;

	memset(slots, 0, sizeof(slots));
	for (i = 0; i < CRYPT_SLOTS; i++) {
		slot = &head->slots[i];
		if (slot->used && (slot->pos < lo || slot->pos >= hi))
			slots[nr++] = *slot;
	}
	return set_slots(io, slots);
}
