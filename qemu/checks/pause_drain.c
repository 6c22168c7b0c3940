// SPDX-License-Identifier: GPL-2.0
/*
 * Who waits for whom: a read is stopped in the disk (see lib/stall.sh), then somebody wants
 * the bypass out of the way. He must wait for it, or must not; new readers never do.
 */
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "caller_call.h"
#include "driver_call.h"
#include "read_ways.h"

#define BLOCK		4096
#define STOPPED		1500	/* ms that the disk stands still */
#define PATIENCE	30000	/* ms until something counts as stuck */

#define load(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v)	__atomic_store_n(p, v, __ATOMIC_SEQ_CST)

static const char *path;
static off_t offset;
static char want[BLOCK], first[BLOCK];

/* One thread and what has become of it */
struct actor {
	pthread_t thread;
	int ended, bad;
	unsigned int times;
};

static struct actor reader, pauser, others, opener, goer;
static struct read_file file;
static const struct read_way *way;
static int dev, other_fd, stop;
static unsigned int op;		/* 0: block, or a volume driver */
static int driver = -1;
static char what_driver;	/* 0: comes and vetoes, p: pauses, g: goes while it pauses */
static unsigned int disk;

static void nap(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000l };

	nanosleep(&t, NULL);
}

static int wait_for(const struct actor *a, const char *what)
{
	for (unsigned int ms = 0; ms < PATIENCE; ms += 20) {
		if (load(&a->ended))
			return a->bad;
		nap(20);
	}
	return fail("%s: stuck", what);
}

static void *read_stopped(void *arg)
{
	char *buf = NULL;
	ssize_t n = posix_memalign((void **)&buf, BLOCK, BLOCK);

	(void)arg;
	if (!n)
		n = way->fn(&file, buf, BLOCK, offset);
	if (n != BLOCK)
		reader.bad = fail("%s returned %zd", way->name, n);
	else if (memcmp(buf, want, BLOCK))
		reader.bad = fail("%s returned other bytes", way->name);
	store(&reader.ended, 1);
	return NULL;
}

static void *pause_by_driver(void *arg)
{
	(void)arg;
	goer.bad = driver_pause(driver, 0, disk, BPIO_REASON_SNAPSHOT, "");
	store(&goer.ended, 1);
	return NULL;
}

static int by_driver(void)
{
	if (!what_driver)
		return driver_add(driver, 0, 0, 0);
	if (what_driver == 'p')
		return driver_pause(driver, 0, disk, BPIO_REASON_SNAPSHOT, "");
	if (pthread_create(&goer.thread, NULL, pause_by_driver, NULL))
		return -EAGAIN;
	nap(200);
	return driver_remove(driver, 0);
}

static void *get_it_out_of_the_way(void *arg)
{
	const int fd = op == BPIO_OP_DISABLE ? file.fd : other_fd;
	struct bpio_args a;
	int err;

	(void)arg;
	if (driver >= 0)
		err = by_driver();
	else
		err = op ? bpio_call(fd, op, 0, &a) : caller_block(dev, fd, CALLER);
	if (err)
		pauser.bad = fail("%s: %s", op ? bpio_op_name(op) : "block", strerror(-err));
	store(&pauser.ended, 1);
	return NULL;
}

/* Blocks that are not stopped */
static void *read_others(void *arg)
{
	static char buf[BLOCK] __attribute__((aligned(BLOCK)));

	(void)arg;
	while (!load(&stop) && !others.bad) {
		if (pread(other_fd, buf, BLOCK, 0) != BLOCK || memcmp(buf, first, BLOCK))
			others.bad = fail("a new reader got something else");
		__atomic_add_fetch(&others.times, 1, __ATOMIC_SEQ_CST);
	}
	store(&others.ended, 1);
	return NULL;
}

static void *open_and_close(void *arg)
{
	struct bpio_args a;

	(void)arg;
	while (!load(&stop) && !opener.bad) {
		int fd = open(path, O_RDONLY | O_DIRECT);

		if (fd < 0 || bpio_call(fd, BPIO_OP_ENABLE, 0, &a) ||
		    bpio_call(fd, BPIO_OP_QUERY, 0, &a) || close(fd))
			opener.bad = fail_errno("who opens, enables and closes");
		__atomic_add_fetch(&opener.times, 1, __ATOMIC_SEQ_CST);
		nap(50);
	}
	store(&opener.ended, 1);
	return NULL;
}

static int start(struct actor *a, void *(*fn)(void *))
{
	return pthread_create(&a->thread, NULL, fn, NULL) ? fail("no thread") : 0;
}

/* Those that do not wait, and each more than once */
static int moves_on(int waits, int skipped)
{
	return load(&others.times) >= 2 && (!skipped || load(&opener.times) >= 2) &&
	       (waits || load(&pauser.ended));
}

