// SPDX-License-Identifier: GPL-2.0
/*
 * Filters on demand, for tests. /dev/bpio_probe takes one command at a time:
 *
 *	add NAME ALTITUDE FEATURES CALLBACK...
 *	del NAME
 *	attach NAME PATH		detach NAME PATH
 *	count NAME		contexts
 *	clear
 *	slow MS			so long it takes to free a context
 *	set NAME CALLBACK ACT [NUMBER [NUMBER [TEXT]]]
 *
 * FEATURES: words with commas between them: bypass, data, quiet (no lines),
 * decline (no mount), or -. CALLBACK: pre:read, post:enable and so on. The name
 * is "bpio_probe.NAME", or exactly what follows "=". The write fails with the
 * errno that bypassfs returned.
 *
 * What is read is a line for each callback, in their order, since it was opened
 * for reading the last time.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "bpio_probe.h"

#define PROBES		40
#define LOG_SIZE	(64 * 1024)

static struct probe *probes[PROBES];
static DEFINE_MUTEX(lock);	/* of @probes; not held while they come and go */

static char log_text[LOG_SIZE];
static size_t log_len;
static DEFINE_SPINLOCK(log_lock);

void probe_log(const char *fmt, ...)
{
	va_list args;

	spin_lock(&log_lock);
	va_start(args, fmt);
	log_len += vscnprintf(log_text + log_len, LOG_SIZE - log_len, fmt,
			      args);
	va_end(args);
	spin_unlock(&log_lock);
}

static struct probe **slot_of(const char *name)
{
	int i;

	for (i = 0; i < PROBES; i++) {
		if (!name && !probes[i])
			return &probes[i];
		if (name && probes[i] && !strcmp(probes[i]->name, name))
			return &probes[i];
	}
	return NULL;
}

static void full_name(char *to, size_t size, const char *name)
{
	if (*name == '=')
		strscpy(to, name + 1, size);
	else
		snprintf(to, size, "%s.%s", KBUILD_MODNAME, name);
}

/* It stays until who has found it deletes it */
static struct probe *find(const char *name)
{
	struct probe **slot;
	char full[64];

	full_name(full, sizeof(full), name);
	mutex_lock(&lock);
	slot = slot_of(full);
	mutex_unlock(&lock);
	return slot ? *slot : NULL;
}

static void free_acts(struct probe_act *act)
{
	struct probe_act *before;

	for (; act; act = before) {
		before = act->before;
		kfree(act);
	}
}

static void probe_free(struct probe *p)
{
	int i;

	for (i = 0; i < BPIO_CALL_MAX; i++) {
		free_acts(p->pre[i]);
		free_acts(p->post[i]);
	}
	kfree(p);
}

/* "pre:read" */
static int parse_callback(char *word, bool *post)
{
	char *type = word;

	word = strsep(&type, ":");
	*post = !strcmp(word, "post");
	if (!type || (!*post && strcmp(word, "pre")))
		return -EBADMSG;
	return match_string(probe_types, BPIO_CALL_MAX, type);
}

static struct probe *probe_new(const char *name, char *rest)
{
	struct probe *p = kzalloc(sizeof(*p), GFP_KERNEL);
	char *word;
	bool post;
	int i;

	if (!p)
		return NULL;
	init_waitqueue_head(&p->changed);
	full_name(p->name, sizeof(p->name), name);
	p->filter.name = p->name;
	p->filter.attach = probe_attach;
	p->filter.detach = probe_detach;
	word = strsep(&rest, " ");
	strscpy(p->altitude, word ?: "", sizeof(p->altitude));
	p->filter.altitude = p->altitude;
	word = strsep(&rest, " ") ?: "";
	p->quiet = strstr(word, "quiet");
	p->decline = strstr(word, "decline");
	if (strstr(word, "bypass"))
		p->filter.features |= BPIO_FEATURE_BYPASS;
	if (strstr(word, "data"))
		p->filter.features |= BPIO_FEATURE_DATA;
	if (strstr(word, "unknown"))
		p->filter.features |= BPIO_FEATURES_KNOWN + 1;
	while ((word = strsep(&rest, " "))) {
		i = parse_callback(word, &post);
		if (i < 0)
			continue;
		if (post)
			p->filter.post[i] = probe_post;
		else
			p->filter.pre[i] = probe_pre;
	}
	for (i = 0; i < BPIO_CALL_MAX; i++) {
		p->pre[i] = kzalloc(sizeof(*p->pre[i]), GFP_KERNEL);
		p->post[i] = kzalloc(sizeof(*p->post[i]), GFP_KERNEL);
		if (!p->pre[i] || !p->post[i]) {
			probe_free(p);
			return NULL;
		}
	}
	return p;
}

static int add(const char *name, char *rest)
{
	struct probe *p = probe_new(name, rest);
	struct probe **slot;
	int ret;

	if (!p)
		return -ENOMEM;
	ret = bpio_filter_register(&p->filter);
	if (ret) {
		probe_free(p);
		return ret;
	}
	mutex_lock(&lock);
	slot = slot_of(NULL);
	if (slot)
		*slot = p;
	mutex_unlock(&lock);
	if (slot)
		return 0;
	bpio_filter_unregister(&p->filter);
	probe_free(p);
	return -ENFILE;
}

/* It is told what to do until it is gone: who is inside may wait for that */
static int del(struct probe *p)
{
	bpio_filter_unregister(&p->filter);
	mutex_lock(&lock);
	*slot_of(p->name) = NULL;
	mutex_unlock(&lock);
	probe_free(p);
	return 0;
}

