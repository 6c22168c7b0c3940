// SPDX-License-Identifier: GPL-2.0
/*
 * Converting a file; the order of things is in main.c
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "crypt.h"

/* What is sent has to be allocated while that may still fail */
static void tell(struct crypt_io *io, struct inode *inode,
		 struct bpio_args *args, u32 op)
{
	static const char text[] = "the file is being encrypted";

	memset(args, 0, sizeof(*args));
	args->op = op;
	if (op == BPIO_OP_STREAM_PAUSE) {
		args->in_flags = BPIO_IN_WHY;
		args->pause.reason = BPIO_REASON_ENCRYPTED;
		args->pause.text_len = sizeof(text) - 1;
		memcpy(args->pause.text, text, sizeof(text) - 1);
	}
	WARN_ON_ONCE(bpio_manage_below(io->inst, inode, io->file, args));
}

/* Whoever enables from now on meets the veto, and who has is counted (R60) */
static void keep_bypass_away(struct crypt_io *io, struct bpio_args *args)
{
	WRITE_ONCE(io->cf->veto, true);
	/* Pairs with the count of an ENABLE, which comes before its question */
	smp_mb();
	/* No RESUME ends a pause as long as there is a veto: one is enough */
	if (!io->cf->paused && bpio_open_count(file_inode(io->file))) {
		io->cf->paused = true;
		tell(io, file_inode(io->file), args, BPIO_OP_STREAM_PAUSE);
	}
}

static void let_bypass_in(struct crypt_io *io, struct inode *inode,
			  struct bpio_args *args)
{
	if (io->cf->paused || bpio_open_count(inode))
		tell(io, inode, args, BPIO_OP_STREAM_RESUME);
	io->cf->paused = false;
}

static struct crypt_head *new_head(const struct bpio_crypt_request *req)
{
	struct crypt_head *head = kzalloc(sizeof(*head), GFP_KERNEL);

	if (!head)
		return NULL;
	head->state = BPIO_CRYPT_ENCRYPTING;
	get_random_bytes(head->nonce, sizeof(head->nonce));
	memcpy(head->key, req->key, req->key_len);
	return head;
}

/* The disk is told; from here on all reads and writes are completed by us */
static int mark(struct crypt_io *io, struct crypt_head *head,
		struct crypt_keys *keys)
{
	struct crypt_file *cf = io->cf;
	struct file *lower;
	int ret;

	lower = crypt_open_lower(io->file->f_path.dentry, O_RDONLY);
	if (IS_ERR(lower))
		return PTR_ERR(lower);
	memcpy(head->check, keys->check, sizeof(head->check));
	/* Those who read and write meanwhile may take as long as they like */
	ret = down_write_killable(&cf->sem);
	if (ret)
		goto out_fput;
	ret = crypt_head_sync(lower, head);
	if (!ret) {
		crypt_file_mark(cf, head, keys, lower);
	} else if (ret != -EOPNOTSUPP) {
		/* It may be there; then it says that nothing is encrypted */
		crypt_head_write(lower, NULL);
	}
	up_write(&cf->sem);
	if (!ret)
		return 0;
out_fput:
	fput(lower);
	return ret;
}

static int begin_encrypt(struct crypt_io *io, struct bpio_args *args,
			 const struct bpio_crypt_request *req)
{
	struct crypt_head *head = new_head(req);
	struct crypt_keys *keys;
	int ret;

	if (!head)
		return -ENOMEM;
	keys = crypt_keys_find(head);
	if (IS_ERR(keys)) {
		kfree_sensitive(head);
		return PTR_ERR(keys);
	}
	keep_bypass_away(io, args);
	ret = crypt_only_take(io->cf);
	/* Whoever maps it through another mount has been found by now */
	if (!ret && crypt_mapped(io->cf, file_inode(crypt_lower(io))))
		ret = -EBUSY;
	if (!ret)
		ret = mark(io, head, keys);
	if (!ret)
		return 0;
	crypt_only_give(io->cf);
	WRITE_ONCE(io->cf->veto, false);
	let_bypass_in(io, file_inode(io->file), args);
	crypt_keys_free(keys);
	kfree_sensitive(head);
	return ret;
}

