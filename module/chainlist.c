// SPDX-License-Identifier: GPL-2.0
/*
 * The filters of a mount, for people to see
 *
 * Not by way of the chain: who never returns keeps that from changing, and it
 * is then that people look.
 */
#include <linux/jiffies.h>
#include <linux/string.h>

#include "altitude.h"
#include "chain.h"
#include "filterlist.h"
#include "inside.h"
#include "volume.h"

/**
 * bpio_chain_list_add() - a filter comes
 * @inst: of it
 *
 * Context: May sleep.
 */
void bpio_chain_list_add(struct bpio_instance *inst)
{
	struct bpio_filtering *f = &inst->vol->filtering;
	struct bpio_instance *next;

	spin_lock(&f->list_lock);
	list_for_each_entry(next, &f->instances, node)
		if (bpio_altitude_cmp(inst->filter->altitude,
				      next->filter->altitude) > 0)
			break;
	list_add_tail(&inst->node, &next->node);
	spin_unlock(&f->list_lock);
}

/**
 * bpio_chain_list_del() - a filter is gone
 * @inst: of it
 *
 * Context: May sleep.
 */
void bpio_chain_list_del(struct bpio_instance *inst)
{
	struct bpio_filtering *f = &inst->vol->filtering;

	spin_lock(&f->list_lock);
	list_del(&inst->node);
	spin_unlock(&f->list_lock);
}

static u64 ms_since(unsigned long then)
{
	return jiffies_to_msecs(jiffies - then);
}

static u64 calls_of(const struct bpio_filter *filter)
{
	u64 calls = 0;
	int i;

	for (i = 0; i < BPIO_CALL_MAX; i++)
		if (filter->pre[i] || filter->post[i])
			calls |= BIT_ULL(i);
	return calls;
}

static u32 flags_of(const struct bpio_instance *inst, u64 calls)
{
	u64 data = BIT_ULL(BPIO_CALL_READ) | BIT_ULL(BPIO_CALL_WRITE);
	u32 flags = 0;

	if (READ_ONCE(inst->attached))
		flags |= BPIO_FILTER_ATTACHED;
	if (READ_ONCE(inst->leaving))
		flags |= BPIO_FILTER_LEAVING;
	if (!inst->bypass)
		return flags | BPIO_FILTER_BLOCKS;
	return flags | (calls & data ? BPIO_FILTER_OPTED_IN :
				       BPIO_FILTER_AUTO_OPTED_IN);
}

static void tell(const struct bpio_instance *inst,
		 struct bpio_filter_info *info)
{
	const struct bpio_filter *filter = inst->filter;
	unsigned long leaving = READ_ONCE(inst->leaving);
	struct bpio_inside oldest;

	info->name_len = strlen(filter->name);
	memcpy(info->name, filter->name, info->name_len);
	info->altitude_len = strlen(filter->altitude);
	memcpy(info->altitude, filter->altitude, info->altitude_len);
	info->features = filter->features;
	info->calls = calls_of(filter);
	info->flags = flags_of(inst, info->calls);
	info->vetoes = atomic64_read(&inst->vetoes);
	info->pauses = atomic64_read(&inst->pauses);
	if (leaving)
		info->leaving_ms = ms_since(leaving);
	info->inside = bpio_inside_oldest(inst, &oldest);
	if (!info->inside)
		return;
	info->oldest_type = oldest.type;
	info->oldest_pid = oldest.pid;
	info->oldest_ms = ms_since(oldest.since);
}

/**
 * bpio_chain_list() - tell of the filters of a mount
 * @vol: the mount
 * @first: number of the first that is wanted
 * @info: zeroed
 * @max: of @info
 * @head: total, features and out_flags are filled in
 *
 * Context: Any but interrupts. Waits for no filter.
 * Return: how many of @info are filled in.
 */
unsigned int bpio_chain_list(struct bpio_volume *vol, unsigned int first,
			     struct bpio_filter_info *info, unsigned int max,
			     struct bpio_filters *head)
{
	struct bpio_filtering *f = &vol->filtering;
	u32 features = BPIO_FEATURES_KNOWN;
	const struct bpio_instance *inst;
	unsigned int n = 0, nr = 0;

	spin_lock(&f->list_lock);
	list_for_each_entry(inst, &f->instances, node) {
		features &= (inst->filter->features & ~BPIO_FEATURE_BYPASS) |
			    (inst->bypass ? BPIO_FEATURE_BYPASS : 0);
		if (nr++ >= first && n < max)
			tell(inst, &info[n++]);
	}
	spin_unlock(&f->list_lock);
	head->total = nr;
	head->features = features;
	head->out_flags = bpio_filter_features_ignored() ?
			  BPIO_FILTERS_IGNORE_FEATURES : 0;
	return n;
}
