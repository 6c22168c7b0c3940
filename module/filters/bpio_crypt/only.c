// SPDX-License-Identifier: GPL-2.0
/*
 * One mount at a time
 *
 * Several mounts may be over the same lower directory. What is known of a file
 * that is not plain, its lock and its boundary, is known to one of them: the
 * others are told EBUSY, until that one's inode has left memory. Plain files
 * are anybody's.
 */
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/spinlock.h>

#include "crypt.h"

static DEFINE_SPINLOCK(lock);	/* of @files, and crypt_file.only */
static DEFINE_HASHTABLE(files, 8);

static struct crypt_file *find_other(const struct crypt_file *cf)
{
	struct crypt_file *other;

	hash_for_each_possible(files, other, node, (unsigned long)cf->inode)
		if (other->inst != cf->inst && other->inode == cf->inode)
			return other;
	return NULL;
}

/**
 * crypt_only_add() - a file is about to be looked at
 * @cf: with its lower inode
 *
 * Context: Any but interrupts.
 * Return: 0, or -EBUSY if another mount has it for itself.
 */
int crypt_only_add(struct crypt_file *cf)
{
	const struct crypt_file *other;
	int ret = 0;

	spin_lock(&lock);
	other = find_other(cf);
	if (other && other->only)
		ret = -EBUSY;
	else
		hash_add(files, &cf->node, (unsigned long)cf->inode);
	spin_unlock(&lock);
	return ret;
}

/**
 * crypt_only_del() - the opposite
 * @cf: may not have been added
 *
 * Context: Any but interrupts.
 */
void crypt_only_del(struct crypt_file *cf)
{
	spin_lock(&lock);
	hash_del(&cf->node);
	spin_unlock(&lock);
}

/**
 * crypt_only_take() - have it for oneself
 * @cf: was added
 *
 * Context: Any but interrupts.
 * Return: 0, or -EBUSY if another mount has it as well.
 */
int crypt_only_take(struct crypt_file *cf)
{
	int ret = 0;

	spin_lock(&lock);
	if (find_other(cf))
		ret = -EBUSY;
	else
		cf->only = true;
	spin_unlock(&lock);
	return ret;
}

/**
 * crypt_only_give() - it is anybody's again
 * @cf: was taken
 *
 * Context: Any but interrupts.
 */
void crypt_only_give(struct crypt_file *cf)
{
	spin_lock(&lock);
	cf->only = false;
	spin_unlock(&lock);
}
