// SPDX-License-Identifier: GPL-2.0
/*
 * Filters that are registered, and the mounts that they are attached to
 *
 * Each filter is offered each mount, whichever comes later. One lock for both
 * lists, and for every change of a chain: so a filter is at a mount once, or it
 * has declined. It is held while callbacks are waited for, so a callback must
 * not want it.
 */
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "altitude.h"
#include "attach.h"
#include "chain.h"
#include "pause.h"
#include "reason.h"
#include "stack.h"

/* Outermost: of @filters and @mounts, of what is listed there, of all chains */
static DEFINE_MUTEX(registry);
static LIST_HEAD(filters);
static LIST_HEAD(mounts);

static bool ignore_features;
module_param(ignore_features, bool, 0644);
MODULE_PARM_DESC(ignore_features,
		 "treat filters that attach as if none supported the bypass (R75)");

/**
 * struct registered - one filter
 * @node: in the list, highest altitude first
 * @filter: I: it
 */
struct registered {
	struct list_head node;
	const struct bpio_filter *filter;
};

static struct registered *find(const struct bpio_filter *filter)
{
	struct registered *r;

	list_for_each_entry(r, &filters, node)
		if (r->filter == filter)
			return r;
	return NULL;
}

static struct bpio_instance *find_instance(const struct bpio_volume *vol,
					   const struct bpio_filter *filter)
{
	struct bpio_instance *inst;

	list_for_each_entry(inst, &vol->filtering.instances, node)
		if (inst->filter == filter)
			return inst;
	return NULL;
}

static bool has_callback(const struct bpio_filter *filter,
			 enum bpio_call_type type)
{
	return filter->pre[type] || filter->post[type];
}

/**
 * bpio_filter_features_ignored() - is the switch on that ignores features?
 * (R75)
 *
 * Context: Any.
 * Return: true if filters that attach now count as without any.
 */
bool bpio_filter_features_ignored(void)
{
	return READ_ONCE(ignore_features);
}

/* Who does not look at data cannot miss any (R69) */
static bool supports_bypass(const struct bpio_filter *filter)
{
	if (!has_callback(filter, BPIO_CALL_READ) &&
	    !has_callback(filter, BPIO_CALL_WRITE))
		return true;
	return filter->features & BPIO_FEATURE_BYPASS &&
	       !bpio_filter_features_ignored();
}

static struct bpio_instance *instance_new(struct bpio_volume *vol,
					  const struct bpio_filter *filter)
{
	struct bpio_instance *inst = kzalloc(sizeof(*inst), GFP_KERNEL);

	if (!inst)
		return NULL;
	inst->filter = filter;
	inst->vol = vol;
	inst->bypass = supports_bypass(filter);
	inst->block.who = filter->name;
	INIT_LIST_HEAD(&inst->contexts);
	return inst;
}

static int attach(struct bpio_volume *vol, const struct bpio_filter *filter)
{
	struct bpio_instance *inst = instance_new(vol, filter);
	int ret;

	if (!inst)
		return -ENOMEM;
	ret = filter->attach ? filter->attach(inst) : 0;
	if (ret)
		goto out_free;
	bpio_chain_list_add(inst);
	ret = bpio_chain_add(inst);
	if (ret)
		goto out_detach;
	/* It is in the path: from now on nobody goes past it */
	if (!inst->bypass)
		bpio_attach_block(vol->sb, &inst->block);
	WRITE_ONCE(inst->attached, true);
	if (filter->pre[BPIO_CALL_ENABLE] || filter->pre[BPIO_CALL_QUERY])
		bpio_ask_again(inst);
	return 0;

out_detach:
	bpio_chain_list_del(inst);
	if (filter->detach)
		filter->detach(inst);
out_free:
	kfree(inst);
	return ret;
}

static void detach(struct bpio_instance *inst)
{
	WRITE_ONCE(inst->leaving, jiffies ?: 1);
	WRITE_ONCE(inst->attached, false);
	bpio_chain_del(inst);
	if (!inst->bypass)
		bpio_attach_unblock(inst->vol->sb, &inst->block);
	bpio_context_drop_instance(inst);
	bpio_chain_list_del(inst);
	if (inst->filter->detach)
		inst->filter->detach(inst);
	/* Until then it could pause */
	bpio_pause_forget(inst->vol, inst, inst->filter->name);
	kfree(inst);
}

/* A mount that declines, or has too many filters, does without this one */
static void offer(struct bpio_volume *vol, const struct bpio_filter *filter)
{
	int ret = attach(vol, filter);

	if (ret && ret != -EOPNOTSUPP)
		pr_warn("bypassfs: filter %s is not attached to a mount of %s: %d\n",
			filter->name, vol->lower_sb->s_id, ret);
}

static int refuse(const struct bpio_filter *filter, const char *module,
		  const char *why, int ret)
{
	pr_err("bypassfs: %s: filter \"%.*s\" is refused: %s\n", module,
	       BPIO_DRIVER_MAX, filter->name ?: "", why);
	return ret;
}

