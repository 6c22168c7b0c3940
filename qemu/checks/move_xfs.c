// SPDX-License-Identifier: GPL-2.0
/* Ways that only XFS has. Its headers are not on every machine: what is needed is here. */
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks.h"
#include "move.h"

struct xfs_time {
	long sec;
	int32_t nsec;
};

struct xfs_stat {
	uint64_t ino;
	uint16_t mode, nlink;
	uint32_t uid, gid, rdev;
	int32_t blksize;
	int64_t size;
	struct xfs_time atime, mtime, ctime;
	int64_t blocks;
	uint32_t xflags;
	int32_t extsize, extents;
	uint32_t gen;
	uint16_t projid_lo, forkoff, projid_hi, sick, checked;
	uint8_t pad[2];
	uint32_t cowextsize, dmevmask;
	uint16_t dmstate, aextents;
};

struct xfs_bulk {
	uint64_t *last;
	int32_t count;
	void *buffer;
	int32_t *got;
};

struct xfs_swap {
	int64_t version, target, tmp, offset, length;
	char pad[16];
	struct xfs_stat stat;
};

struct xfs_exchange {
	int32_t file1;
	uint32_t pad;
	uint64_t offset1, offset2, length, flags;
};

struct xfs_scrub {
	uint32_t type, flags;
	uint64_t ino;
	uint32_t gen, ag;
	uint64_t reserved[5];
};

#define SWAP		_IOWR('X', 109, struct xfs_swap)
#define BULK_SINGLE	_IOWR('X', 102, struct xfs_bulk)
#define EXCHANGE	_IOW('X', 129, struct xfs_exchange)
#define SCRUB		_IOWR('X', 60, struct xfs_scrub)
#define GOING_DOWN	_IOR('X', 125, uint32_t)

#define SCRUB_DATA_FORK	12
#define SCRUB_REPAIR	(1u << 0)
#define SCRUB_REBUILD	(1u << 8)

static int stat_inode(int fd, struct xfs_stat *st)
{
	struct stat s;
	int32_t got = 0;
	uint64_t ino;
	struct xfs_bulk bulk = { .last = &ino, .count = 1, .buffer = st, .got = &got };

	if (fstat(fd, &s))
		return errno;
	ino = s.st_ino;
	return ioctl(fd, BULK_SINGLE, &bulk) ? errno : 0;
}

static int with_two(struct move_case *c, int (*act)(int fd, int donor, struct move_case *c))
{
	int fd = move_open(c->path, O_RDWR), donor, err;

	if (fd < 0)
		return -fd;
	donor = move_open(c->donor, O_RDWR);
	err = donor < 0 ? -donor : act(fd, donor, c);
	close(fd);
	if (donor >= 0)
		close(donor);
	return err;
}

int move_xfs_swap(int fd, int donor, unsigned int blocks)
{
	struct xfs_swap swap = {
		.target = fd,
		.tmp = donor,
		.length = (int64_t)blocks * MOVE_BLOCK,
	};
	int err = stat_inode(fd, &swap.stat);

	if (err)
		return err;
	return ioctl(fd, SWAP, &swap) ? errno : 0;
}

int move_defragment(int fd, int donor, unsigned int blocks)
{
	int err = move_ext4_range(fd, donor, blocks);

	return err == ENOTTY ? move_xfs_swap(fd, donor, blocks) : err;
}

static int swap_two(int fd, int donor, struct move_case *c)
{
	return move_xfs_swap(fd, donor, c->blocks);
}

static int swapext(struct move_case *c)
{
	return with_two(c, swap_two);
}

static int exchange_two(int fd, int donor, struct move_case *c)
{
	struct xfs_exchange x = {
		.file1 = donor,
		.length = (uint64_t)c->blocks * MOVE_BLOCK,
	};

	return ioctl(fd, EXCHANGE, &x) ? errno : 0;
}

static int exchange_range(struct move_case *c)
{
	return with_two(c, exchange_two);
}

/* Online repair rebuilds the mapping of the file from what the reverse map says */
static int scrub_repair(struct move_case *c)
{
	struct xfs_scrub scrub = {
		.type = SCRUB_DATA_FORK,
		.flags = SCRUB_REPAIR | SCRUB_REBUILD,
	};
	int fd = move_open(c->path, O_RDONLY), err;

	if (fd < 0)
		return -fd;
	err = ioctl(fd, SCRUB, &scrub) ? errno : 0;
	close(fd);
	return err;
}

static int shut_down(struct move_case *c)
{
	int fd = move_open(c->lower, O_RDONLY | O_DIRECTORY), err;
	uint32_t how = 0;

	if (fd < 0)
		return -fd;
	err = ioctl(fd, GOING_DOWN, &how) ? errno : 0;
	close(fd);
	return err;
}

const struct move_way move_xfs_ways[] = {
	{ .name = "swapext", .act = swapext, .fs = MOVE_XFS, .through = MOVE_EITHER,
	  .behind = ETXTBSY, .same_donor = 1 },
	{ .name = "exchange-range", .act = exchange_range, .fs = MOVE_XFS, .through = MOVE_EITHER,
	  .behind = ETXTBSY },
	{ .name = "scrub-repair", .act = scrub_repair, .fs = MOVE_XFS, .through = MOVE_EITHER,
	  .behind = MOVE_EITHER },
	{ .name = "shutdown-xfs", .act = shut_down, .fs = MOVE_XFS, .dead = 1 },
	{ 0 }
};
