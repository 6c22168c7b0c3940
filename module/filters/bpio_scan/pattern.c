// SPDX-License-Identifier: GPL-2.0
/*
 * What is searched for, and how
 *
 * The search is Knuth's, Morris' and Pratt's: all that it has to remember of the
 * bytes before is how many of the pattern's it has matched. So it can be
 * interrupted at any byte, and pieces need not overlap.
 *
 * The pattern is a module parameter, and no device or directory of its own: it is
 * one value that root sets, at load or later; that is what parameters are there for,
 * and every administrator's tools know how to set them at boot.
 */
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include "scan.h"

static DEFINE_SPINLOCK(lock);	/* of the next two */
static struct scan_pattern *current_pattern;
static unsigned long last_id;

/**
 * scan_pattern_get() - what is searched for now
 *
 * Context: Any but interrupts.
 * Return: the pattern, with a reference; NULL: nothing is searched for.
 */
struct scan_pattern *scan_pattern_get(void)
{
	struct scan_pattern *p;

	spin_lock(&lock);
	p = current_pattern;
	if (p)
		refcount_inc(&p->refs);
	spin_unlock(&lock);
	return p;
}

/**
 * scan_pattern_id() - which pattern is it now?
 *
 * Context: Any but interrupts.
 * Return: its id; 0: nothing is searched for.
 */
unsigned long scan_pattern_id(void)
{
	unsigned long id;

	spin_lock(&lock);
	id = current_pattern ? current_pattern->id : 0;
	spin_unlock(&lock);
	return id;
}

/**
 * scan_pattern_put() - the opposite of scan_pattern_get()
 * @p: may be NULL
 *
 * Context: Any.
 */
void scan_pattern_put(struct scan_pattern *p)
{
	if (p && refcount_dec_and_test(&p->refs))
		kfree(p);
}

static void replace(struct scan_pattern *new)
{
	struct scan_pattern *old;

	spin_lock(&lock);
	if (new)
		new->id = ++last_id;
	old = current_pattern;
	current_pattern = new;
	spin_unlock(&lock);
	scan_pattern_put(old);
}

/**
 * scan_pattern_exit() - forget it
 *
 * Context: Module unload.
 */
void scan_pattern_exit(void)
{
	replace(NULL);
}

static void prepare(struct scan_pattern *p)
{
	unsigned int i, k = 0;

	for (i = 1; i < p->len; i++) {
		while (k && p->bytes[i] != p->bytes[k])
			k = p->back[k - 1];
		if (p->bytes[i] == p->bytes[k])
			k++;
		p->back[i] = k;
	}
}

/**
 * scan_search() - go on searching
 * @p: what for
 * @c: where it was left; if that is not @pos, it begins anew
 * @pos: of the first byte
 * @data: bytes of the file
 * @len: how many
 * @at: set to where in the file the last match begins, if there is one
 *
 * Context: Any.
 * Return: true if there is one that ends in @data.
 */
bool scan_search(const struct scan_pattern *p, struct scan_cursor *c,
		 loff_t pos, const void *data, size_t len, loff_t *at)
{
	const u8 *byte = data, *end = byte + len;
	unsigned int k = 0;
	bool found = false;

	if (c->id == p->id && c->pos == pos)
		k = c->matched;
	for (; byte < end; byte++) {
		if (!k) {
			byte = memchr(byte, p->bytes[0], end - byte);
			if (!byte)
				break;
		}
		while (k && p->bytes[k] != *byte)
			k = p->back[k - 1];
		if (p->bytes[k] == *byte)
			k++;
		if (k == p->len) {
			*at = pos + (byte + 1 - (const u8 *)data) - k;
			found = true;
			k = p->back[k - 1];
		}
	}
	c->id = p->id;
	c->pos = pos + len;
	c->matched = k;
	return found;
}

static int pattern_set(const char *val, const struct kernel_param *kp)
{
	struct scan_pattern *p = NULL;
	int len, ret = 0;
	char *text;

	text = kstrdup(val, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	/* echo adds one; "\n" is there for who means it */
	len = strlen(text);
	if (len && text[len - 1] == '\n')
		text[len - 1] = 0;
	len = string_unescape_any_inplace(text);
	if (len > SCAN_PATTERN_MAX)
		ret = -EINVAL;
	else if (len)
		p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (p) {
		refcount_set(&p->refs, 1);
		p->len = len;
		memcpy(p->bytes, text, len);
		prepare(p);
	} else if (!ret && len) {
		ret = -ENOMEM;
	}
	kfree(text);
	if (ret)
		return ret;
	replace(p);
	scan_ask_again();
	return 0;
}

static int pattern_get(char *buffer, const struct kernel_param *kp)
{
	struct scan_pattern *p = scan_pattern_get();
	int len;

	len = p ? sysfs_emit(buffer, "%*pE\n", p->len, p->bytes) :
		  sysfs_emit(buffer, "\n");
	scan_pattern_put(p);
	return len;
}

static const struct kernel_param_ops pattern_ops = {
	.set = pattern_set,
	.get = pattern_get,
};
module_param_cb(pattern, &pattern_ops, NULL, 0600);
MODULE_PARM_DESC(pattern,
		 "bytes that no file may hold, with \\n, \\x00 and the like; empty: none");
