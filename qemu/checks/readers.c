// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "readers.h"

#define PATIENCE	20	/* seconds */
#define WORDS		(READERS_BLOCK / sizeof(uint64_t))

#define load(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v)	__atomic_store_n(p, v, __ATOMIC_SEQ_CST)

struct reader {
	struct readers *all;
	pthread_t thread;
	int fd;
	unsigned int ended;
	uint64_t random;
	uint64_t *buf;
};

struct readers {
	unsigned int blocks, threads;
	unsigned int oldest, newest;
	int stop, bad;
	struct reader one[READERS_MAX];
};

static void fill(uint64_t *words, unsigned int block, unsigned int gen)
{
	for (size_t i = 0; i < WORDS; i++)
		words[i] = (uint64_t)gen << 32 | block;
}

int readers_write(const char *path, unsigned int blocks, unsigned int gen)
{
	uint64_t words[WORDS];
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	if (fd < 0)
		return fail_errno("open %s for writing", path);
	for (unsigned int i = 0; i < blocks; i++) {
		fill(words, i, gen);
		if (pwrite(fd, words, sizeof(words), (off_t)i * READERS_BLOCK) !=
		    (ssize_t)sizeof(words))
			return fail_errno("write block %u", i);
	}
	if (fsync(fd) || close(fd))
		return fail_errno("fsync, close");
	return 0;
}

static int block_is(const uint64_t *words, unsigned int block, unsigned int oldest,
		    unsigned int newest)
{
	for (size_t i = 0; i < WORDS; i++) {
		const unsigned int gen = words[i] >> 32;

		if ((uint32_t)words[i] != block)
			return fail("block %u: word %zu is %#llx", block, i,
				    (unsigned long long)words[i]);
		if (gen < oldest || gen > newest)
			return fail("block %u: generation %u, there are %u to %u", block, gen,
				    oldest, newest);
	}
	return 0;
}

static int one_read(struct reader *r)
{
	struct readers *all = r->all;
	const unsigned int oldest = load(&all->oldest);
	unsigned int block;
	ssize_t n;

	r->random = r->random * 6364136223846793005ull + 1442695040888963407ull;
	block = (r->random >> 33) % all->blocks;
	n = pread(r->fd, r->buf, READERS_BLOCK, (off_t)block * READERS_BLOCK);
	if (n != READERS_BLOCK)
		return n < 0 ? fail_errno("reader, block %u", block) :
			       fail("reader, block %u: %zd bytes", block, n);
	return block_is(r->buf, block, oldest, load(&all->newest));
}

static void *reader(void *arg)
{
	struct reader *r = arg;
	struct readers *all = r->all;

	while (!load(&all->stop) && !load(&all->bad)) {
		if (one_read(r))
			store(&all->bad, 1);
		__atomic_add_fetch(&r->ended, 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static int start_one(struct readers *all, const char *path, unsigned int n)
{
	struct reader *r = &all->one[n];

	r->all = all;
	r->random = n * 7919 + 1;
	r->fd = open(path, O_RDONLY | O_DIRECT);
	if (r->fd < 0)
		return fail_errno("%s", path);
	if (posix_memalign((void **)&r->buf, READERS_BLOCK, READERS_BLOCK))
		return fail("no memory");
	if (bpio_enable_full(r->fd, path))
		return 1;
	if (pthread_create(&r->thread, NULL, reader, r))
		return fail("no thread");
	all->threads++;
	return 0;
}

struct readers *readers_start(const char *path, unsigned int blocks, unsigned int threads)
{
	struct readers *all = calloc(1, sizeof(*all));

	if (!all || threads > READERS_MAX)
		return NULL;
	all->blocks = blocks;
	readers_allow(all, 1, 1);
	for (unsigned int i = 0; i < threads; i++) {
		if (start_one(all, path, i)) {
			readers_stop(all);
			return NULL;
		}
	}
	return all;
}

int readers_stop(struct readers *all)
{
	int bad;

	store(&all->stop, 1);
	for (unsigned int i = 0; i < all->threads; i++) {
		pthread_join(all->one[i].thread, NULL);
		close(all->one[i].fd);
		free(all->one[i].buf);
	}
	bad = all->bad;
	free(all);
	return bad;
}

void readers_allow(struct readers *r, unsigned int oldest, unsigned int newest)
{
	store(&r->newest, newest);
	store(&r->oldest, oldest);
}

/* Two more have ended: the second of them has begun after the call */
int readers_round(struct readers *r)
{
	unsigned int before[READERS_MAX];
	time_t end = time(NULL) + PATIENCE;

	for (unsigned int i = 0; i < r->threads; i++)
		before[i] = load(&r->one[i].ended);
	for (unsigned int i = 0; i < r->threads; i++) {
		while (load(&r->one[i].ended) - before[i] < 2) {
			if (load(&r->bad))
				return 1;
			if (time(NULL) > end)
				return fail("reader %u: no read ends for %d s", i, PATIENCE);
			usleep(1000);
		}
	}
	return load(&r->bad);
}

static int counts(struct readers *r, struct bpio_info *info)
{
	struct bpio_args a;

	if (bpio_call(r->one[0].fd, BPIO_OP_GET_INFO, BPIO_IN_SCOPE_STREAM, &a))
		return fail_errno("get-info");
	*info = a.info;
	return 0;
}

/* How many reads of a round took another path, or -1 */
static long strays(struct readers *r, enum bpio_path path, struct bpio_info *sum)
{
	struct bpio_info before, after;
	long stray = 0;

	/* What is in flight is counted when it has ended */
	if (readers_round(r) || counts(r, &before) || readers_round(r) || counts(r, &after))
		return -1;
	for (int i = 0; i < BPIO_PATH_MAX; i++) {
		sum->reads[i] = after.reads[i] - before.reads[i];
		if (i != (int)path)
			stray += sum->reads[i];
	}
	for (int i = 0; i < BPIO_REASON_MAX; i++)
		sum->reasons[i] = after.reasons[i] - before.reasons[i];
	return stray;
}

int readers_take(struct readers *r, enum bpio_path path)
{
	struct bpio_info sum = {};
	long stray = strays(r, path, &sum);

	if (stray <= 0)
		return stray < 0;
	bpio_print_counts("FAIL", &sum);
	return fail("%ld reads took another path than %s", stray, bpio_path_name(path));
}

int readers_until(struct readers *r, enum bpio_path path)
{
	time_t end = time(NULL) + PATIENCE;
	struct bpio_info sum = {};
	long stray;

	do {
		stray = strays(r, path, &sum);
		if (stray <= 0)
			return stray < 0;
	} while (time(NULL) < end);
	bpio_print_counts("FAIL", &sum);
	return fail("after %d s reads still take another path than %s", PATIENCE,
		    bpio_path_name(path));
}

int readers_fd(struct readers *r, unsigned int n)
{
	return r->one[n].fd;
}
