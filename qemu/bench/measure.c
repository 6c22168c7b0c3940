// SPDX-License-Identifier: GPL-2.0
/*
 * Instructions per random read
 *
 * The offsets are drawn before the clock starts. Prints the median, the least and the most
 * of all rounds, divided by the reads of a round; or n/a and why.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "marker.h"

#define MAX_ROUNDS	99
#define TOUCH		(1UL << 20)

struct target {
	const struct job *job;
	struct ring *ring;
	void *buffer;
	int fd;
};

static void read_some(struct target *t, const off_t *offsets, unsigned long count)
{
	unsigned long i;

	if (t->ring) {
		for (i = 0; i < count; i += DEPTH)
			ring_read(t->ring, offsets + i, count - i < DEPTH ? count - i : DEPTH);
		return;
	}
	for (i = 0; i < count; i++)
		if (pread(t->fd, t->buffer, t->job->block, offsets[i]) != (ssize_t)t->job->block)
			die("read");
}

/* What is learnt or cached by parts of a file is so for all of them */
static void touch(struct target *t)
{
	unsigned long step = t->job->buffered ? t->job->block : TOUCH;

	for (unsigned long at = 0; at + t->job->block <= t->job->span; at += step)
		if (pread(t->fd, t->buffer, t->job->block, at) != (ssize_t)t->job->block)
			die("read");
}

static void start(struct target *t, const struct job *job)
{
	t->job = job;
	t->fd = open(job->path, O_RDONLY | (job->buffered ? 0 : O_DIRECT));
	if (t->fd < 0)
		die(job->path);
	t->buffer = aligned_alloc(ALIGN, (job->block + ALIGN - 1) & ~(ALIGN - 1));
	if (!t->buffer)
		die("memory");
	memset(t->buffer, 0, job->block);
	if (job->enable)
		bypass_enable(t->fd);
	t->ring = job->uring ? ring_new(t->fd, job) : NULL;
	touch(t);
}

/**
 * measure() - all rounds of one measurement
 * @job: what
 *
 * Return: the exit status.
 */
int measure(const struct job *job)
{
	unsigned long most = job->reads > job->warm_up ? job->reads : job->warm_up;
	unsigned long long from, before = 0, full;
	double took[MAX_ROUNDS];
	unsigned int seed = 42;
	struct target t;
	off_t *offsets;

	if (!job->reads || !job->rounds || job->rounds > MAX_ROUNDS || job->span < job->block) {
		fputs("bench: no such number of reads\n", stderr);
		return 1;
	}
	offsets = calloc(most, sizeof(*offsets));
	if (!offsets)
		die("memory");
	for (unsigned long i = 0; i < most; i++)
		offsets[i] = rand_r(&seed) % (job->span / job->block) * job->block;
	start(&t, job);
	read_some(&t, offsets, job->warm_up);
	if (job->enable)
		before = bypass_reads(t.fd);
	for (unsigned long i = 0; i < job->rounds; i++) {
		from = now();
		marker_start();
		read_some(&t, offsets, job->reads);
		marker_stop();
		took[i] = (double)(now() - from) / job->reads;
	}
	if (job->enable) {
		full = bypass_reads(t.fd) - before;
		if (full != job->rounds * job->reads)
			not_available("%llu of %lu reads took the full bypass (%s)", full,
				      job->rounds * job->reads, bypass_obstacle(t.fd));
	}
	qsort(took, job->rounds, sizeof(*took), by_value);
	printf("%.0f\t%.1f\t%.1f\n", took[job->rounds / 2], took[0], took[job->rounds - 1]);
	return 0;
}
