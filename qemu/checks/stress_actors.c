// SPDX-License-Identifier: GPL-2.0
/* Those who change files through the stack. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "checks.h"
#include "stress.h"

/* A run of blocks inside the file */
static void pick_run(struct slot *s, uint64_t *x, unsigned int *first, unsigned int *count)
{
	*count = 1 + stress_random(x) % 16;
	if (*count > s->blocks)
		*count = s->blocks;
	*first = stress_random(x) % (s->blocks - *count + 1);
}

int stress_act_write(uint64_t *x)
{
	unsigned int index, first, count;
	struct slot *s = stress_lock(x, &index);
	int fd, ret = -1, flags = O_WRONLY;
	char path[4096];

	if (s->holes) {
		ret = stress_heal(sh->upper, s, index);
		stress_unlock(s);
		return ret ? stress_failed("write", "fill holes") : 0;
	}
	pick_run(s, x, &first, &count);
	if (stress_random(x) % 4 == 0)
		flags |= O_DIRECT;
	stress_path(path, sh->upper, index);
	fd = open(path, flags);
	if (fd >= 0) {
		ret = stress_write(fd, s, first, count);
		if (!ret && stress_random(x) % 2)
			ret = fsync(fd);
		close(fd);
	}
	stress_unlock(s);
	return ret ? stress_failed("write", "open or write") : 0;
}

int stress_act_mmap(uint64_t *x)
{
	unsigned int index, first, count;
	struct slot *s = stress_lock(x, &index);
	int fd, ret = -1;
	char path[4096], *at;

	pick_run(s, x, &first, &count);
	stress_path(path, sh->upper, index);
	fd = open(path, O_RDWR);
	at = fd < 0 ? MAP_FAILED : mmap(NULL, (size_t)count * BLOCK, PROT_READ | PROT_WRITE,
					MAP_SHARED, fd, (off_t)first * BLOCK);
	if (fd >= 0)
		close(fd);
	if (at != MAP_FAILED) {
		store(&s->map_begun, s->map_begun + 1);
		/* a hole could give SIGBUS when the disk is full: leave these alone */
		for (unsigned int i = 0; i < count; i++) {
			uint32_t gen = stress_data_gen(s->begun[first + i]);

			if (s->begun[first + i] & 1)
				continue;
			store(&s->begun[first + i], gen);
			stress_fill(at + (size_t)i * BLOCK, index, s->id, first + i, gen);
			store(&s->done[first + i], gen);
		}
		store(&s->map_done, s->map_begun);
		ret = 0;
		if (stress_random(x) % 2)
			ret = msync(at, (size_t)count * BLOCK, MS_SYNC);
		munmap(at, (size_t)count * BLOCK);
	}
	stress_unlock(s);
	return ret ? stress_failed("mmap", "map or write") : 0;
}

int stress_act_truncate(uint64_t *x)
{
	unsigned int index, to;
	struct slot *s = stress_lock(x, &index);
	char path[4096];
	int ret;

	to = 1 + stress_random(x) % s->blocks;
	stress_path(path, sh->upper, index);
	stress_begin_zero(s, to, sh->blocks - to);
	store(&s->size_begun, s->size_begun + 1);
	ret = truncate(path, (off_t)to * BLOCK);
	store(&s->blocks, to);
	if (!ret && stress_random(x) % 2) {
		ret = truncate(path, (off_t)sh->blocks * BLOCK);
		store(&s->blocks, sh->blocks);
	}
	store(&s->size_done, s->size_begun);
	stress_end(s, to, sh->blocks - to);
	if (!ret && stress_random(x) % 4)
		ret = stress_heal(sh->upper, s, index);
	stress_unlock(s);
	return ret ? stress_failed("truncate", path) : 0;
}

