// SPDX-License-Identifier: GPL-2.0
/*
 * Ways that only ext4 has. chattr and verity work on a descriptor that is open for
 * reading only, the defragmenter needs one that is open for writing.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "checks.h"
#include "move.h"

#define EXTENTS_FLAG	0x00080000
#define JOURNAL_FLAG	0x00004000

struct move_extent {
	unsigned int reserved;
	unsigned int donor_fd;
	unsigned long long orig_start;
	unsigned long long donor_start;
	unsigned long long len;
	unsigned long long moved_len;
};

#define MOVE_EXT	_IOWR('f', 15, struct move_extent)
#define SHUTDOWN	_IOR('X', 125, unsigned int)

static int change_flag(struct move_case *c, int flag, int set)
{
	int fd = move_open(c->path, O_RDONLY), err = 0, flags;

	if (fd < 0)
		return -fd;
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		err = errno;
	flags = set ? flags | flag : flags & ~flag;
	if (!err && ioctl(fd, FS_IOC_SETFLAGS, &flags))
		err = errno;
	close(fd);
	return err;
}

static int to_indirect(struct move_case *c)
{
	return change_flag(c, EXTENTS_FLAG, 0);
}

static int to_indirect_and_back(struct move_case *c)
{
	int err = change_flag(c, EXTENTS_FLAG, 0);

	return err ? err : change_flag(c, EXTENTS_FLAG, 1);
}

static int to_journal(struct move_case *c)
{
	return change_flag(c, JOURNAL_FLAG, 1);
}

static int to_journal_and_back(struct move_case *c)
{
	int err = change_flag(c, JOURNAL_FLAG, 1);

	return err ? err : change_flag(c, JOURNAL_FLAG, 0);
}

static int verity(struct move_case *c)
{
	struct fsverity_enable_arg arg = {
		.version = 1,
		.hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
		.block_size = MOVE_BLOCK,
	};
	int fd = move_open(c->path, O_RDONLY), err;

	if (fd < 0)
		return -fd;
	err = ioctl(fd, FS_IOC_ENABLE_VERITY, &arg) ? errno : 0;
	close(fd);
	return err;
}

int move_ext4_range(int fd, int donor, unsigned int blocks)
{
	struct move_extent move = { .len = blocks, .donor_fd = donor };

	return ioctl(fd, MOVE_EXT, &move) ? errno : 0;
}

static int defragment(struct move_case *c)
{
	int fd = move_open(c->path, O_RDWR), donor, err;

	if (fd < 0)
		return -fd;
	donor = move_open(c->donor, O_RDWR);
	if (donor < 0) {
		close(fd);
		return -donor;
	}
	err = move_ext4_range(fd, donor, c->blocks);
	close(fd);
	close(donor);
	return err;
}

static int shut_down(struct move_case *c)
{
	unsigned int how = 0;
	int fd = move_open(c->lower, O_RDONLY | O_DIRECTORY), err;

	if (fd < 0)
		return -fd;
	err = ioctl(fd, SHUTDOWN, &how) ? errno : 0;
	close(fd);
	return err;
}

const struct move_way move_ext4_ways[] = {
	{ .name = "chattr-e", .act = to_indirect, .fs = MOVE_EXT4, .blocks = 8, .returns = 1 },
	{ .name = "chattr-ee", .act = to_indirect_and_back, .fs = MOVE_EXT4, .blocks = 8,
	  .returns = 1 },
	{ .name = "chattr-j", .act = to_journal, .fs = MOVE_EXT4 },
	{ .name = "chattr-jj", .act = to_journal_and_back, .fs = MOVE_EXT4, .returns = 1 },
	{ .name = "verity", .act = verity, .fs = MOVE_EXT4, .through = MOVE_EITHER },
	{ .name = "move-ext", .act = defragment, .fs = MOVE_EXT4, .through = MOVE_EITHER,
	  .behind = ETXTBSY, .same_donor = 1 },
	{ .name = "shutdown-ext4", .act = shut_down, .fs = MOVE_EXT4, .dead = 1 },
	{ 0 }
};
