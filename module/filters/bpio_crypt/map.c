// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings
 *
 * The page cache is the lower file's, so a mapping of an encrypted file would
 * show cipher text: mmap() fails with ENODEV, and a file that is mapped is not
 * encrypted.
 *
 * A mapping that was let pass is made after the callback, and cannot be seen
 * before that. But its maker holds the lock of its mm until then. So the mm is
 * remembered, and who is about to encrypt waits for that lock once. To find
 * those that are through by then, their locks are tried when the next comes.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "crypt.h"

/**
 * struct mapper - an mm that may have an mmap() under way
 * @node: in crypt_file.mappers
 * @mm: it, and not its memory
 */
struct mapper {
	struct list_head node;
	struct mm_struct *mm;
};

static void drop(struct mapper *m)
{
	list_del(&m->node);
	mmdrop(m->mm);
	kfree(m);
}

/* Under map_lock. Returns whether @mm is there. */
static bool prune(struct crypt_file *cf, const struct mm_struct *mm)
{
	struct mapper *m, *next;
	bool found = false;

	list_for_each_entry_safe(m, next, &cf->mappers, node) {
		if (m->mm == mm) {
			found = true;
		} else if (mmap_read_trylock(m->mm)) {
			mmap_read_unlock(m->mm);
			drop(m);
		}
	}
	return found;
}

static int remember(struct crypt_file *cf, struct mm_struct *mm)
{
	struct mapper *new = kmalloc(sizeof(*new), GFP_KERNEL);

	if (!new)
		return -ENOMEM;
	spin_lock(&cf->map_lock);
	if (prune(cf, mm)) {
		kfree(new);
	} else {
		mmgrab(mm);
		new->mm = mm;
		list_add(&new->node, &cf->mappers);
	}
	spin_unlock(&cf->map_lock);
	return 0;
}

/**
 * crypt_pre_mmap() - bpio_filter.pre of BPIO_CALL_MMAP
 * @inst: of the mount
 * @call: the call
 * @cookie: unused
 *
 * Context: mmap_lock held for writing.
 * Return: what is next.
 */
enum bpio_next crypt_pre_mmap(struct bpio_instance *inst,
			      struct bpio_call *call, void **cookie)
{
	struct crypt_file *cf;

	cf = crypt_file_get(inst, call->inode, call->file->f_path.dentry);
	if (IS_ERR(cf)) {
		call->ret = PTR_ERR(cf);
		return BPIO_DONE;
	}
	/* First be found, then look: whoever encrypts does the opposite */
	call->ret = remember(cf, call->mmap.vma->vm_mm);
	if (!call->ret && READ_ONCE(cf->veto))
		call->ret = -ENODEV;
	crypt_file_put(cf);
	return call->ret ? BPIO_DONE : BPIO_NEXT;
}

/**
 * crypt_mapped() - is there a mapping, or one that is being made?
 * @cf: its veto is set
 * @lower: the lower inode
 *
 * Context: Sleeps; no lock that is taken inside an mmap_lock.
 * Return: true if so.
 */
bool crypt_mapped(struct crypt_file *cf, const struct inode *lower)
{
	struct mapper *m;

	spin_lock(&cf->map_lock);
	while ((m = list_first_entry_or_null(&cf->mappers, struct mapper,
					     node))) {
		list_del_init(&m->node);
		spin_unlock(&cf->map_lock);
		mmap_read_lock(m->mm);
		mmap_read_unlock(m->mm);
		mmdrop(m->mm);
		kfree(m);
		spin_lock(&cf->map_lock);
	}
	spin_unlock(&cf->map_lock);
	return mapping_mapped(lower->i_mapping);
}

/**
 * crypt_mappers_free() - nobody maps it any more
 * @cf: is being freed
 *
 * Context: Any but interrupts.
 */
void crypt_mappers_free(struct crypt_file *cf)
{
	struct mapper *m, *next;

	list_for_each_entry_safe(m, next, &cf->mappers, node)
		drop(m);
}
