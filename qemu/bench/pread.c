// SPDX-License-Identifier: GPL-2.0
/*
 * Instructions per random O_DIRECT read
 *
 * For a guest whose clock counts instructions (QEMU, -icount shift=0): one nanosecond
 * is one instruction. --calibrate proves that of the clock in use. The offsets are
 * drawn before the clock starts. Prints the median, the least and the most of all
 * rounds, divided by the reads of a round.
 *
 * With --enable the file's bypass is enabled, and nothing is printed unless the kernel
 * counted every measured read on the full bypass.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/bypassio.h>

#define ALIGN		4096UL
#define LOOP		20000000UL
#define MAX_ROUNDS	99

static unsigned long block = 4096, span = 32UL << 20, reads = 4000, rounds = 9, warm_up = 2000;
static int enable, calibrate;

static void die(const char *what)
{
	fprintf(stderr, "pread: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* Two instructions a turn; the timer's interrupts come on top of it */
static double turn(void)
{
	unsigned long n = LOOP;
	unsigned long long start = now();

	__asm__ volatile("1: dec %0; jnz 1b" : "+r" (n) : : "cc");
	return (double)(now() - start) / LOOP;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int show_clock(void)
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

static void manage(int fd, unsigned int op, unsigned int flags, struct bpio_args *args)
{
	memset(args, 0, sizeof(*args));
	args->op = op;
	args->in_flags = flags;
	if (ioctl(fd, BPIO_IOC_MANAGE, args))
		die("BPIO_IOC_MANAGE");
}

static unsigned long long full_reads(int fd)
{
	struct bpio_args args;

	manage(fd, BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE, &args);
	return args.info.reads[BPIO_PATH_FULL];
}

static void start_bypass(int fd)
{
	struct bpio_args args;

	manage(fd, BPIO_OP_ENABLE, 0, &args);
	if (args.results.filter.status || args.results.storage.status) {
		fprintf(stderr, "pread: the bypass is refused: %.*s%.*s\n", BPIO_TEXT_MAX,
			args.results.filter.text, BPIO_TEXT_MAX, args.results.storage.text);
		exit(1);
	}
}

static void read_some(int fd, void *buffer, const off_t *offsets, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++)
		if (pread(fd, buffer, block, offsets[i]) != (ssize_t)block)
			die("read");
}

static int measure(const char *path)
{
	unsigned long long start, before = 0, got;
	unsigned long most = reads > warm_up ? reads : warm_up;
	unsigned int seed = 42;
	double took[MAX_ROUNDS];
	off_t *offsets;
	void *buffer;
	int fd;

	fd = open(path, O_RDONLY | O_DIRECT);
	if (fd < 0)
		die(path);
	offsets = calloc(most, sizeof(*offsets));
	buffer = aligned_alloc(ALIGN, (block + ALIGN - 1) & ~(ALIGN - 1));
	if (!offsets || !buffer)
		die("memory");
	memset(buffer, 0, block);
	for (unsigned long i = 0; i < most; i++)
		offsets[i] = rand_r(&seed) % (span / block) * block;
	if (enable)
		start_bypass(fd);
	read_some(fd, buffer, offsets, warm_up);
	if (enable)
		before = full_reads(fd);
	for (unsigned long i = 0; i < rounds; i++) {
		start = now();
		read_some(fd, buffer, offsets, reads);
		took[i] = (double)(now() - start) / reads;
	}
	if (enable) {
		got = full_reads(fd) - before;
		if (got != rounds * reads) {
			fprintf(stderr, "pread: %llu of %lu reads took the full bypass\n", got,
				rounds * reads);
			return 1;
		}
	}
	qsort(took, rounds, sizeof(*took), by_value);
	printf("%.0f %.1f %.1f\n", took[rounds / 2], took[0], took[rounds - 1]);
	return 0;
}

int main(int argc, char **argv)
{
	const struct {
		const char *name;
		unsigned long *value;
	} numbers[] = {
		{ "--block", &block }, { "--span", &span }, { "--reads", &reads },
		{ "--rounds", &rounds }, { "--warm-up", &warm_up },
	};
	const char *path = NULL;

	for (int i = 1; i < argc; i++) {
		size_t n = 0;

		if (!strcmp(argv[i], "--enable")) {
			enable = 1;
			continue;
		}
		if (!strcmp(argv[i], "--calibrate")) {
			calibrate = 1;
			continue;
		}
		while (n < sizeof(numbers) / sizeof(*numbers) && strcmp(argv[i], numbers[n].name))
			n++;
		if (n < sizeof(numbers) / sizeof(*numbers) && i + 1 < argc)
			*numbers[n].value = strtoul(argv[++i], NULL, 0);
		else
			path = argv[i];
	}
	if (calibrate)
		return show_clock();
	if (!path || !block || !reads || !rounds || rounds > MAX_ROUNDS || span < block) {
		fputs("usage: pread [--enable] [--block BYTES] [--span BYTES]\n", stderr);
		fputs("             [--reads N] [--rounds N] [--warm-up N] FILE\n", stderr);
		fputs("       pread --calibrate\n", stderr);
		return 1;
	}
	return measure(path);
}
