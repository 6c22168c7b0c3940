// SPDX-License-Identifier: GPL-2.0
/*
 * Ways that share blocks between files. The deduplication is done by the file's owner
 * without any privilege, through descriptors that are open for reading only: nothing
 * that counts writers sees it.
 */
#include <fcntl.h>
#include <grp.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checks.h"
#include "move.h"

static int as_owner(struct move_case *c, int (*act)(struct move_case *c))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (setgroups(0, NULL) || setgid(MOVE_OWNER) || setuid(MOVE_OWNER))
			_exit(EPERM);
		_exit(act(c));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return EIO;
	return WEXITSTATUS(status);
}

static int dedupe(const char *from, const char *to, unsigned int blocks)
{
	int src = move_open(from, O_RDONLY), dst = move_open(to, O_RDONLY), err = 0;
	struct {
		struct file_dedupe_range range;
		struct file_dedupe_range_info info;
	} d = {
		.range = {
			.src_length = (unsigned long long)blocks * MOVE_BLOCK,
			.dest_count = 1,
		},
	};

	if (src < 0 || dst < 0)
		return src < 0 ? -src : -dst;
	d.info.dest_fd = dst;
	if (ioctl(src, FIDEDUPERANGE, &d))
		err = errno;
	else if (d.info.status < 0)
		err = -d.info.status;
	else if (d.info.status != FILE_DEDUPE_RANGE_SAME ||
		 d.info.bytes_deduped != d.range.src_length)
		err = EILSEQ;
	close(src);
	close(dst);
	return err;
}

static int dedupe_to_victim(struct move_case *c)
{
	return dedupe(c->donor, c->path, c->blocks);
}

static int dedupe_from_victim(struct move_case *c)
{
	return dedupe(c->path, c->donor, c->blocks);
}

static int dedupe_dest(struct move_case *c)
{
	return as_owner(c, dedupe_to_victim);
}

static int dedupe_source(struct move_case *c)
{
	return as_owner(c, dedupe_from_victim);
}

static int clone(const char *from, const char *to)
{
	int src = move_open(from, O_RDONLY), dst, err;

	if (src < 0)
		return -src;
	dst = move_open(to, O_WRONLY | O_CREAT);
	if (dst < 0) {
		close(src);
		return -dst;
	}
	err = ioctl(dst, FICLONE, src) ? errno : 0;
	close(src);
	close(dst);
	return err;
}

static int clone_over(struct move_case *c)
{
	return clone(c->donor, c->path);
}

static int clone_source(struct move_case *c)
{
	return clone(c->path, c->donor);
}

/* The clone is then written to: the shared blocks stay the victim's alone */
static int clone_source_write(struct move_case *c)
{
	int err = clone(c->path, c->donor), fd;

	if (err)
		return err;
	fd = move_open(c->donor, O_WRONLY);
	if (fd < 0)
		return -fd;
	err = move_write_tags(fd, MOVE_DONOR, 0, c->blocks);
	if (!err && fsync(fd))
		err = errno;
	close(fd);
	return err;
}

const struct move_way move_share_ways[] = {
	/* so many that XFS, which keeps some space back, must use freed ones again */
	{ .name = "dedupe-dest", .act = dedupe_dest, .fs = MOVE_XFS, .same_donor = 1,
	  .blocks = 8192 },
	{ .name = "dedupe-source", .act = dedupe_source, .fs = MOVE_XFS, .same_donor = 1 },
	{ .name = "clone-over", .act = clone_over, .fs = MOVE_XFS, .behind = ETXTBSY },
	{ .name = "clone-source", .act = clone_source, .fs = MOVE_XFS },
	{ .name = "clone-source-write", .act = clone_source_write, .fs = MOVE_XFS },
	{ .name = "dedupe-refused", .act = dedupe_dest, .fs = MOVE_EXT4, .through = MOVE_REFUSED,
	  .behind = MOVE_REFUSED, .same_donor = 1, .returns = 1 },
	{ .name = "clone-refused", .act = clone_source, .fs = MOVE_EXT4, .through = MOVE_REFUSED,
	  .behind = MOVE_REFUSED, .returns = 1 },
	{ 0 }
};
