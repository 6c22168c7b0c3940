// SPDX-License-Identifier: GPL-2.0
/*
 * bpio_crypt - encrypts files of a bypassfs mount in place, under their users
 *
 * What is where
 *   The lower file has cipher text, the length is the file's. Programs on the
 *   mount read and write plain text. Whoever opens such a file needs the key in
 *   a keyring of his, or gets ENOKEY. One extended attribute,
 *   "trusted.bpio_crypt", says how far the file is encrypted, with which key's
 *   help, and what is in flight.
 *
 * Why reads and writes are completed here
 *   BPIO_FEATURE_DATA would let us change bytes on their way. But a write of
 *   one byte changes a block of sixteen, which has to be read before, and
 *   nobody may read or write it in between; a write that appends knows its
 *   place only below. So reads and writes of encrypted files are completed
 *   here, in whole blocks, under the file's semaphore: many readers, one
 *   writer.
 *
 * The cipher
 *   AES-256-XTS: the length stays, each 16 bytes depend on their place and
 *   nothing else, so that a write that a crash has cut leaves what it would
 *   leave of a plain file. The key of a file is made of the user's key and of a
 *   random nonce of each encryption (key.c). Sixteen zero bytes of cipher text
 *   are a hole, so the lower file system punches, extends and preallocates by
 *   itself. The tail, shorter than a block, is in the attribute (slots.c).
 *
 * What it does not protect against
 *   - Who can write to the disk: nothing is authenticated. He can put back an
 *     older block at its place, make zeroes of one, or noise; and change the
 *     attribute.
 *   - Who sees the disk twice: he sees which blocks of 16 bytes have changed.
 *   - Anybody who sees: names, sizes, times, holes, and which units of 4 KiB
 *     were all zero when the file was encrypted.
 *   - Plain text that was there before: it is overwritten in place, which a
 *     disk that remaps (flash), a journal (data=journal), a snapshot or a
 *     reflink does not do. Nor is free space wiped, nor are copies made by
 *     others.
 *   - Root while a file is in use: the keys are in memory, and stay as long as
 *     the inode is cached.
 *   - Without this module programs on the mount see cipher text, and spoil the
 *     file if they write. It stays as long as such a file is in memory.
 *
 * Encrypting, step by step (R60, and the example in BypassIO's documentation)
 *   1. veto ENABLE and QUERY, and refuse mmap();
 *   2. look at the open count, and if it is not 0 send STREAM_PAUSE down: now
 *      every read and write comes by here;
 *   3. see that no mapping is there, or on its way. Else EBUSY: veto no more,
 *      STREAM_RESUME;
 *   4. mark the file on the disk: encrypting, nothing done yet; fsync;
 *   5. chunk by chunk, as below; others read and write between the chunks;
 *   6. on the disk: encrypted; fsync. The veto stays.
 *
 *   Decrypting is 4 and 5 the other way round, from the end; then the attribute
 *   is removed; fsync; veto no more; STREAM_RESUME.
 *
 * One chunk (64 KiB), and what a crash finds
 *   a. Under the semaphore, for writing. Space for what is to be written is
 *      allocated, so that a full disk is met here. Into the attribute: which
 *      chunk, a tag (MAC of the plain text) for each of its sectors, and the
 *      slot of the tail, if the file ends here. Fsync: what was dirty is on the
 *      disk now, and so is the attribute.
 *      Up to here the chunk is as it was. The one before it may be in the
 *      attribute still, which does no harm: all its sectors are found to be
 *      converted.
 *   b. The chunk is written in place. Fsync.
 *      Up to here each of its sectors is old or new: recover.c tells which, by
 *      the tags.
 *   c. The next chunk's (a). Or, before anybody else is let in, the attribute
 *      without a chunk, and fsync: what others write has no tag.
 *
 *   What this relies on: the disk writes sectors of 512 bytes whole. The lower
 *   file system changes an attribute in one go, and not before changes of
 *   attributes and size that were made earlier; data that did not get to the
 *   disk are zeroes there (not so with data=writeback). Directories have no
 *   part in it: a file keeps its attribute whatever it is called.
 *
 *   An error in (b) or (c) is treated as a crash: nobody reads or writes the
 *   file until the chunk could be finished.
 *
 * Recovery
 *   When the file is next opened (or read, or truncated) by somebody with its
 *   key, the chunk in flight is finished before that; at open also all that
 *   remains to be converted, in the direction that it had. A signal stops that;
 *   the file can be used as it is then.
 *
 * Locks
 *   crypt_file.request, crypt_file.sem, the lower inode's. No pause is sent
 *   under the semaphore: it waits for reads. mmap() takes none of them.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "crypt.h"

static DEFINE_SPINLOCK(mounts_lock);	/* of @mounts, and what is in it */
static LIST_HEAD(mounts);
static DECLARE_WAIT_QUEUE_HEAD(mounts_wait);

