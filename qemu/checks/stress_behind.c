// SPDX-License-Identifier: GPL-2.0
/*
 * Those behind the stack, on the lower file system. Who needs the file open for writing
 * gets ETXTBSY while it is armed, as with a running program, and tries again later.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks.h"
#include "move.h"
#include "stress.h"

#define FILL_PIECE	(256u << 10)
#define FILL_FILE	(2u << 20)
#define NODUMP		0x00000040
#define EXTENTS		0x00080000

static int open_lower(unsigned int index, enum actor_id who, int flags)
{
	char path[4096];
	int fd;

	stress_path(path, sh->lower, index);
	fd = open(path, flags);
	if (fd < 0 && errno == ETXTBSY) {
		add(&sh->actors[who].busy, 1);
		return -ETXTBSY;
	}
	return fd < 0 ? stress_failed("behind", path) : fd;
}

int stress_act_behind(uint64_t *x)
{
	unsigned int index, first;
	struct slot *s = stress_lock(x, &index);
	int fd = open_lower(index, ACTOR_BEHIND, O_WRONLY), ret = 0;

	if (fd >= 0) {
		first = stress_random(x) % s->blocks;
		ret = stress_write(fd, s, first, 1);
		if (!ret && stress_random(x) % 2)
			ret = fsync(fd);
		close(fd);
	}
	stress_unlock(s);
	if (fd == -1)
		return -1;
	return ret ? stress_failed("behind", "write") : 0;
}

/* The slot's own bytes in other blocks */
int stress_act_defrag(uint64_t *x)
{
	unsigned int index;
	struct slot *s = stress_lock(x, &index);
	int fd, other = -1, err = 0;
	char name[4096];

	fd = open_lower(index, ACTOR_DEFRAG, O_RDWR);
	if (fd >= 0 && !s->holes) {
		snprintf(name, sizeof(name), "%s/defrag.%u", sh->lower, index);
		err = stress_make(name, index, s->id, s->begun, s->blocks) ? errno : 0;
		other = err ? -1 : open(name, O_RDWR);
		if (other >= 0)
			err = move_defragment(fd, other, s->blocks);
		if (other >= 0)
			close(other);
		unlink(name);
	}
	if (fd >= 0)
		close(fd);
	stress_unlock(s);
	if (fd == -1)
		return -1;
	if (!err)
		return 0;
	/* ENODATA: ext4 found nothing to move. EINVAL: XFS, to or from a file that shares */
	if (err == ENOSPC || err == EBUSY || err == EAGAIN || err == EINVAL || err == ENODATA) {
		add(&sh->actors[ACTOR_DEFRAG].refused, 1);
		return 0;
	}
	errno = err;
	return err == EOPNOTSUPP || err == ENOTTY ? 1 : stress_failed("defrag", "exchange");
}

/* A write in between or a full disk undoes it, and ext4's ioctl may say 0 all the same: look */
static int to_extents(int fd)
{
	int flags, tried = 0;

	for (;;) {
		if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
			return -1;
		if (flags & EXTENTS)
			return 0;
		if (tried++)
			stress_want_space();
		flags |= EXTENTS;
		if (ioctl(fd, FS_IOC_SETFLAGS, &flags) && errno != ENOSPC && errno != EAGAIN)
			return -1;
	}
}

int stress_act_chattr(uint64_t *x)
{
	unsigned int index;
	struct slot *s = stress_lock(x, &index);
	int fd = open_lower(index, ACTOR_CHATTR, O_RDONLY), flags, ret = 0;

	if (fd >= 0) {
		ret = ioctl(fd, FS_IOC_GETFLAGS, &flags);
		flags ^= NODUMP;
		if (!ret)
			ret = ioctl(fd, FS_IOC_SETFLAGS, &flags);
		/* to indirect blocks and back; refused for most layouts, and on XFS */
		flags ^= EXTENTS;
		if (!ret && stress_random(x) % 2 && !ioctl(fd, FS_IOC_SETFLAGS, &flags))
			ret = to_extents(fd);
		close(fd);
	}
	stress_unlock(s);
	return ret || fd < 0 ? stress_failed("chattr", "flags") : 0;
}

int stress_act_freeze(uint64_t *x)
{
	int fd = open(sh->lower, O_RDONLY | O_DIRECTORY), ret;

	if (fd < 0 || ioctl(fd, FIFREEZE, 0))
		return stress_failed("freeze", sh->lower);
	stress_nap(stress_random(x) % 5);
	ret = ioctl(fd, FITHAW, 0);
	close(fd);
	stress_nap(200);
	return ret ? stress_failed("freeze", "thaw") : 0;
}

/*
 * Fills all free space with another user's blocks, over and over: what anybody frees
 * is overwritten at once.
 */
int stress_act_fill(uint64_t *x)
{
	static uint64_t piece[FILL_PIECE / 8] __attribute__((aligned(BLOCK)));
	unsigned int files = 0;
	char path[4096];
	int full = 0;

	if (!piece[0])
		for (size_t i = 0; i < FILL_PIECE / 8; i++)
			piece[i] = FOREIGN;
	while (!full && !load(&sh->stop) && !load(&sh->wants_space)) {
		int fd;

		snprintf(path, sizeof(path), "%s/fill.%u", sh->lower, files);
		fd = open(path, O_WRONLY | O_CREAT | O_DIRECT, 0600);
		if (fd < 0) {
			full = errno == ENOSPC;
			if (full)
				break;
			return stress_failed("fill", path);
		}
		files++;
		for (unsigned int at = 0; at < FILL_FILE && !full; at += FILL_PIECE)
			full = pwrite(fd, piece, FILL_PIECE, at) != (ssize_t)FILL_PIECE;
		close(fd);
		stress_nap(stress_random(x) % 4);
	}
	while (files--) {
		snprintf(path, sizeof(path), "%s/fill.%u", sh->lower, files);
		unlink(path);
	}
	if (load(&sh->wants_space)) {
		sync();
		store(&sh->wants_space, 0);
		stress_nap(20);
	}
	return 0;
}
