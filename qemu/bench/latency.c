// SPDX-License-Identifier: GPL-2.0
/*
 * How long the operations take, and how long a pause takes while reads are in flight
 *
 * The first in instructions: nothing waits. The second in nanoseconds, on a disk that
 * takes its time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/bypassio.h>

#include "bench.h"

#define TIMES		401
#define PAUSES		51
#define IN_FLIGHT	64
#define BLOCK		4096
#define SPAN		(32UL << 20)

static int open_direct(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECT);

	if (fd < 0)
		die(path);
	return fd;
}

static void show(const char *name, double *took, int count)
{
	qsort(took, count, sizeof(*took), by_value);
	printf("%s\t%.0f\t%.0f\t%.0f\n", name, took[count / 2], took[0], took[count - 1]);
}

static double timed(int fd, unsigned int op)
{
	unsigned long long from = now();

	bypass_send(fd, op);
	return now() - from;
}

static void pair(int fd, const char *first, unsigned int on, const char *second, unsigned int off)
{
	double took[2][TIMES];

	for (int i = 0; i < TIMES; i++) {
		took[0][i] = timed(fd, on);
		took[1][i] = timed(fd, off);
	}
	show(first, took[0], TIMES);
	show(second, took[1], TIMES);
}

/**
 * show_latencies() - of ENABLE, DISABLE, pauses and resumes, no read in flight
 * @path: the file
 *
 * Prints lines of name, median, least, most. ENABLE is once of the only open file, so that
 * it arms and asks for the blocks anew, and once of a further one.
 */
int show_latencies(const char *path)
{
	int fd = open_direct(path), other = open_direct(path);

	bypass_enable(fd);
	bypass_send(fd, BPIO_OP_DISABLE);
	pair(fd, "enable-first", BPIO_OP_ENABLE, "disable-last", BPIO_OP_DISABLE);
	bypass_enable(fd);
	pair(other, "enable", BPIO_OP_ENABLE, "disable", BPIO_OP_DISABLE);
	pair(fd, "stream-pause", BPIO_OP_STREAM_PAUSE, "stream-resume", BPIO_OP_STREAM_RESUME);
	pair(fd, "volume-pause", BPIO_OP_VOLUME_PAUSE, "volume-resume", BPIO_OP_VOLUME_RESUME);
	return 0;
}

/**
 * struct load - reads kept in flight
 * @ring: they
 * @seed: for offsets
 * @began: of each read in flight
 * @slowest: of all
 * @stop: stop when all have come back
 */
struct load {
	struct ring *ring;
	unsigned int seed;
	unsigned long long began[IN_FLIGHT];
	unsigned long long slowest;
	atomic_bool stop;
};

static void begin(struct load *load, int slot)
{
	load->began[slot] = now();
	ring_queue(load->ring, rand_r(&load->seed) % (SPAN / BLOCK) * BLOCK, slot);
}

static void *keep_in_flight(void *data)
{
	struct load *load = data;
	int slot, flying = IN_FLIGHT;

	for (slot = 0; slot < IN_FLIGHT; slot++)
		begin(load, slot);
	while (flying) {
		ring_submit(load->ring, 1);
		while ((slot = ring_take(load->ring)) >= 0) {
			unsigned long long took = now() - load->began[slot];

			load->slowest = took > load->slowest ? took : load->slowest;
			if (load->stop)
				flying--;
			else
				begin(load, slot);
		}
	}
	return NULL;
}

/* Do reads bypass: more of them in a moment than are in flight? They are given a second. */
static int all_bypass(int fd)
{
	unsigned long long full;

	for (int i = 0; i < 200; i++) {
		full = bypass_reads(fd);
		usleep(5000);
		if (bypass_reads(fd) - full >= IN_FLIGHT)
			return 1;
	}
	return 0;
}

/**
 * show_pause() - a pause while 64 reads are in flight, and the slowest of these
 * @path: the file
 *
 * Prints lines of name, median, least, most.
 */
int show_pause(const char *path)
{
	const struct job job = { .block = BLOCK };
	struct load load = { .seed = 42 };
	double took[PAUSES], slowest;
	int fd = open_direct(path);
	pthread_t reader;

	bypass_enable(fd);
	load.ring = ring_new(fd, &job);
	if (pthread_create(&reader, NULL, keep_in_flight, &load))
		die("thread");
	for (int i = 0; i < PAUSES; i++) {
		if (!all_bypass(fd))
			not_available("the reads to pause are not on the full bypass (%s)",
				      bypass_obstacle(fd));
		took[i] = timed(fd, BPIO_OP_STREAM_PAUSE);
		bypass_send(fd, BPIO_OP_STREAM_RESUME);
	}
	load.stop = true;
	if (pthread_join(reader, NULL))
		die("thread");
	slowest = load.slowest;
	show("pause-64-in-flight", took, PAUSES);
	show("slowest-read", &slowest, 1);
	return 0;
}