static int encrypt(struct crypt_io *io, struct bpio_args *args,
		   const struct bpio_crypt_request *req, const bool *stop)
{
	struct crypt_file *cf = io->cf;
	int ret;

	/* Under @request nobody else changes what the file is */
	if (!cf->head) {
		ret = begin_encrypt(io, args, req);
		if (ret)
			return ret;
	}
	if (cf->head->state == BPIO_CRYPT_ENCRYPTED)
		return -EALREADY;
	/* It was begun with another one */
	if (strlen(cf->head->key) != req->key_len ||
	    memcmp(cf->head->key, req->key, req->key_len))
		return -EKEYREJECTED;
	keep_bypass_away(io, args);
	ret = down_write_killable(&cf->sem);
	if (ret)
		return ret;
	cf->head->state = BPIO_CRYPT_ENCRYPTING;
	ret = crypt_run(io, stop);
	up_write(&cf->sem);
	return ret;
}

static int decrypt(struct crypt_io *io, struct bpio_args *args,
		   const bool *stop)
{
	struct crypt_file *cf = io->cf;
	struct crypt_head *head = cf->head;
	int ret;

	if (!head)
		return -EALREADY;
	ret = down_write_killable(&cf->sem);
	if (ret)
		return ret;
	ret = crypt_settle(io);
	if (!ret) {
		head->state = BPIO_CRYPT_DECRYPTING;
		head->boundary = min_t(u64, head->boundary,
				       crypt_up(crypt_size(io), CRYPT_UNIT));
		head->target = head->boundary;
		cf->settled = false;
		ret = crypt_run(io, stop);
	}
	up_write(&cf->sem);
	if (!cf->head)
		let_bypass_in(io, file_inode(io->file), args);
	return ret;
}

static int check_file(struct file *file)
{
	struct inode *lower = file_inode(bpio_lower_file(file));

	if (!(file->f_mode & FMODE_READ) || !(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (IS_SWAPFILE(lower))
		return -ETXTBSY;
	if (IS_DAX(lower))
		return -EOPNOTSUPP;
	return 0;
}

/**
 * crypt_convert() - encrypt or decrypt a file
 * @m: its mount
 * @file: open
 * @req: what a program asks for, checked
 *
 * Context: Sleeps.
 * Return: 0 or a negative errno.
 */
int crypt_convert(struct crypt_mount *m, struct file *file,
		  struct bpio_crypt_request *req)
{
	struct crypt_io io = { .inst = m->inst, .file = file };
	struct dentry *dentry = file->f_path.dentry;
	struct bpio_args *args;
	int ret;

	ret = check_file(file);
	if (ret)
		return ret;
	io.cf = crypt_file_get(m->inst, file_inode(file), dentry);
	if (IS_ERR(io.cf))
		return PTR_ERR(io.cf);
	ret = -ENOMEM;
	args = kmalloc(sizeof(*args), GFP_KERNEL);
	if (!args)
		goto out_put;
	ret = -EBUSY;
	if (!mutex_trylock(&io.cf->request))
		goto out_free;
	ret = crypt_file_ready(m->inst, io.cf, dentry);
	if (!ret && req->op == BPIO_CRYPT_OP_ENCRYPT)
		ret = encrypt(&io, args, req, &m->leaving);
	else if (!ret)
		ret = decrypt(&io, args, &m->leaving);
	mutex_unlock(&io.cf->request);
out_free:
	kfree(args);
out_put:
	crypt_file_put(io.cf);
	return ret;
}

/**
 * crypt_finish() - go on with what a crash, or a signal, has interrupted
 * @inst: of the mount
 * @cf: the file; it can be read
 * @dentry: one of its
 *
 * If it cannot be done now, the file is read and written as it is.
 *
 * Context: Sleeps; sem not held.
 */
void crypt_finish(struct bpio_instance *inst, struct crypt_file *cf,
		  struct dentry *dentry)
{
	struct crypt_io io = { .inst = inst, .cf = cf };
	struct bpio_args *args;
	const bool stop = false;

	/* What has to be made good to read it was, as by a journal's replay */
	if (sb_rdonly(dentry->d_sb))
		return;
	args = kmalloc(sizeof(*args), GFP_KERNEL);
	if (!args)
		return;
	if (!mutex_trylock(&cf->request))
		goto out_free;
	/* Under @request nobody else changes what the file is */
	if (!cf->head || cf->head->state == BPIO_CRYPT_ENCRYPTED)
		goto out_unlock;
	io.lower = crypt_open_lower(dentry, O_RDWR);
	if (IS_ERR(io.lower))
		goto out_unlock;
	if (!down_write_killable(&cf->sem)) {
		if (cf->keys)
			crypt_run(&io, &stop);
		up_write(&cf->sem);
	}
	fput(io.lower);
	if (!cf->head)
		let_bypass_in(&io, d_inode(dentry), args);
out_unlock:
	mutex_unlock(&cf->request);
out_free:
	kfree(args);
}