static int check(const struct bpio_filter *filter, const char *module)
{
	bool any = false;
	int i;

	if (!bpio_name_valid(filter->name, module))
		return refuse(filter, module,
			      "the name is not the module's", -EINVAL);
	if (!bpio_altitude_valid(filter->altitude))
		return refuse(filter, module,
			      "the altitude is not a number", -EINVAL);
	if (filter->features & ~BPIO_FEATURES_KNOWN)
		return refuse(filter, module, "unknown features", -EINVAL);
	for (i = 0; i < BPIO_CALL_MAX; i++)
		any |= has_callback(filter, i);
	if (!any)
		return refuse(filter, module, "it has no callbacks", -EINVAL);
	return 0;
}

static int check_unique(const struct bpio_filter *filter, const char *module)
{
	const struct registered *r;

	list_for_each_entry(r, &filters, node) {
		if (!strcmp(r->filter->name, filter->name))
			return refuse(filter, module, "the name is in use",
				      -EEXIST);
		if (!bpio_altitude_cmp(r->filter->altitude, filter->altitude))
			return refuse(filter, module, "the altitude is in use",
				      -EEXIST);
	}
	return 0;
}

static void insert(struct registered *new)
{
	struct registered *r;

	list_for_each_entry(r, &filters, node)
		if (bpio_altitude_cmp(new->filter->altitude,
				      r->filter->altitude) > 0)
			break;
	list_add_tail(&new->node, &r->node);
}

/* See filter.h */
int bpio_filter_register_as(const struct bpio_filter *filter,
			    const char *module)
{
	struct bpio_volume *vol;
	struct registered *r;
	int ret;

	ret = check(filter, module);
	if (ret)
		return ret;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	r->filter = filter;
	mutex_lock(&registry);
	ret = check_unique(filter, module);
	if (ret) {
		kfree(r);
	} else {
		insert(r);
		list_for_each_entry(vol, &mounts, filtering.node)
			offer(vol, filter);
	}
	mutex_unlock(&registry);
	return ret;
}
EXPORT_SYMBOL_GPL(bpio_filter_register_as);

/* See filter.h */
void bpio_filter_unregister(const struct bpio_filter *filter)
{
	struct bpio_instance *inst;
	struct bpio_volume *vol;
	struct registered *r;

	mutex_lock(&registry);
	r = find(filter);
	if (!WARN_ON_ONCE(!r)) {
		list_for_each_entry(vol, &mounts, filtering.node) {
			inst = find_instance(vol, filter);
			if (inst)
				detach(inst);
		}
		list_del(&r->node);
		kfree(r);
	}
	mutex_unlock(&registry);
}
EXPORT_SYMBOL_GPL(bpio_filter_unregister);

/* See filter.h */
int bpio_filter_attach(const struct bpio_filter *filter,
		       struct super_block *sb)
{
	struct bpio_volume *vol = bypassfs_volume(sb);
	int ret = -EINVAL;

	if (!vol)
		return ret;
	mutex_lock(&registry);
	if (find(filter))
		ret = find_instance(vol, filter) ? -EEXIST :
						   attach(vol, filter);
	mutex_unlock(&registry);
	return ret;
}
EXPORT_SYMBOL_GPL(bpio_filter_attach);

/* See filter.h */
int bpio_filter_detach(const struct bpio_filter *filter,
		       struct super_block *sb)
{
	struct bpio_volume *vol = bypassfs_volume(sb);
	struct bpio_instance *inst;

	if (!vol)
		return -EINVAL;
	mutex_lock(&registry);
	inst = find_instance(vol, filter);
	if (inst)
		detach(inst);
	mutex_unlock(&registry);
	return inst ? 0 : -ENOENT;
}
EXPORT_SYMBOL_GPL(bpio_filter_detach);

/* See filter.h */
void bpio_instance_set(struct bpio_instance *inst, void *private)
{
	inst->private = private;
}
EXPORT_SYMBOL_GPL(bpio_instance_set);

/* See filter.h */
void *bpio_instance_get(const struct bpio_instance *inst)
{
	return inst->private;
}
EXPORT_SYMBOL_GPL(bpio_instance_get);

/* See filter.h */
const struct bpio_filter *
bpio_instance_filter(const struct bpio_instance *inst)
{
	return inst->filter;
}
EXPORT_SYMBOL_GPL(bpio_instance_filter);

/* See filter.h */
struct super_block *bpio_instance_sb(const struct bpio_instance *inst)
{
	return inst->vol->sb;
}
EXPORT_SYMBOL_GPL(bpio_instance_sb);

/**
 * bpio_filter_mount() - a mount comes: all filters are offered it
 * @vol: complete, and not in use yet
 *
 * Context: Sleeps.
 */
void bpio_filter_mount(struct bpio_volume *vol)
{
	const struct registered *r;

	mutex_lock(&registry);
	list_add(&vol->filtering.node, &mounts);
	list_for_each_entry(r, &filters, node)
		offer(vol, r->filter);
	mutex_unlock(&registry);
}

/**
 * bpio_filter_umount() - a mount goes: all inodes are gone
 * @vol: may be one that bpio_filter_mount() never saw
 *
 * Context: Sleeps.
 */
void bpio_filter_umount(struct bpio_volume *vol)
{
	struct bpio_instance *inst, *next;

	mutex_lock(&registry);
	list_for_each_entry_safe(inst, next, &vol->filtering.instances, node)
		detach(inst);
	list_del_init(&vol->filtering.node);
	mutex_unlock(&registry);
}
