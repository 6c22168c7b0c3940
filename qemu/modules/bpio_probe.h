/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_PROBE_H
#define BPIO_PROBE_H

#include <linux/atomic.h>
#include <linux/wait.h>

#include "filter.h"

enum probe_kind {
	PROBE_NOTHING,
	PROBE_DONE,
	PROBE_VETO,
	PROBE_SLEEP,
	PROBE_HOLD,
	PROBE_SEND,
	PROBE_XOR,
	PROBE_CONTEXT,
	PROBE_WRITE,
	PROBE_NO_POST,
};

/**
 * struct probe_act - what a callback does
 * @kind: PROBE_DONE: @num is returned; PROBE_VETO: with @num, @more and @text;
 *	PROBE_SLEEP: @num ms; PROBE_HOLD: until told otherwise; PROBE_SEND:
 *	operation @num with flags @more; PROBE_XOR: the data, with @num;
 *	PROBE_CONTEXT: make or find one, @more: of the open file;
 *	PROBE_WRITE: a byte at @num, below; PROBE_NO_POST: no post is wanted
 * @num: see there
 * @more: see there
 * @text: see there
 * @before: what was done before
 */
struct probe_act {
	enum probe_kind kind;
	long num;
	unsigned int more;
	char text[256];
	struct probe_act *before;
};

/* Reads and writes from here on are counted once more */
#define PROBE_HIGH	(1024 * 1024)

/**
 * struct probe - one filter
 * @filter: what is registered; its strings are here
 * @quiet: callbacks write no line
 * @decline: it declines all mounts
 * @pre: what they do; changed while they run
 * @post: likewise
 * @calls: of pre, by type
 * @high: reads and writes at PROBE_HIGH and above
 * @changed: an act has been changed
 */
struct probe {
	struct bpio_filter filter;
	char name[64];
	char altitude[64];
	bool quiet;
	bool decline;
	struct probe_act *pre[BPIO_CALL_MAX];
	struct probe_act *post[BPIO_CALL_MAX];
	atomic_long_t calls[BPIO_CALL_MAX];
	atomic_long_t high;
	wait_queue_head_t changed;
};

extern const char * const probe_types[BPIO_CALL_MAX];

/* Contexts that were made and freed, since the module was loaded */
extern atomic_long_t probe_made, probe_freed;

/* Milliseconds that it takes to free one */
extern unsigned int probe_slow;

__printf(1, 2) void probe_log(const char *fmt, ...);

int probe_attach(struct bpio_instance *inst);
void probe_detach(struct bpio_instance *inst);
enum bpio_next probe_pre(struct bpio_instance *inst, struct bpio_call *call,
			 void **cookie);
void probe_post(struct bpio_instance *inst, struct bpio_call *call,
		void *cookie);

#endif /* BPIO_PROBE_H */
