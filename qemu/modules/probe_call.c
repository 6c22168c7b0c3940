// SPDX-License-Identifier: GPL-2.0
/*
 * What the filters of bpio_probe do in their callbacks
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "bpio_probe.h"

#define CALL_NAME(value, id, name)	\
	[BPIO_CALL_##id] = (name),

const char * const probe_types[BPIO_CALL_MAX] = {
	BPIO_CALLS(CALL_NAME)
};

atomic_long_t probe_made, probe_freed;
unsigned int probe_slow;

/* Cookies are checked: each post gets that of its own pre */
#define COOKIE	((void *)0xc00c1e)

static struct probe *probe_of(struct bpio_instance *inst)
{
	const struct bpio_filter *filter = bpio_instance_filter(inst);

	return container_of((struct bpio_filter *)filter, struct probe, filter);
}

static const char *short_name(const struct probe *p)
{
	const char *dot = strchr(p->name, '.');

	return dot ? dot + 1 : p->name;
}

int probe_attach(struct bpio_instance *inst)
{
	struct probe *p = probe_of(inst);

	if (p->decline)
		return -EOPNOTSUPP;
	bpio_instance_set(inst, p);
	if (!p->quiet)
		probe_log("%s attach\n", short_name(p));
	return 0;
}

void probe_detach(struct bpio_instance *inst)
{
	struct probe *p = probe_of(inst);

	WARN_ON(bpio_instance_get(inst) != p);
	if (!p->quiet)
		probe_log("%s detach\n", short_name(p));
}

static void free_context(struct bpio_context *ctx)
{
	unsigned int ms = READ_ONCE(probe_slow);

	if (ms) {
		probe_log("frees\n");
		mdelay(ms);
	}
	atomic_long_inc(&probe_freed);
	kfree(ctx);
}

/* Finds one, or makes one; another task may be faster */
static void context(struct bpio_instance *inst, struct bpio_call *call,
		    bool of_file)
{
	struct file *file = of_file ? call->file : NULL;
	struct bpio_context *ctx;

	ctx = bpio_context_get(inst, call->inode, file);
	if (!ctx) {
		ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
		if (!ctx)
			return;
		ctx->free = free_context;
		if (bpio_context_set(inst, call->inode, file, ctx)) {
			kfree(ctx);
			return;
		}
		atomic_long_inc(&probe_made);
	}
	WARN_ON(ctx->inst != inst);
	bpio_context_put(ctx);
}

static int send(struct bpio_instance *inst, struct bpio_call *call,
		const struct probe_act *act)
{
	struct bpio_args *args = kzalloc(sizeof(*args), GFP_KERNEL);
	int ret;

	if (!args)
		return -ENOMEM;
	args->op = act->num;
	args->in_flags = act->more;
	ret = bpio_manage_below(inst, call->inode, call->file, args);
	kfree(args);
	return ret;
}

static void xor(const struct bpio_call *call, long len, u8 key)
{
	u8 *data = call->rw.data;

	if (!data)
		return;
	while (len-- > 0)
		*data++ ^= key;
}

static void hold(struct probe *p, struct probe_act **at)
{
	wait_event(p->changed, READ_ONCE(*at)->kind != PROBE_HOLD);
}

/* What pre and post have in common: true if it is for pre to say more */
static bool act(struct probe *p, struct bpio_instance *inst,
		struct bpio_call *call, struct probe_act **at)
{
	const struct probe_act *a = READ_ONCE(*at);
	int ret;

	switch (a->kind) {
	case PROBE_SLEEP:
		msleep(a->num);
		return false;
	case PROBE_HOLD:
		hold(p, at);
		return act(p, inst, call, at);
	case PROBE_SEND:
		ret = send(inst, call, a);
		if (ret)
			probe_log("%s send=%d\n", short_name(p), ret);
		return false;
	case PROBE_CONTEXT:
		context(inst, call, a->more);
		return false;
	case PROBE_WRITE:
		ret = bpio_write_below(inst, call->file, "", 1, a->num);
		probe_log("%s write=%d\n", short_name(p), ret);
		return false;
	case PROBE_DONE:
		call->ret = a->num;
		return true;
	case PROBE_VETO:
		ret = bpio_veto(call, a->num, a->more, a->text);
		if (!ret)
			return true;
		probe_log("%s veto=%d\n", short_name(p), ret);
		call->ret = ret;
		return true;
	default:
		return false;
	}
}

static bool moves_data(const struct bpio_call *call)
{
	return call->type == BPIO_CALL_READ || call->type == BPIO_CALL_WRITE;
}

static void tell_pre(const struct probe *p, const struct bpio_call *call)
{
	const char *type = probe_types[call->type];

	if (p->quiet)
		return;
	if (moves_data(call))
		probe_log("%s pre %s %lld+%zu\n", short_name(p), type,
			  call->rw.pos, call->rw.len);
	else
		probe_log("%s pre %s\n", short_name(p), type);
}

static void count(struct probe *p, const struct bpio_call *call)
{
	atomic_long_inc(&p->calls[call->type]);
	if (moves_data(call) && call->rw.pos >= PROBE_HIGH)
		atomic_long_inc(&p->high);
}

enum bpio_next probe_pre(struct bpio_instance *inst, struct bpio_call *call,
			 void **cookie)
{
	struct probe *p = probe_of(inst);
	struct probe_act **at = &p->pre[call->type];
	const struct probe_act *a = READ_ONCE(*at);

	WARN_ON(*cookie);
	*cookie = COOKIE;
	count(p, call);
	tell_pre(p, call);
	if (a->kind == PROBE_XOR && call->type == BPIO_CALL_WRITE)
		xor(call, call->rw.len, a->num);
	if (act(p, inst, call, at))
		return BPIO_DONE;
	if (a->kind == PROBE_NO_POST || !p->filter.post[call->type])
		return BPIO_NEXT;
	return BPIO_NEXT_POST;
}

void probe_post(struct bpio_instance *inst, struct bpio_call *call,
		void *cookie)
{
	struct probe *p = probe_of(inst);
	struct probe_act **at = &p->post[call->type];
	const struct probe_act *a = READ_ONCE(*at);

	WARN_ON(cookie != (p->filter.pre[call->type] ? COOKIE : NULL));
	if (!p->quiet)
		probe_log("%s post %s %ld%s\n", short_name(p),
			  probe_types[call->type], call->ret,
			  bpio_agreed(call) ? " agreed" : "");
	if (a->kind == PROBE_XOR && call->type == BPIO_CALL_READ)
		xor(call, call->ret, a->num);
	act(p, inst, call, at);
}
