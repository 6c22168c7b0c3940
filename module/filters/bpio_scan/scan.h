/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_SCAN_H
#define BPIO_SCAN_H

#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "filter.h"

struct file;
struct inode;

#define SCAN_PATTERN_MAX	64

/**
 * struct scan_pattern - what is searched for; never changed
 * @refs: who uses it
 * @id: no other has it; not 0
 * @len: bytes, not 0
 * @bytes: they
 * @back: by how much of it has matched: how much still has, if the next byte is
 *	another one
 */
struct scan_pattern {
	refcount_t refs;
	unsigned long id;
	unsigned int len;
	u8 bytes[SCAN_PATTERN_MAX];
	u8 back[SCAN_PATTERN_MAX];
};

/**
 * struct scan_cursor - how far a search has come; zeroed: nowhere
 * @id: of the pattern
 * @pos: the next byte of the file
 * @matched: so many bytes before it are the pattern's first
 */
struct scan_cursor {
	unsigned long id;
	loff_t pos;
	unsigned int matched;
};

/* pattern.c */
struct scan_pattern *scan_pattern_get(void);
unsigned long scan_pattern_id(void);
void scan_pattern_put(struct scan_pattern *p);
void scan_pattern_exit(void);
bool scan_search(const struct scan_pattern *p, struct scan_cursor *c,
		 loff_t pos, const void *data, size_t len, loff_t *at);

/**
 * SCAN_VERDICTS() - what is known of a file: id, name
 * @X: macro that makes something of each
 */
#define SCAN_VERDICTS(X)		\
	X(UNKNOWN,	"unknown")	\
	X(CLEAN,	"clean")	\
	X(FOUND,	"found")	\
	X(UNREADABLE,	"unreadable")

#define SCAN_ENUM_VERDICT(id, name)	SCAN_##id,
enum scan_verdict {
	SCAN_VERDICTS(SCAN_ENUM_VERDICT)
};

/**
 * struct scan_inode - what is remembered of an inode; see verdict.c
 * @ctx: the core's
 * @lock: of those with L
 * @verdict: L: of the last scan that nobody has disturbed
 * @id: L: and of which pattern it was
 * @changes: L: how many have begun
 * @changing: L: how many of them have not ended
 * @queued: L: rescan.c has it
 * @paused: P: and has not been cleared since
 * @scanning: one at a time
 * @pausing: who comes second waits until the file is paused
 *
 * P: written under @pausing while @changing is not 0, under @lock if it is 0.
 */
struct scan_inode {
	struct bpio_context ctx;
	spinlock_t lock;	/* see above */
	enum scan_verdict verdict;
	unsigned long id;
	unsigned long changes;
	unsigned int changing;
	bool queued;
	bool paused;
	struct mutex scanning;	/* see above */
	struct mutex pausing;	/* see above */
};

/* verdict.c */
struct scan_inode *scan_inode_get(struct bpio_instance *inst,
				  struct inode *inode);
bool scan_being_written(const struct file *file);
int scan_file(struct bpio_instance *inst, struct file *file);
enum scan_verdict scan_verdict(struct bpio_instance *inst, struct inode *inode);
struct scan_inode *scan_change_begin(struct bpio_instance *inst,
				     struct inode *inode, struct file *file);
void scan_change_end(struct scan_inode *si);

/* rescan.c */
int scan_rescan_init(void);
void scan_rescan_exit(void);
void scan_rescan(struct bpio_instance *inst, struct file *file);

/* filter.c */
void scan_ask_again(void);

#endif /* BPIO_SCAN_H */
