/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpio_crypt: what its files share; the protocol is in main.c
 *
 * A file has blocks of 16 bytes, which are encrypted each for itself, in units
 * of 4096 bytes, whose number is the tweak. Blocks below the boundary are
 * cipher text, those above it plain text: 0 is a plain file, U64_MAX one that
 * is encrypted.
 */
#ifndef BPIO_CRYPT_H
#define BPIO_CRYPT_H

#include <linux/mutex.h>
#include <linux/rwsem.h>

#include <linux/bypassio_crypt.h>

#include "filter.h"

#define CRYPT_BLOCK	16UL
#define CRYPT_UNIT	4096UL
#define CRYPT_SECTOR	512UL
#define CRYPT_CHUNK	65536UL		/* so much is converted at a time */
#define CRYPT_ALL	U64_MAX		/* boundary of an encrypted file */

#define CRYPT_NONCE	32
#define CRYPT_CHECK	16
#define CRYPT_TAG	8
#define CRYPT_TAGS	(CRYPT_CHUNK / CRYPT_SECTOR)
#define CRYPT_SLOTS	3

struct crypto_shash;
struct crypto_skcipher;

/**
 * struct crypt_slot - a block that the lower file cannot hold, or does not yet
 * @pos: bytes; where the block begins
 * @text: its cipher text; all of the block, wherever the file ends
 * @used: there is one
 */
struct crypt_slot {
	u64 pos;
	u8 text[CRYPT_BLOCK];
	bool used;
};

/**
 * struct crypt_head - what the extended attribute says
 * @state: enum bpio_crypt_state
 * @boundary: bytes, whole units; what is below is encrypted
 * @target: where the boundary goes with the chunk in flight; itself if there is
 *	none
 * @nonce: of this file and this encryption of it
 * @check: tells a wrong key
 * @key: name of the key, terminated
 * @slots: see slots.c
 * @nr_tags: of the chunk in flight
 * @tags: MACs of the plain text of its sectors
 */
struct crypt_head {
	u32 state;
	u64 boundary;
	u64 target;
	u8 nonce[CRYPT_NONCE];
	u8 check[CRYPT_CHECK];
	char key[BPIO_CRYPT_KEY_MAX + 1];
	struct crypt_slot slots[CRYPT_SLOTS];
	unsigned int nr_tags;
	u8 tags[CRYPT_TAGS][CRYPT_TAG];
};

/**
 * struct crypt_keys - derived for one file
 * @xts: its data
 * @mac: its tags
 * @check: see struct crypt_head
 */
struct crypt_keys {
	struct crypto_skcipher *xts;
	struct crypto_shash *mac;
	u8 check[CRYPT_CHECK];
};

/**
 * struct crypt_mount - a mount that the filter is attached to
 * @inst: I: its instance
 * @node: in the list of mounts
 * @users: requests of programs, which detach waits for
 * @leaving: they had better stop
 */
struct crypt_mount {
	struct bpio_instance *inst;
	struct list_head node;
	unsigned int users;
	bool leaving;
};

/**
 * struct crypt_file - what is known of an inode that was opened
 * @ctx: in the core's lists
 * @inst: I: whose it is
 * @inode: I: the lower inode
 * @node: in the table of only.c, as long as this exists
 * @only: no other mount has it; under the table's lock
 * @pinned: it has a reference to the module; with @head
 * @sem: S: shared by those who read, and who write a plain file
 * @request: one conversion at a time; outside @sem
 * @veto: ENABLE, QUERY and mmap() are refused. Changed under @sem, read
 *	without.
 * @paused: U: a STREAM_PAUSE was sent
 * @changes: S: counts what changes the data
 * @synced: value of @changes that is known to be on the disk
 * @settled: S: no chunk is in flight, and the disk knows the boundary. Without
 *	it nobody reads or writes.
 * @head: S: NULL if the file is plain
 * @keys: S: once somebody has brought them
 * @lower: S: the lower file, open for reading
 * @map_lock: of @mappers
 * @mappers: mms that may have an mmap() of it under way
 *
 * I: set when made. S: under @sem. U: under @request.
 */
struct crypt_file {
	struct bpio_context ctx;
	const struct bpio_instance *inst;
	const struct inode *inode;
	struct hlist_node node;
	bool only;
	bool pinned;
	struct rw_semaphore sem;
	struct mutex request;	/* one conversion at a time */
	bool veto;
	bool paused;
	unsigned long changes;
	unsigned long synced;
	bool settled;
	struct crypt_head *head;
	struct crypt_keys *keys;
	struct file *lower;
	spinlock_t map_lock;	/* of @mappers */
	struct list_head mappers;
};

/**
 * struct crypt_io - how to get at the lower file
 * @inst: whose reads and writes these are
 * @cf: the file
 * @file: an open file of the mount, or NULL
 * @lower: of the lower file, where @file does not allow it
 */
struct crypt_io {
	struct bpio_instance *inst;
	struct crypt_file *cf;
	struct file *file;
	struct file *lower;
};

static inline loff_t crypt_down(loff_t pos, unsigned long to)
{
	return pos & ~((loff_t)to - 1);
}

static inline loff_t crypt_up(loff_t pos, unsigned long to)
{
	return crypt_down(pos + to - 1, to);
}

/* Is this position cipher text? */
static inline bool crypt_is_cipher(const struct crypt_head *head, loff_t pos)
{
	return (u64)pos < head->boundary;
}

/* main.c */
struct crypt_mount *crypt_mount_get(struct super_block *sb);
void crypt_mount_put(struct crypt_mount *m);

