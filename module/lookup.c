// SPDX-License-Identifier: GPL-2.0
/*
 * lookup.c - names
 *
 * OVERVIEW
 * An upper dentry is bound to the lower dentry of the same name for its life;
 * the binding, in d_fsdata, holds a reference. Others may work on the lower
 * directory, so each walk over an upper dentry first asks whether the binding
 * still says the truth (d_revalidate): the lower dentry is hashed, has the name
 * of the upper one, its parent is what the upper parent is bound to, and it has
 * the inode that the upper inode stands for, or neither has one. As the lower
 * dentry cache is the one that all users of the lower file system go through,
 * and as our reference keeps the dentry in it, nothing else has to be looked at.
 * What fails the test is dropped and looked up again.
 *
 * LOCKING
 * Upper directory, then lower directory. The test takes no lock: it reads under
 * RCU between two looks at d_seq of both dentries.
 *
 * CHANGES THROUGH THE STACK
 * While we create, rename or remove a name, the lower dentry has changed already
 * and the upper one has not yet: the test must not take that for a change behind
 * our back, or d_invalidate() would detach what is mounted on a directory that
 * is being renamed. So bypassfs_change_begin() leaves the upper dentry's d_seq in
 * its d_time. As long as they agree, the upper dentry is as it was, and right;
 * the change that follows (d_instantiate, d_drop, d_move) advances d_seq, and
 * that takes the mark back without anybody having to come by again.
 *
 * LIFETIME
 * d_release drops the binding, and RCU walks may still read it then: lower
 * dentries are freed after a grace period as well.
 */
#include <linux/namei.h>

#include "stack.h"
#include "compat/compat.h"

/* These are not what they seem, or name more than one thing. */
#define WEIRD	(DCACHE_NEED_AUTOMOUNT | DCACHE_MANAGE_TRANSIT |	\
		 DCACHE_OP_HASH | DCACHE_OP_COMPARE)

/**
 * bypassfs_bind() - tell an upper dentry which lower one it stands for
 * @dentry: the upper dentry
 * @lower: the lower one; the reference is taken over
 *
 * Does nothing if it is bound already: then it is bound to the same.
 *
 * Context: Any.
 */
void bypassfs_bind(struct dentry *dentry, struct dentry *lower)
{
	if (cmpxchg(&dentry->d_fsdata, NULL, lower))
		dput(lower);
}

/**
 * bypassfs_change_begin() - a name is about to be changed through the stack
 * @dentry: the upper dentry
 *
 * Context: Upper directory locked, so @dentry does not change meanwhile.
 */
void bypassfs_change_begin(struct dentry *dentry)
{
	WRITE_ONCE(dentry->d_time, raw_read_seqcount(&dentry->d_seq) | 1UL);
	/* pairs with changing(): whoever sees the change sees the mark */
	smp_wmb();
}

/**
 * bypassfs_change_failed() - it was not changed after all
 * @dentry: the upper dentry
 *
 * Context: Upper directory locked.
 */
void bypassfs_change_failed(struct dentry *dentry)
{
	WRITE_ONCE(dentry->d_time, 0);
}

static bool changing(const struct dentry *dentry, unsigned int seq)
{
	/* pairs with bypassfs_change_begin() */
	smp_rmb();
	return READ_ONCE(dentry->d_time) == (seq | 1UL);
}

/* Under RCU and between looks at d_seq: names may be torn, but they end. */
static bool same_name(const struct dentry *a, const struct dentry *b)
{
	unsigned int len = READ_ONCE(a->d_name.len);

	return len == READ_ONCE(b->d_name.len) &&
	       !strncmp((const char *)READ_ONCE(a->d_name.name),
			(const char *)READ_ONCE(b->d_name.name), len);
}

static bool same_inode(const struct dentry *dentry, const struct dentry *lower)
{
	struct inode *inode = READ_ONCE(dentry->d_inode);
	struct inode *lower_inode = READ_ONCE(lower->d_inode);

	if (!inode || !lower_inode)
		return !inode && !lower_inode;
	return bypassfs_lower_inode(inode) == lower_inode;
}

static bool bound_right(const struct dentry *dentry, const struct dentry *lower)
{
	const struct dentry *parent = READ_ONCE(dentry->d_parent);

	return !d_unhashed(lower) &&
	       READ_ONCE(lower->d_parent) == bypassfs_lower_dentry(parent) &&
	       same_inode(dentry, lower) && same_name(dentry, lower);
}

