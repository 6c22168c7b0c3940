/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One random sequence of operations on two trees: one through the stack, one on the
 * file system itself. Whatever a program can see must be the same in both.
 *
 * All choices of a step are drawn before it runs (struct step), so that both sides do
 * the same. The tree of side A has two views, the mount and the directory below it, and
 * a step uses either: a change behind the mount's back must be seen through it at once.
 */
#ifndef DIFF_H
#define DIFF_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define DIFF_FDS	12
#define DIFF_OUT	(128 * 1024)
#define DIFF_RND	12
#define DIFF_PATH	700

struct step {
	unsigned long long rnd[DIFF_RND];
	char path[2][DIFF_PATH];
	int slot, other;
	int behind;
};

struct side {
	const char *name;
	int view[2];		/* the mount, the directory below; the same on side B */
	int root;		/* the view that this step uses */
	int behind;		/* which one that is */
	int fd[DIFF_FDS];
	int fd_view[DIFF_FDS];	/* where it was opened */
};

struct outcome {
	long ret;
	int err;
	int timed;
	struct timespec times[3];	/* access, modification, change */
	size_t len;
	unsigned char data[DIFF_OUT];
};

struct op {
	const char *name;
	int weight;
	void (*run)(struct side *s, const struct step *st, struct outcome *o);
};

/* what ret and errno say; to be called right after the system call */
void outcome_ret(struct outcome *o, long ret);
/* the same where ret is a descriptor, which goes into the slot */
void outcome_fd(struct side *s, int slot, struct outcome *o, int fd);
void outcome_add(struct outcome *o, const void *data, size_t len);
void outcome_printf(struct outcome *o, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

struct stat;
/* the fields that do not depend on where the file lies, and its times */
void outcome_stat(struct outcome *o, const struct stat *st);
/* times that two operations gave in turn differ a little */
int outcome_times_differ(const struct outcome *a, const struct outcome *b);

extern const struct op diff_names[], diff_data[], diff_attrs[];

/* 0 if the trees below the two directories are the same; EXACT: one file system */
int diff_trees(int a, int b, int exact);

#endif
