// SPDX-License-Identifier: GPL-2.0
/*
 * Asks of bypassfs what a module can ask, on behalf of tests. Everybody may open the
 * device: that the kernel needs no privilege is one of the things to be seen.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "bpio_caller.h"
#include "attach.h"
#include "filter.h"

/**
 * struct held - one block
 * @node: in caller.blocks
 * @path: keeps the mount
 * @block: the core's
 * @who: its name
 */
struct held {
	struct list_head node;
	struct path path;
	struct bpio_block block;
	char who[sizeof_field(struct bpio_caller_block, who)];
};

/**
 * struct caller - one who has opened the device
 * @lock: of @blocks
 * @blocks: what he has blocked
 */
struct caller {
	struct mutex lock;	/* of @blocks */
	struct list_head blocks;
};

static long manage(const void __user *arg)
{
	struct bpio_caller_manage in;
	struct bpio_args *args;
	struct file *file;
	long ret;

	if (copy_from_user(&in, arg, sizeof(in)))
		return -EFAULT;
	args = memdup_user(u64_to_user_ptr(in.args), sizeof(*args));
	if (IS_ERR(args))
		return PTR_ERR(args);
	ret = -EBADF;
	file = fget(in.fd);
	if (!file)
		goto out_free_args;
	ret = bpio_manage(file, args);
	fput(file);
	if (!ret && copy_to_user(u64_to_user_ptr(in.args), args, sizeof(*args)))
		ret = -EFAULT;
out_free_args:
	kfree(args);
	return ret;
}

static long count(void __user *arg)
{
	struct bpio_caller_count c;
	const unsigned int *ptr;
	struct file *file;

	if (copy_from_user(&c, arg, sizeof(c)))
		return -EFAULT;
	file = fget(c.fd);
	if (!file)
		return -EBADF;
	c.count = bpio_open_count(file_inode(file));
	ptr = bpio_open_count_ptr(file_inode(file));
	c.has_ptr = !!ptr;
	c.at_ptr = ptr ? READ_ONCE(*ptr) : 0;
	fput(file);
	return copy_to_user(arg, &c, sizeof(c)) ? -EFAULT : 0;
}

static long block(struct caller *caller, struct file *file, const char *who)
{
	struct held *held = kzalloc(sizeof(*held), GFP_KERNEL);
	long ret;

	if (!held)
		return -ENOMEM;
	strscpy(held->who, who, sizeof(held->who));
	held->block.who = held->who;
	ret = bpio_attach_block(file_inode(file)->i_sb, &held->block);
	if (ret) {
		kfree(held);
		return ret;
	}
	held->path = file->f_path;
	path_get(&held->path);
	mutex_lock(&caller->lock);
	list_add(&held->node, &caller->blocks);
	mutex_unlock(&caller->lock);
	return 0;
}

static void release(struct held *held)
{
	bpio_attach_unblock(held->path.dentry->d_sb, &held->block);
	path_put(&held->path);
	kfree(held);
}

static long unblock(struct caller *caller, struct file *file, const char *who)
{
	struct held *held, *found = NULL;

	mutex_lock(&caller->lock);
	list_for_each_entry(held, &caller->blocks, node) {
		if (held->path.dentry->d_sb == file_inode(file)->i_sb &&
		    !strcmp(held->who, who)) {
			found = held;
			list_del(&held->node);
			break;
		}
	}
	mutex_unlock(&caller->lock);
	if (!found)
		return -ENOENT;
	release(found);
	return 0;
}

static long block_or_unblock(struct caller *caller, bool on,
			     const void __user *arg)
{
	struct bpio_caller_block b;
	struct file *file;
	long ret;

	if (copy_from_user(&b, arg, sizeof(b)))
		return -EFAULT;
	b.who[sizeof(b.who) - 1] = 0;
	file = fget(b.fd);
	if (!file)
		return -EBADF;
	ret = on ? block(caller, file, b.who) : unblock(caller, file, b.who);
	fput(file);
	return ret;
}

static long caller_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *ptr = (void __user *)arg;

	switch (cmd) {
	case BPIO_CALLER_MANAGE:
		return manage(ptr);
	case BPIO_CALLER_COUNT:
		return count(ptr);
	case BPIO_CALLER_BLOCK:
		return block_or_unblock(file->private_data, true, ptr);
	case BPIO_CALLER_UNBLOCK:
		return block_or_unblock(file->private_data, false, ptr);
	default:
		return -ENOTTY;
	}
}

static int caller_open(struct inode *inode, struct file *file)
{
	struct caller *caller = kzalloc(sizeof(*caller), GFP_KERNEL);

	if (!caller)
		return -ENOMEM;
	mutex_init(&caller->lock);
	INIT_LIST_HEAD(&caller->blocks);
	file->private_data = caller;
	return 0;
}

static int caller_release(struct inode *inode, struct file *file)
{
	struct caller *caller = file->private_data;
	struct held *held, *next;

	list_for_each_entry_safe(held, next, &caller->blocks, node)
		release(held);
	mutex_destroy(&caller->lock);
	kfree(caller);
	return 0;
}

static const struct file_operations caller_fops = {
	.owner		= THIS_MODULE,
	.open		= caller_open,
	.release	= caller_release,
	.unlocked_ioctl	= caller_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice caller_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= KBUILD_MODNAME,
	.fops	= &caller_fops,
	.mode	= 0666,
};

module_misc_device(caller_device);

MODULE_DESCRIPTION("bypassfs: what modules can ask of it, for tests to ask");
MODULE_LICENSE("GPL");
