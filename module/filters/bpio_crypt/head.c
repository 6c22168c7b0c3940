// SPDX-License-Identifier: GPL-2.0
/*
 * The extended attribute "trusted.bpio_crypt" of the lower file
 *
 * Its value is a struct disk_head, little endian, without the tags that are not
 * there. A file that is plain has none. The lower file system changes it in one
 * transaction: it is the old one or the new one, and in order with the size.
 */
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/xattr.h>

#include "crypt.h"
#include "compat/compat.h"

#define NAME	BPIO_XATTR_PREFIX "crypt"
#define MAGIC	0x43495042	/* "BPIC" */
#define VERSION	1
#define NO_SLOT	U64_MAX

/**
 * struct disk_slot - struct crypt_slot on the disk
 * @pos: NO_SLOT if it is not used
 * @text: of the block
 */
struct disk_slot {
	__le64 pos;
	u8 text[CRYPT_BLOCK];
} __packed;

/**
 * struct disk_head - struct crypt_head on the disk
 * @magic: MAGIC
 * @version: VERSION
 * @state: enum bpio_crypt_state
 * @nr_tags: that follow
 * @reserved: 0
 * @boundary: a multiple of CRYPT_UNIT, or CRYPT_ALL
 * @target: likewise
 * @nonce: see struct crypt_head
 * @check: see there
 * @key: zero padded
 * @slots: see slots.c
 * @tags: of the chunk in flight
 */
struct disk_head {
	__le32 magic;
	__le16 version;
	__le16 state;
	__le32 nr_tags;
	__le32 reserved;
	__le64 boundary;
	__le64 target;
	u8 nonce[CRYPT_NONCE];
	u8 check[CRYPT_CHECK];
	u8 key[BPIO_CRYPT_KEY_MAX];
	struct disk_slot slots[CRYPT_SLOTS];
	u8 tags[CRYPT_TAGS][CRYPT_TAG];
} __packed;

static size_t disk_size(unsigned int nr_tags)
{
	return offsetof(struct disk_head, tags) + nr_tags * CRYPT_TAG;
}

/* A multiple of @unit, with room for one more behind it */
static bool place_valid(u64 pos, unsigned long unit)
{
	return IS_ALIGNED(pos, unit) && pos <= LLONG_MAX - unit;
}

static bool state_valid(const struct disk_head *d)
{
	u64 boundary = le64_to_cpu(d->boundary);
	u64 target = le64_to_cpu(d->target);

	switch (le16_to_cpu(d->state)) {
	case BPIO_CRYPT_ENCRYPTED:
		return boundary == CRYPT_ALL && target == CRYPT_ALL;
	case BPIO_CRYPT_ENCRYPTING:
	case BPIO_CRYPT_DECRYPTING:
		return place_valid(boundary, CRYPT_UNIT) &&
		       place_valid(target, CRYPT_UNIT);
	default:
		return false;
	}
}

static bool slots_valid(const struct disk_head *d)
{
	u64 pos;
	int i;

	for (i = 0; i < CRYPT_SLOTS; i++) {
		pos = le64_to_cpu(d->slots[i].pos);
		if (pos != NO_SLOT && !place_valid(pos, CRYPT_BLOCK))
			return false;
	}
	return true;
}

/* Who can write to the disk can spoil the file, but not the kernel */
static bool disk_valid(const struct disk_head *d, ssize_t size)
{
	u32 nr_tags = le32_to_cpu(d->nr_tags);

	return size >= (ssize_t)disk_size(0) &&
	       le32_to_cpu(d->magic) == MAGIC &&
	       le16_to_cpu(d->version) == VERSION && nr_tags <= CRYPT_TAGS &&
	       size == disk_size(nr_tags) && !d->reserved && state_valid(d) &&
	       slots_valid(d);
}

static void from_disk(struct crypt_head *head, const struct disk_head *d)
{
	int i;

	head->state = le16_to_cpu(d->state);
	head->boundary = le64_to_cpu(d->boundary);
	head->target = le64_to_cpu(d->target);
	head->nr_tags = le32_to_cpu(d->nr_tags);
	memcpy(head->nonce, d->nonce, sizeof(head->nonce));
	memcpy(head->check, d->check, sizeof(head->check));
	memcpy(head->key, d->key, sizeof(d->key));
	memcpy(head->tags, d->tags, head->nr_tags * CRYPT_TAG);
	for (i = 0; i < CRYPT_SLOTS; i++) {
		head->slots[i].pos = le64_to_cpu(d->slots[i].pos);
		head->slots[i].used = head->slots[i].pos != NO_SLOT;
		memcpy(head->slots[i].text, d->slots[i].text, CRYPT_BLOCK);
	}
}