/**
 * crypt_mount_get() - is the filter at this mount? It stays until put.
 * @sb: any
 *
 * Context: Any but interrupts.
 * Return: the mount, or NULL.
 */
struct crypt_mount *crypt_mount_get(struct super_block *sb)
{
	struct crypt_mount *m, *found = NULL;

	spin_lock(&mounts_lock);
	list_for_each_entry(m, &mounts, node) {
		if (bpio_instance_sb(m->inst) == sb && !m->leaving) {
			m->users++;
			found = m;
			break;
		}
	}
	spin_unlock(&mounts_lock);
	return found;
}

/**
 * crypt_mount_put() - it may go
 * @m: from crypt_mount_get()
 *
 * Context: Any but interrupts.
 */
void crypt_mount_put(struct crypt_mount *m)
{
	spin_lock(&mounts_lock);
	if (!--m->users)
		wake_up_all(&mounts_wait);
	spin_unlock(&mounts_lock);
}

static int crypt_attach(struct bpio_instance *inst)
{
	struct super_block *sb = bpio_instance_sb(inst);
	struct crypt_mount *m;

	/* Of two mounts, one over the other, both would take the attribute */
	if (bpio_lower_path(sb->s_root).dentry->d_sb->s_type == sb->s_type)
		return -EOPNOTSUPP;
	m = kzalloc(sizeof(*m), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	m->inst = inst;
	bpio_instance_set(inst, m);
	spin_lock(&mounts_lock);
	list_add(&m->node, &mounts);
	spin_unlock(&mounts_lock);
	return 0;
}

static bool unused(const struct crypt_mount *m)
{
	bool ret;

	spin_lock(&mounts_lock);
	ret = !m->users;
	spin_unlock(&mounts_lock);
	return ret;
}

static void crypt_detach(struct bpio_instance *inst)
{
	struct crypt_mount *m = bpio_instance_get(inst);

	spin_lock(&mounts_lock);
	WRITE_ONCE(m->leaving, true);
	spin_unlock(&mounts_lock);
	wait_event(mounts_wait, unused(m));
	spin_lock(&mounts_lock);
	list_del(&m->node);
	spin_unlock(&mounts_lock);
	kfree(m);
}

static const struct bpio_filter filter = {
	.name = KBUILD_MODNAME,
	.altitude = "140500",
	.features = BPIO_FEATURE_BYPASS,
	.attach = crypt_attach,
	.detach = crypt_detach,
	.pre = {
		[BPIO_CALL_OPEN] = crypt_pre_open,
		[BPIO_CALL_READ] = crypt_pre_read,
		[BPIO_CALL_WRITE] = crypt_pre_write,
		[BPIO_CALL_SETATTR] = crypt_pre_setattr,
		[BPIO_CALL_FALLOCATE] = crypt_pre_fallocate,
		[BPIO_CALL_MMAP] = crypt_pre_mmap,
		[BPIO_CALL_FSYNC] = crypt_pre_fsync,
		[BPIO_CALL_ENABLE] = crypt_pre_enable,
		[BPIO_CALL_QUERY] = crypt_pre_enable,
	},
	.post = {
		[BPIO_CALL_READ] = crypt_post_read,
		[BPIO_CALL_WRITE] = crypt_post_write,
		[BPIO_CALL_SETATTR] = crypt_post_size,
		[BPIO_CALL_FALLOCATE] = crypt_post_size,
		[BPIO_CALL_FSYNC] = crypt_post_fsync,
	},
};

static int __init crypt_init(void)
{
	int ret;

	ret = crypt_state_init();
	if (ret)
		return ret;
	ret = bpio_filter_register(&filter);
	if (ret)
		goto out_state;
	ret = crypt_device_init();
	if (!ret)
		return 0;
	bpio_filter_unregister(&filter);
out_state:
	crypt_state_exit();
	return ret;
}

static void __exit crypt_exit(void)
{
	crypt_device_exit();
	bpio_filter_unregister(&filter);
	crypt_state_exit();
}

module_init(crypt_init);
module_exit(crypt_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("bypassfs filter that encrypts and decrypts files in place");
MODULE_SOFTDEP("pre: xts hmac sha256");