/* state.c: what is known of an inode */
int crypt_state_init(void);
void crypt_state_exit(void);
struct crypt_file *crypt_file_get(struct bpio_instance *inst,
				  struct inode *inode, struct dentry *dentry);
void crypt_file_put(struct crypt_file *cf);
int crypt_file_ready(struct bpio_instance *inst, struct crypt_file *cf,
		     struct dentry *dentry);
void crypt_file_mark(struct crypt_file *cf, struct crypt_head *head,
		     struct crypt_keys *keys, struct file *lower);
void crypt_file_plain(struct crypt_file *cf);
struct file *crypt_open_lower(struct dentry *dentry, int flags);

/* only.c: one mount at a time */
int crypt_only_add(struct crypt_file *cf);
void crypt_only_del(struct crypt_file *cf);
int crypt_only_take(struct crypt_file *cf);
void crypt_only_give(struct crypt_file *cf);

/* head.c: the extended attribute */
int crypt_head_read(struct dentry *lower, struct crypt_head **head);
int crypt_head_write(struct file *lower, const struct crypt_head *head);
int crypt_head_sync(struct file *lower, const struct crypt_head *head);

/* key.c: keys of users and keys of files */
struct crypt_keys *crypt_keys_find(const struct crypt_head *head);
void crypt_keys_free(struct crypt_keys *keys);

/* cipher.c */
int crypt_encrypt(const struct crypt_keys *keys, u8 *data, loff_t pos,
		  size_t len);
int crypt_decrypt(const struct crypt_keys *keys, u8 *data, loff_t pos,
		  size_t len);
int crypt_tag(const struct crypt_keys *keys, loff_t pos, const u8 *data,
	      size_t len, u8 *tag);

/* slots.c: blocks beside the file */
const struct crypt_slot *crypt_slot_find(const struct crypt_head *head,
					 loff_t pos);
void crypt_slots_fill(const struct crypt_head *head, u8 *data, loff_t lo,
		      loff_t hi, loff_t size);
int crypt_slots_change(struct crypt_io *io, loff_t size, loff_t pos,
		       const u8 *text);
int crypt_slots_settle(struct crypt_io *io, const struct crypt_slot *stay,
		       loff_t size);
int crypt_slots_drop(struct crypt_io *io, loff_t lo, loff_t hi);

/* plain.c: the lower file as programs see it */
loff_t crypt_size(const struct crypt_io *io);
struct file *crypt_lower(const struct crypt_io *io);
int crypt_read_raw(struct crypt_io *io, u8 *data, loff_t lo, loff_t hi);
int crypt_write_raw(struct crypt_io *io, const u8 *data, loff_t lo, loff_t hi);
int crypt_read_plain(struct crypt_io *io, u8 *data, loff_t lo, loff_t hi);
int crypt_write_plain(struct crypt_io *io, u8 *data, loff_t lo, loff_t hi);
int crypt_mask_tail(struct crypt_io *io);
void *crypt_buffer(size_t *size);

/* calls.c, io.c, size.c, falloc.c, map.c: callbacks */
enum bpio_next crypt_pre_open(struct bpio_instance *inst,
			      struct bpio_call *call, void **cookie);
enum bpio_next crypt_pre_enable(struct bpio_instance *inst,
				struct bpio_call *call, void **cookie);
enum bpio_next crypt_pre_fsync(struct bpio_instance *inst,
			       struct bpio_call *call, void **cookie);
void crypt_post_fsync(struct bpio_instance *inst, struct bpio_call *call,
		      void *cookie);
int crypt_lock(struct bpio_instance *inst, struct crypt_file *cf,
	       struct dentry *dentry, bool write);
enum bpio_next crypt_pre_read(struct bpio_instance *inst,
			      struct bpio_call *call, void **cookie);
void crypt_post_read(struct bpio_instance *inst, struct bpio_call *call,
		     void *cookie);
enum bpio_next crypt_pre_write(struct bpio_instance *inst,
			       struct bpio_call *call, void **cookie);
void crypt_post_write(struct bpio_instance *inst, struct bpio_call *call,
		      void *cookie);
int crypt_zero(struct crypt_io *io, loff_t pos, loff_t end);
enum bpio_next crypt_pre_setattr(struct bpio_instance *inst,
				 struct bpio_call *call, void **cookie);
void crypt_post_size(struct bpio_instance *inst, struct bpio_call *call,
		     void *cookie);
enum bpio_next crypt_pre_fallocate(struct bpio_instance *inst,
				   struct bpio_call *call, void **cookie);
enum bpio_next crypt_pre_mmap(struct bpio_instance *inst,
			      struct bpio_call *call, void **cookie);
bool crypt_mapped(struct crypt_file *cf, const struct inode *lower);
void crypt_mappers_free(struct crypt_file *cf);

/* chunk.c: a chunk to the other side of the boundary */
int crypt_chunk(struct crypt_io *io, loff_t lo, loff_t hi);
int crypt_chunk_finish(struct crypt_io *io, const u8 *raw, u8 *plain,
		       loff_t lo, loff_t hi);

/* recover.c: after a crash, or an error */
int crypt_settle(struct crypt_io *io);

/* run.c: all chunks */
int crypt_run(struct crypt_io *io, const bool *stop);

/* convert.c: what is asked for, and the bypass meanwhile */
int crypt_convert(struct crypt_mount *m, struct file *file,
		  struct bpio_crypt_request *req);
void crypt_finish(struct bpio_instance *inst, struct crypt_file *cf,
		  struct dentry *dentry);

/* device.c */
int crypt_device_init(void);
void crypt_device_exit(void);

#endif /* BPIO_CRYPT_H */
