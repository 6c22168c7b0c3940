// SPDX-License-Identifier: GPL-2.0
/*
 * Files are enabled and closed without end, while volume drivers take their time, veto,
 * pause, come and go. Each driver sees ENABLE and DISABLE take turns, and at the end
 * nothing is enabled, and everything can be.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "driver_call.h"
#include "readers.h"

#define BLOCKS	64
#define OPENERS	2

static const char *path;
static int dev, stop, bad;
static unsigned int disk, times;

#define load(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v)	__atomic_store_n(p, v, __ATOMIC_SEQ_CST)

static int once(uint64_t *buf)
{
	int fd = open(path, O_RDONLY | O_DIRECT);
	struct bpio_args a;

	if (fd < 0 || bpio_call(fd, BPIO_OP_ENABLE, 0, &a) || a.results.filter.status)
		return fail_errno("open and enable");
	for (unsigned int i = 0; i < 8; i++) {
		if (pread(fd, buf, READERS_BLOCK, i * READERS_BLOCK) != READERS_BLOCK)
			return fail_errno("read");
		if (*buf != ((uint64_t)1 << 32 | i))
			return fail("block %u is another", i);
	}
	if (__atomic_add_fetch(&times, 1, __ATOMIC_SEQ_CST) % 2 &&
	    (bpio_call(fd, BPIO_OP_QUERY, BPIO_IN_ALL, &a) ||
	     bpio_call(fd, BPIO_OP_DISABLE, 0, &a)))
		return fail("disable");
	return close(fd) ? fail_errno("close") : 0;
}

static void *open_and_close(void *arg)
{
	uint64_t *buf = NULL;

	(void)arg;
	if (posix_memalign((void **)&buf, READERS_BLOCK, READERS_BLOCK))
		store(&bad, 1);
	/* Now and then nobody has it enabled */
	while (!load(&stop) && !load(&bad)) {
		if (once(buf))
			store(&bad, 1);
		usleep(load(&times) % 8 * 2000);
	}
	free(buf);
	return NULL;
}

/* One that comes and goes, one that objects, one that pauses */
static int disturb(unsigned int i, int fd)
{
	struct bpio_voldrv_say say = { .number = 1, .delay = i % 3 };
	struct bpio_args a;
	int err = 0;

	if (i % 5 == 1) {
		say.veto = 1;
		say.status = -EBUSY;
		say.reason = BPIO_REASON_SNAPSHOT;
		strcpy(say.text, "for a while");
	}
	if (i % 7 == 3)
		say.flags = BPIO_VOLDRV_PAUSE;
	err |= driver_say(dev, &say);
	if (i % 4 == 0)
		err |= driver_add(dev, 2, i & 4 ? OPTED_IN : 0, disk);
	err |= driver_pause(dev, 0, disk, BPIO_REASON_SNAPSHOT, "");
	err |= driver_resume(dev, 0, disk);
	err |= driver_resume(dev, 1, disk);
	err |= bpio_call(fd, i & 1 ? BPIO_OP_VOLUME_RESUME : BPIO_OP_VOLUME_PAUSE, 0, &a);
	if (i % 4 == 2)
		err |= driver_remove(dev, 2);
	return err ? fail("time %u: %s", i, strerror(-err)) : 0;
}

static int is_over(unsigned int n)
{
	const struct bpio_voldrv_state s = driver_state(dev, n);

	printf("%s: %u ENABLE, %u DISABLE, %u QUERY\n", driver_name(n), s.enables, s.disables,
	       s.queries);
	if (s.wrong)
		return fail("%s: %u callbacks that should not have come", driver_name(n), s.wrong);
	if (s.enabled || !s.enables || s.disables > s.enables)
		return fail("%s: still enabled", driver_name(n));
	return 0;
}

static int race(int argc, char **argv)
{
	pthread_t threads[OPENERS];
	struct bpio_args a;
	time_t end;
	int fd;

	if (argc != 4)
		return fail("usage: driver-race FILE LOWER_FILE SECONDS");
	path = argv[1];
	dev = driver_open();
	disk = driver_dev(argv[2]);
	if (readers_write(path, BLOCKS, 1))
		return 1;
	fd = open(path, O_RDONLY | O_DIRECT);
	if (fd < 0 || driver_add(dev, 0, OPTED_IN, disk) || driver_add(dev, 1, OPTED_IN, disk))
		return fail("cannot start");
	for (int i = 0; i < OPENERS; i++)
		if (pthread_create(&threads[i], NULL, open_and_close, NULL))
			return fail("no thread");
	end = time(NULL) + number(argv[3]);
	for (unsigned int i = 0; time(NULL) < end && !load(&bad); i++)
		if (disturb(i, fd))
			store(&bad, 1);
	store(&stop, 1);
	for (int i = 0; i < OPENERS; i++)
		pthread_join(threads[i], NULL);
	driver_remove(dev, 2);
	printf("%u times opened\n", times);
	if (bad || is_over(0) || is_over(1))
		return 1;
	if (driver_agree(dev, 1) || driver_resume(dev, 1, disk) ||
	    bpio_call(fd, BPIO_OP_VOLUME_RESUME, 0, &a) || a.out_flags & BPIO_OUT_VOLUME_PAUSED)
		return fail("cannot resume");
	return bpio_enable_full(fd, path);
}

CHECK("driver-race", race, "FILE LOWER_FILE SECONDS: enabled and closed while drivers come and go")
