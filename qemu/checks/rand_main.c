// SPDX-License-Identifier: GPL-2.0
/* random-ops: starts all threads of rand.h, and looks at what is left when they are done. */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "rand.h"

#define FILE_SIZE	(RAND_BLOCKS * RAND_BLOCK)
#define PROGRESS_S	30

struct rand_world world;

static const struct {
	const char *name;
	int (*fn)(struct rand_thread *t);
	unsigned int weight;	/* of 1000 */
} kinds[] = {
	{ "requests", rand_op_manage, 745 },
	{ "wrong requests", rand_op_wrong, 60 },
	{ "opens and closes", rand_op_reopen, 80 },
	{ "owned stream pauses", rand_act_owned_stream, 20 },
	{ "owned volume pauses", rand_act_owned_volume, 5 },
	{ "writers", rand_act_write, 40 },
	{ "uses of a watch", rand_act_watch, 50 },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static uint64_t done_of_kind[KINDS];

uint64_t rand_number(struct rand_thread *t, uint64_t below)
{
	t->x ^= t->x << 13;
	t->x ^= t->x >> 7;
	t->x ^= t->x << 17;
	return (t->x >> 11) % below;
}

int rand_stop(void)
{
	__atomic_store_n(&world.failed, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&world.stop, 1, __ATOMIC_RELAXED);
	return -1;
}

int rand_open(unsigned int file, int flags)
{
	char path[4096];
	int fd;

	if (file < RAND_FILES)
		snprintf(path, sizeof(path), "%s/r%u", world.dir, file);
	else
		snprintf(path, sizeof(path), "%s", world.dir);
	fd = open(path, flags | O_CLOEXEC, 0644);
	return fd < 0 ? rand_failed("open %s: %s", path, strerror(errno)) : fd;
}

static void *operator(void *thread)
{
	struct rand_thread *t = thread;

	while (!RAND_LOAD(&world.stop) && RAND_ADD(&world.done, 1) < world.want) {
		unsigned int kind = 0, at = rand_number(t, 1000);

		while (kind < KINDS - 1 && at >= kinds[kind].weight)
			at -= kinds[kind++].weight;
		RAND_ADD(&done_of_kind[kind], 1);
		if (kinds[kind].fn(t))
			break;
	}
	return NULL;
}

static int make_files(void)
{
	for (unsigned int file = 0; file < RAND_FILES; file++) {
		struct rand_thread t = { .x = 1000 + file };
		uint64_t *words;
		int fd;

		if (posix_memalign((void **)&world.data[file], RAND_BLOCK, FILE_SIZE))
			return fail("no memory");
		words = (uint64_t *)world.data[file];
		for (size_t i = 0; i < FILE_SIZE / sizeof(*words); i++)
			words[i] = rand_number(&t, UINT64_MAX);
		fd = rand_open(file, O_WRONLY | O_CREAT | O_TRUNC);
		if (fd < 0)
			return 1;
		if (pwrite(fd, words, FILE_SIZE, 0) != FILE_SIZE || fsync(fd) || close(fd))
			return fail_errno("write file %u", file);
	}
	return 0;
}

static int start(struct rand_thread *t, unsigned int number, uint64_t seed, void *(*fn)(void *))
{
	t->number = number;
	t->x = (seed + 1) * 0x9e3779b97f4a7c15ull + number * 0x100000001b3ull;
	t->watch = -1;
	if (posix_memalign((void **)&t->buf, RAND_BLOCK, FILE_SIZE))
		return fail("no memory");
	return pthread_create(&t->id, NULL, fn, t) ? fail("no thread") : 0;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

static uint64_t operations(void)
{
	uint64_t done = RAND_LOAD(&world.done);

	return done < world.want ? done : world.want;
}

static void *progress(void *began)
{
	for (unsigned int s = 1; !RAND_LOAD(&world.stop); s++) {
		uint64_t ms = now_ms() - *(uint64_t *)began;

		sleep(1);
		if (s % PROGRESS_S || !ms)
			continue;
		printf("  %llu of %llu operations, %llu a second\n",
		       (unsigned long long)operations(), (unsigned long long)world.want,
		       (unsigned long long)(operations() * 1000 / ms));
		fflush(stdout);
	}
	return NULL;
}

static void close_all(void)
{
	for (unsigned int i = 0; i < RAND_SLOTS; i++)
		if (world.slot[i].fd >= 0)
			close(world.slot[i].fd);
	for (unsigned int i = 0; i < RAND_OPERATORS; i++)
		if (world.operator[i].watch >= 0)
			close(world.operator[i].watch);
}

/* GET_INFO: nothing but this, and nothing in the way */
static int not_quiet(int fd, unsigned int file, unsigned int count, unsigned int out_flags,
		     unsigned int state)
{
	struct bpio_args a;

	if (bpio_call(fd, BPIO_OP_GET_INFO, 0, &a))
		return fail("get-info");
	if (a.stream_count != count || a.info.volume_count != count || a.pause_count ||
	    a.volume_pause_count || a.out_flags != out_flags || a.state != state)
		return fail("file %u: enabled %u, %u, pauses %u, %u, flags %#x, state %u", file,
			    a.stream_count, a.info.volume_count, a.pause_count,
			    a.volume_pause_count, a.out_flags, a.state);
	if (bpio_call(fd, BPIO_OP_QUERY, BPIO_IN_ALL, &a))
		return fail("query");
	return a.blockers.total ? fail("file %u: %s is left in the way", file,
				       bpio_reason_name(a.blockers.list[0].result.reason)) : 0;
}

/* The full bypass for one handle, and for its time only. The other sees what is left. */
static int left_over(unsigned int file)
{
	int fd = rand_open(file, O_RDONLY | O_DIRECT), other = rand_open(file, O_RDONLY | O_DIRECT);
	const unsigned int ready = BPIO_OUT_STORAGE_COMPATIBLE;
	struct bpio_info info;
	int bad;

	if (fd < 0 || other < 0)
		return 1;
	bad = not_quiet(fd, file, 0, ready, BPIO_STATE_IDLE) ||
	      bpio_enable_full(fd, "a new handle") ||
	      not_quiet(fd, file, 1, ready | BPIO_OUT_ENABLED, BPIO_STATE_ARMED) ||
	      rand_read_block(&world.reader[0], fd, file, 0) || bpio_counts(fd, &info);
	if (!bad && info.reads[BPIO_PATH_FULL] != 1)
		bad = fail("file %u: a new handle does not read on the full bypass", file);
	close(fd);
	bad |= not_quiet(other, file, 0, ready, BPIO_STATE_IDLE);
	close(other);
	return bad;
}

/* A plain pause of the mount is anybody's to end, and stays until somebody does */
static int aftermath(void)
{
	int fd = rand_open(RAND_FILES, O_RDONLY), bad = 0;
	struct bpio_args a;

	if (fd < 0 || bpio_call(fd, BPIO_OP_VOLUME_RESUME, 0, &a))
		return fail("volume-resume");
	close(fd);
	if (a.results.storage.status)
		bad = fail("who pauses the mount, with all closed? %.*s",
			   a.results.storage.driver_len, (const char *)a.results.storage.driver);
	for (unsigned int file = 0; file < RAND_FILES; file++)
		bad |= left_over(file);
	return bad;
}

static int totals(uint64_t ms)
{
	struct bpio_info info = { 0 };
	int bad = 0;

	for (unsigned int i = 0; i < KINDS; i++)
		printf("%s%s %llu", i ? ", " : "", kinds[i].name,
		       (unsigned long long)done_of_kind[i]);
	memcpy(info.reads, world.reads, sizeof(info.reads));
	memcpy(info.reasons, world.reasons, sizeof(info.reasons));
	bpio_print_counts("\nreads on enabled handles", &info);
	printf("random-ops: %llu operations in %llu ms, %llu a second; %llu events\n",
	       (unsigned long long)operations(), (unsigned long long)ms,
	       (unsigned long long)(ms ? operations() * 1000 / ms : 0),
	       (unsigned long long)world.events);
	for (unsigned int path = 0; path < BPIO_PATH_MAX; path++)
		if (!world.reads[path])
			bad = fail("no read took path %s", bpio_path_name(path));
	return bad;
}

static int run(uint64_t seed)
{
	uint64_t began = now_ms();
	pthread_t reporter;
	int bad = 0;

	for (unsigned int i = 0; i < RAND_READERS; i++)
		bad |= start(&world.reader[i], 100 + i, seed, rand_reader);
	for (unsigned int i = 0; i < RAND_OPERATORS; i++)
		bad |= start(&world.operator[i], i, seed, operator);
	bad |= pthread_create(&reporter, NULL, progress, &began);
	if (bad)
		exit(fail("threads"));
	for (unsigned int i = 0; i < RAND_OPERATORS; i++)
		pthread_join(world.operator[i].id, NULL);
	__atomic_store_n(&world.stop, 1, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < RAND_READERS; i++)
		pthread_join(world.reader[i].id, NULL);
	pthread_join(reporter, NULL);
	bad = totals(now_ms() - began);
	close_all();
	return bad | aftermath() || world.failed;
}

static int random_ops(int argc, char **argv)
{
	if (argc != 3 && argc != 4)
		return fail("usage: random-ops DIRECTORY OPERATIONS [SEED]");
	world.dir = argv[1];
	world.want = number(argv[2]);
	for (unsigned int i = 0; i < RAND_SLOTS; i++) {
		pthread_rwlock_init(&world.slot[i].lock, NULL);
		world.slot[i].fd = -1;
	}
	return make_files() || run(argc == 4 ? number(argv[3]) : 1);
}

CHECK("random-ops", random_ops, "DIRECTORY OPERATIONS [SEED]: see rand.h")
