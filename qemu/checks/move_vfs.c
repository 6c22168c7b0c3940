// SPDX-License-Identifier: GPL-2.0
/* Ways that every file system has: each needs the file open for writing, or only its name. */
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "checks.h"
#include "move.h"

#define BYTES(blocks)	((off_t)(blocks) * MOVE_BLOCK)

static int with_writer(struct move_case *c, int flags, int (*act)(int fd, struct move_case *c))
{
	int fd = move_open(c->path, flags), err;

	if (fd < 0)
		return -fd;
	err = act(fd, c);
	if (!err && fsync(fd))
		err = errno;
	close(fd);
	return err;
}

static int truncates(struct move_case *c)
{
	return truncate(c->path, BYTES(c->blocks / 2)) ? errno : 0;
}

static int grow(int fd, struct move_case *c)
{
	if (ftruncate(fd, BYTES(c->blocks / 2)))
		return errno;
	return move_write_tags(fd, MOVE_VICTIM, c->blocks / 2, c->blocks / 2 + 8);
}

static int shrinks_and_grows(struct move_case *c)
{
	return with_writer(c, O_RDWR, grow);
}

static int rewrite(int fd, struct move_case *c)
{
	return move_write_tags(fd, MOVE_VICTIM, 0, c->blocks);
}

static int opens_with_trunc(struct move_case *c)
{
	return with_writer(c, O_WRONLY | O_TRUNC, rewrite);
}

static int write_donor_tags(int fd, struct move_case *c)
{
	return move_write_tags(fd, MOVE_DONOR, c->blocks / 4, c->blocks / 2);
}

static int writes(struct move_case *c)
{
	return with_writer(c, O_WRONLY, write_donor_tags);
}

static int writes_direct(struct move_case *c)
{
	return with_writer(c, O_WRONLY | O_DIRECT, write_donor_tags);
}

static int write_mapped(int fd, struct move_case *c)
{
	char *at = mmap(NULL, BYTES(c->blocks), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return errno;
	/* the last block becomes a copy of the first */
	memcpy(at + BYTES(c->blocks - 1), at, MOVE_BLOCK);
	if (msync(at, BYTES(c->blocks), MS_SYNC))
		return errno;
	munmap(at, BYTES(c->blocks));
	return 0;
}

static int maps_shared(struct move_case *c)
{
	return with_writer(c, O_RDWR, write_mapped);
}

static int fallocate_mode(struct move_case *c, int mode)
{
	int fd = move_open(c->path, O_RDWR), err = 0;

	if (fd < 0)
		return -fd;
	if (fallocate(fd, mode, BYTES(c->blocks / 4), BYTES(c->blocks / 4)) || fsync(fd))
		err = errno;
	close(fd);
	return err;
}

static int punches(struct move_case *c)
{
	return fallocate_mode(c, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE);
}

static int collapses(struct move_case *c)
{
	return fallocate_mode(c, FALLOC_FL_COLLAPSE_RANGE);
}

static int inserts(struct move_case *c)
{
	return fallocate_mode(c, FALLOC_FL_INSERT_RANGE);
}

static int zeroes(struct move_case *c)
{
	return fallocate_mode(c, FALLOC_FL_ZERO_RANGE);
}

static int copies_over(struct move_case *c)
{
	int in = move_open(c->donor, O_RDONLY), out, err = 0;

	if (in < 0)
		return -in;
	out = move_open(c->path, O_WRONLY);
	if (out < 0) {
		close(in);
		return -out;
	}
	if (copy_file_range(in, NULL, out, NULL, BYTES(c->blocks), 0) != BYTES(c->blocks) ||
	    fsync(out))
		err = errno;
	close(in);
	close(out);
	return err;
}

static int renames_over(struct move_case *c)
{
	return rename(c->donor, c->path) ? errno : 0;
}

static int unlinks(struct move_case *c)
{
	return unlink(c->path) ? errno : 0;
}

static int freezes(struct move_case *c)
{
	int fd = move_open(c->lower, O_RDONLY | O_DIRECTORY), err = 0;

	if (fd < 0)
		return -fd;
	if (ioctl(fd, FIFREEZE, 0) || ioctl(fd, FITHAW, 0))
		err = errno;
	close(fd);
	return err;
}

const struct move_way move_vfs_ways[] = {
	{ .name = "truncate", .act = truncates, .fs = MOVE_BOTH, .behind = ETXTBSY, .returns = 1 },
	{ .name = "grow", .act = shrinks_and_grows, .fs = MOVE_BOTH, .behind = ETXTBSY,
	  .returns = 1 },
	{ .name = "open-trunc", .act = opens_with_trunc, .fs = MOVE_BOTH, .behind = ETXTBSY,
	  .returns = 1 },
	{ .name = "write", .act = writes, .fs = MOVE_BOTH, .behind = ETXTBSY, .returns = 1 },
	{ .name = "write-direct", .act = writes_direct, .fs = MOVE_BOTH, .behind = ETXTBSY,
	  .returns = 1 },
	{ .name = "mmap-write", .act = maps_shared, .fs = MOVE_BOTH, .behind = ETXTBSY,
	  .returns = 1 },
	{ .name = "punch", .act = punches, .fs = MOVE_BOTH, .behind = ETXTBSY, .zeros = 1 },
	{ .name = "collapse", .act = collapses, .fs = MOVE_BOTH, .behind = ETXTBSY, .returns = 1 },
	{ .name = "insert", .act = inserts, .fs = MOVE_BOTH, .behind = ETXTBSY, .zeros = 1 },
	{ .name = "zero-range", .act = zeroes, .fs = MOVE_BOTH, .behind = ETXTBSY, .zeros = 1 },
	{ .name = "copy-range", .act = copies_over, .fs = MOVE_BOTH, .behind = ETXTBSY },
	{ .name = "rename-over", .act = renames_over, .fs = MOVE_BOTH },
	{ .name = "unlink", .act = unlinks, .fs = MOVE_BOTH },
	{ .name = "fsfreeze", .act = freezes, .fs = MOVE_BOTH, .returns = 1 },
	{ 0 }
};