int stress_act_punch(uint64_t *x)
{
	unsigned int index, first, count;
	struct slot *s = stress_lock(x, &index);
	int fd, ret = -1, mode;
	char path[4096];

	mode = stress_random(x) % 2 ? FALLOC_FL_ZERO_RANGE : FALLOC_FL_PUNCH_HOLE;
	pick_run(s, x, &first, &count);
	stress_path(path, sh->upper, index);
	fd = open(path, O_WRONLY);
	if (fd >= 0) {
		stress_begin_zero(s, first, count);
		while ((ret = fallocate(fd, mode | FALLOC_FL_KEEP_SIZE, (off_t)first * BLOCK,
					(off_t)count * BLOCK)) && errno == ENOSPC)
			stress_want_space();
		stress_end(s, first, count);
		close(fd);
	}
	if (!ret && stress_random(x) % 4)
		ret = stress_heal(sh->upper, s, index);
	stress_unlock(s);
	return ret ? stress_failed("punch", path) : 0;
}

/* Collapse or insert in the middle, then everything is written anew */
int stress_act_shift(uint64_t *x)
{
	unsigned int index, first, count = 1 + stress_random(x) % 8;
	struct slot *s = stress_lock(x, &index);
	int fd, ret = -1, mode;
	char path[4096];

	mode = stress_random(x) % 2 ? FALLOC_FL_COLLAPSE_RANGE : FALLOC_FL_INSERT_RANGE;
	if (s->holes || s->blocks < 2 * count + 2) {
		stress_unlock(s);
		return 0;
	}
	first = 1 + stress_random(x) % (s->blocks - 2 * count - 1);
	stress_path(path, sh->upper, index);
	fd = open(path, O_WRONLY);
	if (fd >= 0) {
		store(&s->shift_begun, s->shift_begun + 1);
		store(&s->size_begun, s->size_begun + 1);
		while ((ret = fallocate(fd, mode, (off_t)first * BLOCK, (off_t)count * BLOCK)) &&
		       errno == ENOSPC)
			stress_want_space();
		if (!ret)
			ret = stress_write(fd, s, 0, sh->blocks);
		if (!ret)
			ret = ftruncate(fd, (off_t)sh->blocks * BLOCK);
		store(&s->blocks, sh->blocks);
		store(&s->size_done, s->size_begun);
		store(&s->shift_done, s->shift_begun);
		close(fd);
	}
	stress_unlock(s);
	return ret ? stress_failed("shift", path) : 0;
}

/* Files that share blocks are served first: only a new file can bypass again */
static struct slot *pick_for_replacing(uint64_t *x, unsigned int *index)
{
	unsigned int from = stress_random(x) % sh->slots;

	for (unsigned int i = 0; i < sh->slots; i++) {
		*index = (from + i) % sh->slots;
		if (load(&sh->slot[*index].wants_replacing)) {
			pthread_mutex_lock(&sh->slot[*index].lock);
			return &sh->slot[*index];
		}
	}
	return stress_lock(x, index);
}

/* A new file takes the name: by rename, or after an unlink */
int stress_act_replace(uint64_t *x)
{
	unsigned int index;
	struct slot *s = pick_for_replacing(x, &index);
	int ret, renames = stress_random(x) % 2;
	char path[4096], new[4096];

	stress_path(path, sh->upper, index);
	snprintf(new, sizeof(new), "%s/new.%u", sh->upper, index);
	store(&s->replace_seq, s->replace_seq + 1);
	s->id = __atomic_add_fetch(&sh->next_id, 1, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < sh->blocks; i++) {
		s->begun[i] = stress_data_gen(s->begun[i]);
		s->done[i] = s->begun[i];
	}
	s->blocks = sh->blocks;
	s->holes = 0;
	ret = renames ? 0 : unlink(path);
	if (!ret)
		ret = stress_make(renames ? new : path, index, s->id, s->begun, sh->blocks);
	while (!ret && renames && (ret = rename(new, path)) && errno == ENOSPC) {
		stress_want_space();
		ret = 0;
	}
	store(&s->wants_replacing, 0);
	store(&s->replace_seq, s->replace_seq + 1);
	stress_unlock(s);
	return ret ? stress_failed("replace", path) : 0;
}
