// SPDX-License-Identifier: GPL-2.0
/*
 * What the bench runs in the guest: one measurement each time
 *
 * For a guest whose clock counts instructions (QEMU, -icount shift=0): one nanosecond is one
 * instruction. "calibrate" proves that of the clock in use.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

#define LOOP	20000000UL

void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

void not_available(const char *format, ...)
{
	va_list args;

	fputs("n/a\t", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	exit(0);
}

unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Two instructions a turn; the timer's interrupts come on top of it */
static double turn(void)
{
	unsigned long n = LOOP;
	unsigned long long start = now();

	__asm__ volatile("1: dec %0; jnz 1b" : "+r" (n) : : "cc");
	return (double)(now() - start) / LOOP;
}

int show_clock(void)
{
	double least = turn();

	for (int i = 0; i < 4; i++) {
		double t = turn();

		if (t < least)
			least = t;
	}
	printf("%.4f\n", least / 2);
	return least / 2 < 0.999 || least / 2 > 1.005;
}

static int usage(void)
{
	fputs("usage: bench pread|uring [--enable] [--buffered] [--registered] [--polled]\n"
	      "             [--block BYTES] [--span BYTES] [--reads N] [--rounds N]\n"
	      "             [--warm-up N] FILE\n"
	      "       bench latency|pause FILE\n"
	      "       bench scatter --span BYTES FILE\n"
	      "       bench calibrate\n", stderr);
	return 1;
}

/* Returns how many words it took */
static int option(struct job *job, char **word, bool last)
{
	const struct {
		const char *name;
		unsigned long *value;
	} numbers[] = {
		{ "--block", &job->block }, { "--span", &job->span }, { "--reads", &job->reads },
		{ "--rounds", &job->rounds }, { "--warm-up", &job->warm_up },
	};
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "--enable", &job->enable }, { "--buffered", &job->buffered },
		{ "--registered", &job->registered }, { "--polled", &job->polled },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (!strcmp(word[0], flags[i].name)) {
			*flags[i].flag = true;
			return 1;
		}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (!strcmp(word[0], numbers[i].name) && !last) {
			*numbers[i].value = strtoul(word[1], NULL, 0);
			return 2;
		}
	job->path = word[0];
	return 1;
}

int main(int argc, char **argv)
{
	struct job job = {
		.block = 4096, .span = 32UL << 20, .reads = 4000, .rounds = 9, .warm_up = 2000,
	};
	const char *verb = argc > 1 ? argv[1] : "";

	for (int i = 2; i < argc;)
		i += option(&job, argv + i, i == argc - 1);
	if (!strcmp(verb, "calibrate"))
		return show_clock();
	if (!job.path || !job.block)
		return usage();
	job.uring = !strcmp(verb, "uring");
	if (job.uring || !strcmp(verb, "pread"))
		return measure(&job);
	if (!strcmp(verb, "latency"))
		return show_latencies(job.path);
	if (!strcmp(verb, "pause"))
		return show_pause(job.path);
	if (!strcmp(verb, "scatter"))
		return scatter(job.path, job.span);
	return usage();
}
