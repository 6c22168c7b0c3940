// SPDX-License-Identifier: GPL-2.0
/* What the actors have in common. */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "checks.h"
#include "stress.h"

#define RUN	16

uint64_t stress_random(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

uint64_t stress_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

void stress_nap(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000l };

	nanosleep(&t, NULL);
}

int stress_failed(const char *who, const char *what)
{
	fprintf(stderr, "FAIL: %s: %s: %s\n", who, what, strerror(errno));
	store(&sh->failed, 1);
	store(&sh->stop, 1);
	return -1;
}

void stress_path(char *path, const char *dir, unsigned int slot)
{
	snprintf(path, 4096, "%s/s%u", dir, slot);
}

struct slot *stress_lock(uint64_t *x, unsigned int *index)
{
	*index = stress_random(x) % sh->slots;
	pthread_mutex_lock(&sh->slot[*index].lock);
	return &sh->slot[*index];
}

void stress_unlock(struct slot *s)
{
	pthread_mutex_unlock(&s->lock);
}

void stress_want_space(void)
{
	static unsigned int in_vain;

	if (load(&sh->stop) && ++in_vain > 1000) {
		stress_failed("actor", "no space comes free");
		_exit(1);
	}
	store(&sh->wants_space, 1);
	stress_nap(5);
}

/* All of it, whatever comes between; 0 or -1 */
static int write_all(int fd, const char *from, size_t len, off_t at)
{
	while (len) {
		ssize_t n = pwrite(fd, from, len, at);

		if (n < 0 && errno == ENOSPC && !load(&sh->failed)) {
			stress_want_space();
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		from += n;
		at += n;
		len -= n;
	}
	return 0;
}

void stress_begin_zero(struct slot *s, unsigned int first, unsigned int count)
{
	s->holes = 1;
	for (unsigned int i = first; i < first + count; i++)
		store(&s->begun[i], stress_zero_gen(s->begun[i]));
}

void stress_end(struct slot *s, unsigned int first, unsigned int count)
{
	for (unsigned int i = first; i < first + count; i++)
		store(&s->done[i], s->begun[i]);
}

int stress_write(int fd, struct slot *s, unsigned int first, unsigned int count)
{
	static char piece[RUN * BLOCK] __attribute__((aligned(BLOCK)));
	unsigned int index = s - sh->slot, n;

	for (; count; count -= n, first += n) {
		n = count < RUN ? count : RUN;
		for (unsigned int i = 0; i < n; i++) {
			uint32_t gen = stress_data_gen(s->begun[first + i]);

			stress_fill(piece + i * BLOCK, index, s->id, first + i, gen);
			store(&s->begun[first + i], gen);
		}
		if (write_all(fd, piece, n * BLOCK, (off_t)first * BLOCK))
			return -1;
		stress_end(s, first, n);
	}
	return 0;
}

int stress_heal(const char *dir, struct slot *s, unsigned int index)
{
	char path[4096];
	int fd, ret = 0;

	stress_path(path, dir, index);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -1;
	if (s->blocks < sh->blocks) {
		store(&s->size_begun, s->size_begun + 1);
		ret = stress_write(fd, s, s->blocks, sh->blocks - s->blocks);
		store(&s->blocks, sh->blocks);
		store(&s->size_done, s->size_begun);
	}
	for (unsigned int i = 0; i < sh->blocks && !ret; i++)
		if (s->begun[i] & 1)
			ret = stress_write(fd, s, i, 1);
	s->holes = 0;
	close(fd);
	return ret;
}

int stress_make(const char *path, unsigned int index, uint64_t id, const uint32_t *gens,
		unsigned int blocks)
{
	static char piece[RUN * BLOCK] __attribute__((aligned(BLOCK)));
	int fd, ret = 0;

	while ((fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644)) < 0) {
		if (errno != ENOSPC)
			return -1;
		stress_want_space();
	}
	for (unsigned int at = 0; at < blocks && !ret; at += RUN) {
		unsigned int n = blocks - at < RUN ? blocks - at : RUN;

		for (unsigned int i = 0; i < n; i++)
			stress_fill(piece + i * BLOCK, index, id, at + i, gens[at + i]);
		ret = write_all(fd, piece, n * BLOCK, (off_t)at * BLOCK);
	}
	if (!ret && !geteuid())
		ret = fchown(fd, OWNER, OWNER);
	close(fd);
	return ret;
}