static void to_disk(struct disk_head *d, const struct crypt_head *head)
{
	int i;

	d->magic = cpu_to_le32(MAGIC);
	d->version = cpu_to_le16(VERSION);
	d->state = cpu_to_le16(head->state);
	d->boundary = cpu_to_le64(head->boundary);
	d->target = cpu_to_le64(head->target);
	d->nr_tags = cpu_to_le32(head->nr_tags);
	memcpy(d->nonce, head->nonce, sizeof(d->nonce));
	memcpy(d->check, head->check, sizeof(d->check));
	memcpy(d->key, head->key, sizeof(d->key));
	memcpy(d->tags, head->tags, head->nr_tags * CRYPT_TAG);
	for (i = 0; i < CRYPT_SLOTS; i++) {
		const struct crypt_slot *slot = &head->slots[i];

		d->slots[i].pos = cpu_to_le64(slot->used ? slot->pos : NO_SLOT);
		if (slot->used)
			memcpy(d->slots[i].text, slot->text, CRYPT_BLOCK);
	}
}

/**
 * crypt_head_read() - what does the disk say of a file?
 * @lower: dentry of the lower file
 * @head: out: allocated, or NULL if it is plain
 *
 * Context: Sleeps.
 * Return: 0, -ENOMEM, -EUCLEAN for what nobody has written so, or what the
 * lower file system says.
 */
int crypt_head_read(struct dentry *lower, struct crypt_head **head)
{
	struct disk_head *d = kzalloc(sizeof(*d), GFP_KERNEL);
	ssize_t size;
	int ret = 0;

	*head = NULL;
	if (!d)
		return -ENOMEM;
	size = __vfs_getxattr(lower, d_inode(lower), NAME, d, sizeof(*d));
	if (size == -ENODATA || size == -EOPNOTSUPP)
		goto out;
	ret = size == -ERANGE ? -EUCLEAN : min_t(ssize_t, size, 0);
	if (!ret && !disk_valid(d, size))
		ret = -EUCLEAN;
	if (ret)
		goto out;
	*head = kzalloc(sizeof(**head), GFP_KERNEL);
	if (*head)
		from_disk(*head, d);
	else
		ret = -ENOMEM;
out:
	kfree(d);
	return ret;
}

static int change(struct file *lower, const void *value, size_t size)
{
	struct dentry *dentry = lower->f_path.dentry;
	struct inode *inode = d_inode(dentry);
	int ret;

	ret = mnt_want_write(lower->f_path.mnt);
	if (ret)
		return ret;
	/* It is the kernel's own: nobody's right to it is asked for */
	inode_lock(inode);
	if (value)
		ret = __vfs_setxattr(&nop_mnt_idmap, dentry, inode, NAME, value,
				     size, 0);
	else
		ret = __vfs_removexattr(&nop_mnt_idmap, dentry, NAME);
	inode_unlock(inode);
	mnt_drop_write(lower->f_path.mnt);
	return ret;
}

/**
 * crypt_head_write() - remember it, but not for certain yet
 * @lower: the lower file, however it is open
 * @head: NULL: the file is plain
 *
 * Context: Sleeps; takes the lower inode's lock.
 * Return: 0 or a negative errno.
 */
int crypt_head_write(struct file *lower, const struct crypt_head *head)
{
	struct disk_head *d;
	int ret;

	if (!head)
		return change(lower, NULL, 0);
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	to_disk(d, head);
	ret = change(lower, d, disk_size(head->nr_tags));
	kfree(d);
	return ret;
}

/**
 * crypt_head_sync() - remember it; it and all data are on the disk on return
 * @lower: the lower file, however it is open
 * @head: NULL: the file is plain
 *
 * Context: Sleeps; takes the lower inode's lock.
 * Return: 0 or a negative errno.
 */
int crypt_head_sync(struct file *lower, const struct crypt_head *head)
{
	int ret = crypt_head_write(lower, head);

	return ret ?: vfs_fsync(lower, 0);
}
