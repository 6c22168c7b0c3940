// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/bpio_crypt: what programs ask for. Anybody may open it; the right to
 * convert a file is that it is open for writing, and a key.
 */
#include <linux/ctype.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "crypt.h"

static bool key_valid(const struct bpio_crypt_request *req)
{
	unsigned int i;

	if (req->op != BPIO_CRYPT_OP_ENCRYPT)
		return !req->key_len;
	if (!req->key_len || req->key_len > BPIO_CRYPT_KEY_MAX)
		return false;
	for (i = 0; i < req->key_len; i++)
		if (!isascii(req->key[i]) || !isgraph(req->key[i]))
			return false;
	return true;
}

static int check(const struct bpio_crypt_request *req)
{
	if (req->op < BPIO_CRYPT_OP_ENCRYPT || req->op > BPIO_CRYPT_OP_STATE ||
	    req->flags || req->reserved || !key_valid(req))
		return -EINVAL;
	return 0;
}

static int tell_state(struct crypt_mount *m, struct file *file,
		      struct bpio_crypt_request *req)
{
	const struct crypt_head *head;
	struct crypt_file *cf;
	loff_t size;
	int ret;

	cf = crypt_file_get(m->inst, file_inode(file), file->f_path.dentry);
	if (IS_ERR(cf))
		return PTR_ERR(cf);
	req->state = BPIO_CRYPT_PLAIN;
	req->encrypted = 0;
	req->key_len = 0;
	memset(req->key, 0, sizeof(req->key));
	ret = down_read_killable(&cf->sem);
	if (ret)
		goto out_put;
	head = cf->head;
	if (head) {
		size = i_size_read(file_inode(bpio_lower_file(file)));
		req->state = head->state;
		req->encrypted = min_t(u64, head->boundary, size);
		req->key_len = strlen(head->key);
		memcpy(req->key, head->key, req->key_len);
	}
	up_read(&cf->sem);
out_put:
	crypt_file_put(cf);
	return ret;
}

static int request(struct bpio_crypt_request *req)
{
	struct file *file = fget(req->fd);
	struct crypt_mount *m = NULL;
	int ret = -ENOTTY;

	if (!file)
		return -EBADF;
	if (S_ISREG(file_inode(file)->i_mode))
		m = crypt_mount_get(file_inode(file)->i_sb);
	if (m && req->op == BPIO_CRYPT_OP_STATE)
		ret = tell_state(m, file, req);
	else if (m)
		ret = crypt_convert(m, file, req);
	if (m)
		crypt_mount_put(m);
	fput(file);
	return ret;
}

static long crypt_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	struct bpio_crypt_request req;
	int ret;

	if (cmd != BPIO_CRYPT_IOC_REQUEST)
		return -ENOTTY;
	if (copy_from_user(&req, user, sizeof(req)))
		return -EFAULT;
	ret = check(&req) ?: request(&req);
	if (ret)
		return ret;
	return copy_to_user(user, &req, sizeof(req)) ? -EFAULT : 0;
}

static const struct file_operations crypt_fops = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= crypt_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.llseek		= noop_llseek,
};

static struct miscdevice device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "bpio_crypt",
	.fops	= &crypt_fops,
	.mode	= 0666,
};

/**
 * crypt_device_init() - take requests
 *
 * Context: Module load.
 * Return: 0 or a negative errno.
 */
int crypt_device_init(void)
{
	return misc_register(&device);
}

/**
 * crypt_device_exit() - the opposite
 *
 * Context: Module unload; nobody has the device open.
 */
void crypt_device_exit(void)
{
	misc_deregister(&device);
}