/* With a read that is in flight for as long as the disk stands still */
static int while_stopped(int waits, int skipped)
{
	unsigned int times, opened;

	if (start(&reader, read_stopped))
		return 1;
	nap(500);
	if (load(&reader.ended))
		return fail("the read was not stopped");
	if (start(&pauser, get_it_out_of_the_way))
		return 1;
	nap(300);
	if (start(&others, read_others) || (skipped && start(&opener, open_and_close)))
		return 1;
	nap(STOPPED);
	/* The disk does not go on before: who gets there late has not waited for it */
	for (unsigned int ms = 0; ms < PATIENCE && !moves_on(waits, skipped); ms += 20)
		nap(20);
	times = load(&others.times);
	opened = load(&opener.times);
	if (waits && load(&pauser.ended))
		return fail("did not wait for the read in flight");
	if (!waits && !load(&pauser.ended))
		return fail("waits for a read that is none of his business");
	if (others.bad || times < 2)
		return fail("new readers wait: %u reads in %d ms", times, PATIENCE);
	if (skipped && (opener.bad || opened < 2))
		return fail("who opens and closes waits: %u times in %d ms", opened, PATIENCE);
	printf("meanwhile %u reads of others, %u times opened\n", times, opened);
	return 0;
}

static int prepare(const char *lower, int skipped)
{
	const enum bpio_path took = skipped ? BPIO_PATH_FILTERS_SKIPPED : BPIO_PATH_FULL;
	static char buf[BLOCK] __attribute__((aligned(BLOCK)));
	int fd = open(lower, O_RDONLY);
	struct bpio_info info;
	struct bpio_args a;

	if (fd < 0 || pread(fd, want, BLOCK, offset) != BLOCK ||
	    pread(fd, first, BLOCK, 0) != BLOCK)
		return fail_errno("%s", lower);
	close(fd);
	if (read_file_open(&file, path))
		return 1;
	other_fd = open(path, O_RDONLY | O_DIRECT);
	if (bpio_enable_full(file.fd, path) || bpio_enable_full(other_fd, path))
		return 1;
	if (skipped && bpio_call(other_fd, BPIO_OP_VOLUME_PAUSE, 0, &a))
		return fail("volume-pause");
	/* Also that what is read next is known to be there */
	if (pread(file.fd, buf, BLOCK, offset) != BLOCK || bpio_counts(file.fd, &info))
		return fail_errno("read");
	return info.reads[took] == 1 ? 0 : fail("reads do not go past the filters");
}

static int drain(int argc, char **argv)
{
	struct timespec from, to;
	int skipped, waits, bad;
	struct bpio_args a;

	if (argc != 8)
		return fail("usage: pause-drain FILE LOWER OFFSET WAY full|skipped WHAT waits|goes-on");
	path = argv[1];
	offset = number(argv[3]);
	for (unsigned int i = 0; i < read_ways_count; i++)
		if (!strcmp(read_ways[i].name, argv[4]))
			way = &read_ways[i];
	skipped = argv[5][0] == 's';
	if (!strncmp(argv[6], "driver", 6)) {
		driver = driver_open();
		disk = driver_dev(argv[2]);
		what_driver = argv[6][6] ? argv[6][7] : 0;
		if (what_driver && driver_add(driver, 0, OPTED_IN, disk))
			return fail("no driver");
	} else if (strcmp(argv[6], "block")) {
		op = bpio_op_of(argv[6]);
	}
	waits = argv[7][0] == 'w';
	dev = op || driver >= 0 ? -1 : caller_open();
	if (!way || prepare(argv[2], skipped))
		return fail("cannot start");
	if (system("dmsetup suspend --nolockfs --noflush bpio-stop"))
		return fail("dmsetup suspend");
	clock_gettime(CLOCK_MONOTONIC, &from);
	bad = while_stopped(waits, skipped);
	if (system("dmsetup resume bpio-stop"))
		return fail("dmsetup resume");
	bad |= wait_for(&reader, "the read") || wait_for(&pauser, "who has waited") ||
	       (what_driver == 'g' && wait_for(&goer, "a driver's pause"));
	clock_gettime(CLOCK_MONOTONIC, &to);
	store(&stop, 1);
	if (!bad)
		bad = wait_for(&others, "a new reader") ||
		      (skipped && wait_for(&opener, "who opens and closes"));
	printf("%s %s %s %s: ended after %ld ms\n", argv[4], argv[5], argv[6], argv[7],
	       (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000);
	bad |= bpio_call(other_fd, BPIO_OP_STREAM_RESUME, 0, &a) ||
	       bpio_call(other_fd, BPIO_OP_VOLUME_RESUME, 0, &a);
	/* A driver that has gone has left no pause behind, one that is there has */
	if (what_driver && !(a.out_flags & BPIO_OUT_VOLUME_PAUSED) != (what_driver == 'g'))
		bad |= fail("flags %#x after a resume", a.out_flags);
	return bad;
}

CHECK("pause-drain", drain,
      "FILE LOWER OFFSET WAY full|skipped OPERATION|block|driver[-pauses|-goes] waits|goes-on")

static int file_sector(int argc, char **argv)
{
	struct {
		struct fiemap map;
		struct fiemap_extent extent;
	} f = { .map = { .fm_length = BLOCK, .fm_extent_count = 1 } };
	int fd;

	if (argc != 3)
		return fail("usage: file-sector FILE OFFSET");
	fd = open(argv[1], O_RDONLY);
	f.map.fm_start = number(argv[2]);
	if (fd < 0 || ioctl(fd, FS_IOC_FIEMAP, &f) || !f.map.fm_mapped_extents)
		return fail_errno("%s: no extent at %s", argv[1], argv[2]);
	printf("%llu\n", (f.extent.fe_physical + f.map.fm_start - f.extent.fe_logical) / 512);
	return 0;
}

CHECK("file-sector", file_sector, "FILE OFFSET: prints where that is on the disk")