static int test(struct dentry *dentry, struct dentry *lower, bool rcu)
{
	unsigned int seq, lower_seq;
	bool right, pending, torn;

	rcu_read_lock();
	do {
		seq = read_seqcount_begin(&dentry->d_seq);
		lower_seq = read_seqcount_begin(&lower->d_seq);
		right = bound_right(dentry, lower);
		pending = !right && changing(dentry, seq);
		torn = read_seqcount_retry(&lower->d_seq, lower_seq) ||
		       read_seqcount_retry(&dentry->d_seq, seq);
	} while (torn && !rcu);
	rcu_read_unlock();

	if (!torn && (right || pending))
		return 1;
	return rcu ? -ECHILD : 0;
}

/* Some lower file systems have a test of their own, as for encrypted names. */
static int test_lower(struct dentry *lower, unsigned int flags)
{
	int ret;

	if (!(lower->d_flags & DCACHE_OP_REVALIDATE))
		return 1;
	ret = lower->d_op->d_revalidate(lower, flags);
	if (!ret && !(flags & LOOKUP_RCU))
		d_invalidate(lower);
	return ret;
}

static int bypassfs_d_revalidate(struct dentry *dentry, unsigned int flags)
{
	struct dentry *lower = bypassfs_lower_dentry(dentry);
	bool rcu = flags & LOOKUP_RCU;
	struct inode *inode;
	int ret;

	if (!lower)
		return rcu ? -ECHILD : 0;
	ret = test_lower(lower, flags);
	if (ret <= 0)
		return ret;
	ret = test(dentry, lower, rcu);
	if (ret <= 0)
		return ret;

	inode = rcu ? d_inode_rcu(dentry) : d_inode(dentry);
	if (inode && bypassfs_inode_stale(inode)) {
		if (rcu)
			return -ECHILD;
		bypassfs_refresh(inode);
	}
	return 1;
}

/* For what is reached without its name: "." and links of /proc. */
static int bypassfs_d_weak_revalidate(struct dentry *dentry, unsigned int flags)
{
	struct dentry *lower = bypassfs_lower_dentry(dentry);
	struct inode *inode = d_inode(dentry);

	if (inode)
		bypassfs_refresh(inode);
	if (lower && lower->d_flags & DCACHE_OP_WEAK_REVALIDATE)
		return lower->d_op->d_weak_revalidate(lower, flags);
	return 1;
}

/* Dentries come with what the last user of their memory has left in d_time. */
static int bypassfs_d_init(struct dentry *dentry)
{
	dentry->d_time = 0;
	return 0;
}

static void bypassfs_d_release(struct dentry *dentry)
{
	dput(dentry->d_fsdata);
}

const struct dentry_operations bypassfs_dentry_ops = {
	.d_revalidate		= bypassfs_d_revalidate,
	.d_weak_revalidate	= bypassfs_d_weak_revalidate,
	.d_init			= bypassfs_d_init,
	.d_release		= bypassfs_d_release,
};

/**
 * bypassfs_lookup() - inode_operations.lookup
 * @dir: the upper directory
 * @dentry: the name, not bound yet
 * @flags: LOOKUP_*
 *
 * Context: Upper directory locked, at least shared; takes the lower's lock.
 * Return: NULL, another dentry to use, or an error.
 */
struct dentry *bypassfs_lookup(struct inode *dir, struct dentry *dentry,
			       unsigned int flags)
{
	struct dentry *lower_dir = bypassfs_lower_dentry(dentry->d_parent);
	struct inode *inode = NULL;
	struct dentry *lower, *alias;

	lower = lookup_one_unlocked(&nop_mnt_idmap, dentry->d_name.name,
				    lower_dir, dentry->d_name.len);
	if (IS_ERR(lower))
		return lower;
	if (lower->d_flags & WEIRD) {
		dput(lower);
		return ERR_PTR(-EREMOTE);
	}
	if (d_really_is_positive(lower)) {
		inode = bypassfs_iget(dir->i_sb, d_inode(lower));
		if (IS_ERR(inode)) {
			dput(lower);
			return ERR_CAST(inode);
		}
	}

	bypassfs_bind(dentry, lower);
	alias = d_splice_alias(inode, dentry);
	if (IS_ERR_OR_NULL(alias))
		return alias;
	/* a directory that had a dentry elsewhere, or one without a name */
	bypassfs_bind(alias, dget(lower));
	if (bypassfs_lower_dentry(alias) != lower) {
		dput(alias);
		return ERR_PTR(-ESTALE);
	}
	return alias;
}
