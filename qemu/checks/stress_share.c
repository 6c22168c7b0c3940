// SPDX-License-Identifier: GPL-2.0
/* Those who share blocks between files, where the file system can. */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks.h"
#include "stress.h"

static int unsupported(int err)
{
	return err == EOPNOTSUPP || err == EINVAL || err == ENOTTY || err == EXDEV;
}

static int clone_file(const char *from, const char *to)
{
	int src = open(from, O_RDONLY), dst = open(to, O_WRONLY | O_CREAT, 0644), ret, err;

	ret = src < 0 || dst < 0 ? -1 : ioctl(dst, FICLONE, src);
	err = errno;
	if (src >= 0)
		close(src);
	if (dst >= 0)
		close(dst);
	errno = err;
	return ret;
}

/* The slot becomes a clone of a file with its next generations */
static int clone_over(struct slot *s, unsigned int index, const char *path, const char *other)
{
	uint32_t gens[MAX_BLOCKS];
	int ret;

	for (unsigned int i = 0; i < sh->blocks; i++)
		gens[i] = stress_data_gen(s->begun[i]);
	if (stress_make(other, index, s->id, gens, sh->blocks))
		return -1;
	for (unsigned int i = 0; i < sh->blocks; i++)
		store(&s->begun[i], gens[i]);
	store(&s->size_begun, s->size_begun + 1);
	while ((ret = clone_file(other, path)) && errno == ENOSPC)
		stress_want_space();
	if (!ret) {
		store(&s->blocks, sh->blocks);
		stress_end(s, 0, sh->blocks);
		s->holes = 0;
	}
	store(&s->size_done, s->size_begun);
	return ret;
}

/* A clone of the slot is filled with somebody else's data: the slot must not see them */
static int clone_from(const char *path, const char *other)
{
	static uint64_t block[BLOCK / 8];
	int ret, fd;

	while ((ret = clone_file(path, other)) && errno == ENOSPC)
		stress_want_space();
	if (ret)
		return -1;
	for (unsigned int i = 0; i < BLOCK / 8; i++)
		block[i] = FOREIGN;
	fd = open(other, O_WRONLY);
	for (unsigned int i = 0; i < sh->blocks && fd >= 0; i += 3)
		while (pwrite(fd, block, BLOCK, (off_t)i * BLOCK) < 0 && errno == ENOSPC)
			stress_want_space();
	if (fd >= 0)
		close(fd);
	return fd < 0 ? -1 : 0;
}

int stress_act_clone(uint64_t *x)
{
	unsigned int index;
	struct slot *s = stress_lock(x, &index);
	char path[4096], other[4096];
	int ret, err;

	stress_path(path, sh->upper, index);
	snprintf(other, sizeof(other), "%s/clone.%u", sh->upper, index);
	ret = stress_random(x) % 2 ? clone_over(s, index, path, other) : clone_from(path, other);
	err = errno;
	unlink(other);
	store(&s->wants_replacing, 1);
	if (ret && unsupported(err)) {
		/* nothing was changed, but the generations say so: give the slot new ones */
		stress_unlock(s);
		add(&sh->actors[ACTOR_CLONE].refused, 1);
		stress_act_replace(x);
		return 1;
	}
	stress_unlock(s);
	errno = err;
	return ret ? stress_failed("clone", path) : 0;
}

/* Not worth waiting for space: somebody without privilege may never get any */
static int copy_below(const char *from, const char *to)
{
	static char piece[64 * BLOCK];
	int in = open(from, O_RDONLY), out = open(to, O_RDWR | O_CREAT | O_TRUNC, 0644), ret = -1;
	int err = errno;
	ssize_t n = 0;

	if (in >= 0 && out >= 0) {
		while ((n = read(in, piece, sizeof(piece))) > 0) {
			errno = ENOSPC;
			if (write(out, piece, n) != n)
				break;
		}
		if (!n)
			ret = fsync(out);
		err = errno;
	}
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	errno = err;
	return ret;
}

/*
 * As the files' owner, without privilege, through read-only descriptors, on the lower
 * file: the blocks of the slot are freed and it gets those of a copy instead.
 */
int stress_act_dedupe(uint64_t *x)
{
	struct {
		struct file_dedupe_range range;
		struct file_dedupe_range_info info;
	} d = { .range.dest_count = 1 };
	unsigned int index;
	struct slot *s = stress_lock(x, &index);
	char path[4096], copy[4096];
	int src = -1, dst = -1, ret, err = 0;

	stress_path(path, sh->lower, index);
	snprintf(copy, sizeof(copy), "%s/copy.%u", sh->lower, index);
	ret = copy_below(path, copy);
	if (!ret) {
		src = open(copy, O_RDONLY);
		dst = open(path, O_RDONLY);
		d.range.src_length = (uint64_t)s->blocks * BLOCK;
		d.info.dest_fd = dst;
		ret = src < 0 || dst < 0 ? -1 : ioctl(src, FIDEDUPERANGE, &d);
		err = ret ? errno : d.info.status < 0 ? -d.info.status :
		      d.info.status != FILE_DEDUPE_RANGE_SAME ? EILSEQ : 0;
	} else {
		err = errno;
	}
	if (src >= 0)
		close(src);
	if (dst >= 0)
		close(dst);
	unlink(copy);
	store(&s->wants_replacing, !err);
	stress_unlock(s);
	if (err && unsupported(err)) {
		add(&sh->actors[ACTOR_DEDUPE].refused, 1);
		return 1;
	}
	if (err == ENOSPC) {
		stress_want_space();
		return 0;
	}
	errno = err;
	return err ? stress_failed("dedupe", path) : 0;
}
