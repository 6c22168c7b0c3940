/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ways to move or free a file's blocks while an enabled handle may have them in its
 * map. The procedure is in move_main.c, the ways are in the other move_*.c.
 */
#ifndef MOVE_H
#define MOVE_H

#include <stddef.h>
#include <sys/types.h>

#define MOVE_BLOCK	4096
#define MOVE_OWNER	1000

/* What a block says of itself: whose it is, and where it belongs */
struct move_tag {
	unsigned long long magic;
	unsigned long long owner;
	unsigned long long block;
	unsigned long long sum;
};

#define MOVE_MAGIC	0x62706d6f76652121ull
#define MOVE_VICTIM	1ull
#define MOVE_DONOR	2ull
#define MOVE_FOREIGN	3ull

/* The victim, and where the way is to be gone */
struct move_case {
	const char *upper;	/* directories */
	const char *lower;
	const char *via;	/* one of them: through the stack, or behind it */
	int behind;
	char path[4096];	/* of the victim, in via */
	char donor[4096];	/* a file that the way may use, in via */
	unsigned int blocks;
	unsigned int owner_tag;	/* tag of the donor's blocks: its own, or the victim's */
};

#define MOVE_EXT4	1
#define MOVE_XFS	2
#define MOVE_BOTH	3

/* No support: EOPNOTSUPP, ENOTTY, EINVAL, ENOSYS or EPERM, nothing changed */
#define MOVE_REFUSED	(-1)
/* As MOVE_REFUSED, or success */
#define MOVE_EITHER	(-2)

struct move_way {
	const char *name;
	int (*act)(struct move_case *c);	/* 0 or a positive errno */
	int fs;					/* where it is possible */
	int through, behind;			/* expected errno or MOVE_* */
	unsigned int blocks;			/* of the victim; 0 for the usual */
	int returns;				/* the full bypass must come back */
	int same_donor;				/* the donor holds the victim's bytes */
	int zeros;				/* blocks may read as zeros after */
	int dead;				/* the file system is shut down after */
};

extern const struct move_way move_vfs_ways[], move_share_ways[], move_ext4_ways[],
	move_xfs_ways[];

/* Writes tagged blocks from the given one on; 0 or errno */
int move_write_tags(int fd, unsigned long long owner, unsigned int first, unsigned int count);

/* Moves a file's blocks: ext4's defragmenter or XFS's; 0 or errno */
int move_ext4_range(int fd, int donor, unsigned int blocks);
int move_xfs_swap(int fd, int donor, unsigned int blocks);
int move_defragment(int fd, int donor, unsigned int blocks);

/* Opens via-relative files, or returns -errno */
int move_open(const char *path, int flags);

#endif