static int attach(struct probe *p, const char *name, bool come)
{
	struct path path;
	int ret;

	ret = kern_path(name, LOOKUP_FOLLOW, &path);
	if (ret)
		return ret;
	ret = come ? bpio_filter_attach(&p->filter, path.dentry->d_sb) :
		     bpio_filter_detach(&p->filter, path.dentry->d_sb);
	path_put(&path);
	return ret;
}

static int parse_act(struct probe_act *act, char *rest)
{
	static const char * const kinds[] = {
		[PROBE_NOTHING] = "nothing", [PROBE_DONE] = "answer",
		[PROBE_VETO] = "veto", [PROBE_SLEEP] = "sleep",
		[PROBE_HOLD] = "hold", [PROBE_SEND] = "send",
		[PROBE_XOR] = "xor", [PROBE_CONTEXT] = "context",
		[PROBE_WRITE] = "write", [PROBE_NO_POST] = "no-post",
	};
	char *word = strsep(&rest, " ");
	int kind = word ? match_string(kinds, ARRAY_SIZE(kinds), word) :
			  -EINVAL;

	if (kind < 0)
		return -EBADMSG;
	act->kind = kind;
	word = strsep(&rest, " ");
	if (word && kstrtol(word, 0, &act->num))
		return -EBADMSG;
	word = strsep(&rest, " ");
	if (word && kstrtouint(word, 0, &act->more))
		return -EBADMSG;
	strscpy(act->text, rest ?: "", sizeof(act->text));
	return 0;
}

/* A callback may look at the old one now: it stays as long as the filter */
static int set_act(struct probe *p, char *rest)
{
	struct probe_act *act;
	struct probe_act **at;
	int type, ret;
	char *word;
	bool post;

	word = strsep(&rest, " ");
	type = word ? parse_callback(word, &post) : -EINVAL;
	if (type < 0 || !rest)
		return -EBADMSG;
	act = kzalloc(sizeof(*act), GFP_KERNEL);
	if (!act)
		return -ENOMEM;
	ret = parse_act(act, rest);
	if (ret) {
		kfree(act);
		return ret;
	}
	at = post ? &p->post[type] : &p->pre[type];
	mutex_lock(&lock);
	act->before = *at;
	WRITE_ONCE(*at, act);
	mutex_unlock(&lock);
	wake_up_all(&p->changed);
	return 0;
}

static int tell_count(struct probe *p)
{
	int i;

	probe_log("count");
	for (i = 0; i < BPIO_CALL_MAX; i++)
		if (atomic_long_read(&p->calls[i]))
			probe_log(" %s=%ld", probe_types[i],
				  atomic_long_read(&p->calls[i]));
	probe_log(" high=%ld\n", atomic_long_read(&p->high));
	return 0;
}

static int command(char *rest)
{
	char *verb = strsep(&rest, " "), *name = strsep(&rest, " ");
	struct probe *p;

	if (!strcmp(verb, "clear")) {
		spin_lock(&log_lock);
		log_len = 0;
		spin_unlock(&log_lock);
		return 0;
	}
	if (!strcmp(verb, "contexts")) {
		probe_log("contexts made=%ld freed=%ld\n",
			  atomic_long_read(&probe_made),
			  atomic_long_read(&probe_freed));
		return 0;
	}
	if (!name)
		return -EBADMSG;
	if (!strcmp(verb, "slow"))
		return kstrtouint(name, 10, &probe_slow);
	if (!strcmp(verb, "add"))
		return add(name, rest);
	p = find(name);
	if (!p)
		return -ESRCH;
	if (!strcmp(verb, "del"))
		return del(p);
	if (!strcmp(verb, "set"))
		return set_act(p, rest);
	if (!strcmp(verb, "count"))
		return tell_count(p);
	if (!strcmp(verb, "attach") && rest)
		return attach(p, rest, true);
	if (!strcmp(verb, "detach") && rest)
		return attach(p, rest, false);
	return -EBADMSG;
}

static ssize_t probe_write(struct file *file, const char __user *from,
			   size_t len, loff_t *pos)
{
	char *text;
	int ret;

	if (!len || len > 1024)
		return -EMSGSIZE;
	text = memdup_user_nul(from, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = command(strim(text));
	kfree(text);
	return ret ?: len;
}

/* The log, as it was at the open */
static int probe_open(struct inode *inode, struct file *file)
{
	char *text;

	if (!(file->f_mode & FMODE_READ)) {
		file->private_data = NULL;
		return 0;
	}
	text = kvzalloc(LOG_SIZE, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	spin_lock(&log_lock);
	memcpy(text, log_text, log_len);
	log_len = 0;
	spin_unlock(&log_lock);
	file->private_data = text;
	return 0;
}

static ssize_t probe_read(struct file *file, char __user *to, size_t len,
			  loff_t *pos)
{
	const char *text = file->private_data;

	return simple_read_from_buffer(to, len, pos, text,
				       strnlen(text, LOG_SIZE));
}

static int probe_release(struct inode *inode, struct file *file)
{
	kvfree(file->private_data);
	return 0;
}

static const struct file_operations probe_fops = {
	.owner		= THIS_MODULE,
	.open		= probe_open,
	.read		= probe_read,
	.write		= probe_write,
	.release	= probe_release,
};

static struct miscdevice probe_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= KBUILD_MODNAME,
	.fops	= &probe_fops,
};

static int __init probe_init(void)
{
	return misc_register(&probe_device);
}

static void __exit probe_exit(void)
{
	int i;

	misc_deregister(&probe_device);
	for (i = 0; i < PROBES; i++)
		if (probes[i])
			del(probes[i]);
	WARN_ON(atomic_long_read(&probe_made) !=
		atomic_long_read(&probe_freed));
}

module_init(probe_init);
module_exit(probe_exit);

MODULE_DESCRIPTION("bypassfs: filters on demand, for tests");
MODULE_LICENSE("GPL");
