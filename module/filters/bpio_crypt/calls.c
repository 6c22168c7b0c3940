// SPDX-License-Identifier: GPL-2.0
/*
 * Opening a file, enabling its bypass, syncing it
 */
#include <linux/dcache.h>
#include <linux/fs.h>

#include "crypt.h"

/* Somebody else's key does not open it */
static int check_key(struct crypt_file *cf)
{
	struct crypt_keys *keys;
	int ret;

	ret = down_read_killable(&cf->sem);
	if (ret)
		return ret;
	if (cf->head) {
		keys = crypt_keys_find(cf->head);
		if (IS_ERR(keys)) {
			ret = PTR_ERR(keys);
		} else {
			if (memcmp(keys->check, cf->head->check, CRYPT_CHECK))
				ret = -EKEYREJECTED;
			crypt_keys_free(keys);
		}
	}
	up_read(&cf->sem);
	return ret;
}

/**
 * crypt_pre_open() - bpio_filter.pre of BPIO_CALL_OPEN
 * @inst: of the mount
 * @call: the call
 * @cookie: unused
 *
 * Context: Sleeps.
 * Return: what is next.
 */
enum bpio_next crypt_pre_open(struct bpio_instance *inst,
			      struct bpio_call *call, void **cookie)
{
	struct dentry *dentry = call->file->f_path.dentry;
	struct crypt_file *cf;

	if (!S_ISREG(call->inode->i_mode))
		return BPIO_NEXT;
	cf = crypt_file_get(inst, call->inode, dentry);
	if (IS_ERR(cf)) {
		call->ret = PTR_ERR(cf);
		return BPIO_DONE;
	}
	call->ret = 0;
	if (READ_ONCE(cf->veto))
		call->ret = check_key(cf) ?: crypt_file_ready(inst, cf, dentry);
	if (!call->ret && READ_ONCE(cf->veto))
		crypt_finish(inst, cf, dentry);
	crypt_file_put(cf);
	return call->ret ? BPIO_DONE : BPIO_NEXT;
}

/**
 * crypt_pre_enable() - bpio_filter.pre of BPIO_CALL_ENABLE and _QUERY
 * @inst: of the mount
 * @call: the call
 * @cookie: unused
 *
 * Context: Sleeps.
 * Return: what is next.
 */
enum bpio_next crypt_pre_enable(struct bpio_instance *inst,
				struct bpio_call *call, void **cookie)
{
	struct dentry *dentry;
	struct crypt_file *cf;
	bool veto;

	if (!S_ISREG(call->inode->i_mode))
		return BPIO_NEXT;
	/* A RESUME may come without an open file */
	dentry = call->file ? dget(call->file->f_path.dentry) :
			      d_find_any_alias(call->inode);
	cf = dentry ? crypt_file_get(inst, call->inode, dentry) :
		      ERR_PTR(-ESTALE);
	dput(dentry);
	if (IS_ERR(cf)) {
		call->ret = bpio_veto(call, PTR_ERR(cf), BPIO_REASON_OTHER,
				      "whether the file is encrypted cannot be told");
		return BPIO_DONE;
	}
	/* Pairs with keep_bypass_away(): counted first, asked then */
	smp_mb();
	veto = READ_ONCE(cf->veto);
	crypt_file_put(cf);
	if (!veto)
		return BPIO_NEXT;
	call->ret = bpio_veto(call, -EOPNOTSUPP, BPIO_REASON_ENCRYPTED,
			      "Encrypted file not supported");
	return BPIO_DONE;
}

/**
 * crypt_pre_fsync() - bpio_filter.pre of BPIO_CALL_FSYNC
 * @inst: of the mount
 * @call: the call
 * @cookie: for crypt_post_fsync()
 *
 * The tail, and what the file is, are not among the data: of an encrypted file
 * the whole inode is written.
 *
 * Context: Sleeps.
 * Return: what is next.
 */
enum bpio_next crypt_pre_fsync(struct bpio_instance *inst,
			       struct bpio_call *call, void **cookie)
{
	struct crypt_file *cf;

	if (!S_ISREG(call->inode->i_mode))
		return BPIO_NEXT;
	cf = crypt_file_get(inst, call->inode, call->file->f_path.dentry);
	if (IS_ERR(cf))
		return BPIO_NEXT;
	call->ret = down_read_killable(&cf->sem);
	if (!call->ret) {
		if (cf->head)
			call->fsync.datasync = false;
		*cookie = (void *)cf->changes;
		up_read(&cf->sem);
	}
	crypt_file_put(cf);
	return call->ret ? BPIO_DONE : BPIO_NEXT_POST;
}

/**
 * crypt_post_fsync() - bpio_filter.post of BPIO_CALL_FSYNC
 * @inst: of the mount
 * @call: the call
 * @cookie: of crypt_pre_fsync()
 *
 * Context: Sleeps.
 */
void crypt_post_fsync(struct bpio_instance *inst, struct bpio_call *call,
		      void *cookie)
{
	struct crypt_file *cf;

	if (call->ret || call->fsync.start || call->fsync.end != LLONG_MAX)
		return;
	cf = crypt_file_get(inst, call->inode, call->file->f_path.dentry);
	if (IS_ERR(cf))
		return;
	/* Who does not wait for it has synced for nobody */
	if (!down_write_killable(&cf->sem)) {
		cf->synced = (unsigned long)cookie;
		up_write(&cf->sem);
	}
	crypt_file_put(cf);
}
