// SPDX-License-Identifier: GPL-2.0
/*
 * bpioctl bench: how long the same reads take with the bypass off and on
 *
 * Rounds of both take turns, so that what else the machine does meets both. After each
 * change the reads are made once without a clock: what a file system or the bypass has to
 * learn of the file is learnt then. There are figures only if the kernel counted every
 * read of "on" on the full bypass, and none of "off".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "json.h"
#include "kapi.h"
#include "option.h"
#include "print.h"

#define ALIGN		4096UL
#define MAX_ROUNDS	99
#define MAX_READS	10000000ULL

enum { OFF, ON, WAYS };

/**
 * struct bench - one run of the verb
 * @path: the file
 * @fd: it, open with O_DIRECT
 * @block: bytes per read
 * @reads: in a round
 * @rounds: of each way
 * @offsets: of the reads
 * @buffer: for one
 * @elapsed: nanoseconds of each round, of each way
 * @cpu: likewise, of this process's time on a CPU
 * @failed: what could not be done, a verb
 */
struct bench {
	const char *path;
	int fd;
	unsigned long long block, reads, rounds;
	off_t *offsets;
	void *buffer;
	double elapsed[WAYS][MAX_ROUNDS], cpu[WAYS][MAX_ROUNDS];
	const char *failed;
};

static bool json;

static double clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static double cpu_ns(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e9 +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e3;
}

static int read_all(struct bench *b)
{
	ssize_t n;

	for (unsigned long long i = 0; i < b->reads; i++) {
		n = pread(b->fd, b->buffer, b->block, b->offsets[i]);
		if (n == (ssize_t)b->block)
			continue;
		if (n < 0 && errno == EINTR) {
			i--;
			continue;
		}
		b->failed = n < 0 ? "read" : "read all of it, it became shorter";
		return n < 0 ? -errno : -EIO;
	}
	return 0;
}

static int counts(struct bench *b, struct bpio_info *info)
{
	struct bpio_args args;
	int err = kapi_manage(b->fd, BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE, &args);

	if (err)
		b->failed = "get the counters";
	*info = args.info;
	return err;
}

/* What came between two answers */
static void subtract(struct bpio_info *now, const struct bpio_info *before)
{
	for (int i = 0; i < BPIO_PATH_MAX; i++) {
		now->reads[i] -= before->reads[i];
		now->bytes[i] -= before->bytes[i];
	}
	for (int i = 0; i < BPIO_REASON_MAX; i++)
		now->reasons[i] -= before->reasons[i];
}

/* Who, why, and how many reads bypassed: no figures. Either may be NULL. */
static int refuse(const struct bench *b, const struct bpio_args *answer,
		  const struct bpio_info *seen)
{
	enum verdict verdict = answer ? print_verdict_of(answer) : VERDICT_FULL;

	if (json) {
		json_open(NULL, '{');
		json_string("path", b->path);
		json_bool("measured", false);
		if (answer) {
			print_json_result("filter", &answer->results.filter);
			print_json_result("storage", &answer->results.storage);
		}
		if (seen)
			print_json_counts(seen);
		json_close('}');
		json_end();
		return EXIT_DIFFERS;
	}
	printf("%s: no figures: ", b->path);
	puts(seen ? "not every read of \"on\", or some of \"off\", took the full bypass" :
		    "its reads do not take the full bypass");
	if (verdict == VERDICT_NONE)
		print_refusal("    ", &answer->results.filter);
	else if (verdict == VERDICT_PARTIAL)
		print_refusal("    ", &answer->results.storage);
	if (seen)
		print_counts("    ", seen);
	return EXIT_DIFFERS;
}

/* The reads of a round took the way that they should? Else says who prevents it. */
static int judge(const struct bench *b, int way, const struct bpio_info *seen)
{
	struct bpio_args args;
	unsigned long long full = seen->reads[BPIO_PATH_FULL];
	bool asked;

	if (full == (way == ON ? b->reads : 0))
		return EXIT_OK;
	asked = !kapi_manage(b->fd, BPIO_OP_QUERY, 0, &args);
	return refuse(b, asked ? &args : NULL, seen);
}

static int one_round(struct bench *b, int way, int round)
{
	struct bpio_info before, after;
	struct bpio_args args;
	int err;

	err = kapi_manage(b->fd, way == ON ? BPIO_OP_ENABLE : BPIO_OP_DISABLE, 0, &args);
	if (err)
		return print_error(b->path, "switch the bypass", err);
	if (way == ON && print_verdict_of(&args) != VERDICT_FULL)
		return refuse(b, &args, NULL);
	err = read_all(b);
	if (!err)
		err = counts(b, &before);
	if (err)
		return print_error(b->path, b->failed, err);
	b->cpu[way][round] = -cpu_ns();
	b->elapsed[way][round] = -clock_ns();
	err = read_all(b);
	b->elapsed[way][round] += clock_ns();
	b->cpu[way][round] += cpu_ns();
	if (!err)
		err = counts(b, &after);
	if (err)
		return print_error(b->path, b->failed, err);
	subtract(&after, &before);
	return judge(b, way, &after);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Microseconds a read, of the middle round */
static double middle(const struct bench *b, double *rounds)
{
	qsort(rounds, b->rounds, sizeof(*rounds), by_value);
	return rounds[b->rounds / 2] / b->reads / 1000;
}

static void show(struct bench *b)
{
	static const char * const names[] = { [OFF] = "off", [ON] = "on" };
	double us[WAYS], cpu[WAYS];

	if (json) {
		json_open(NULL, '{');
		json_string("path", b->path);
		json_bool("measured", true);
		json_number("block", b->block);
		json_number("calls", b->reads);
		json_number("rounds", b->rounds);
	} else {
		printf("%s: %llu random reads of %llu bytes, one at a time, %llu rounds each\n",
		       b->path, b->reads, b->block, b->rounds);
		printf("    bypass     us/read CPU us/read      reads/s        MiB/s\n");
	}
	for (int way = OFF; way < WAYS; way++) {
		us[way] = middle(b, b->elapsed[way]);
		cpu[way] = middle(b, b->cpu[way]);
		if (json) {
			json_open(names[way], '{');
			json_number("ns", us[way] * 1000);
			json_number("cpu_ns", cpu[way] * 1000);
			json_close('}');
			continue;
		}
		printf("    %-6s %11.2f %11.2f %12.0f %12.1f\n", names[way], us[way], cpu[way],
		       1e6 / us[way], 1e6 / us[way] * b->block / 1048576);
	}
	if (json) {
		json_close('}');
		json_end();
		return;
	}
	printf("    on takes %.2f of the time of off, ", us[ON] / us[OFF]);
	printf("and %.2f of the CPU's; each of its reads took the full bypass\n",
	       cpu[OFF] ? cpu[ON] / cpu[OFF] : 1);
}

static int prepare(struct bench *b)
{
	struct bpio_args args;
	unsigned int seed = 1;
	struct stat st;
	int err;

	err = kapi_manage(b->fd, BPIO_OP_QUERY, 0, &args);
	if (err)
		return print_error(b->path, "ask for the bypass", err);
	if (print_verdict_of(&args) != VERDICT_FULL)
		return refuse(b, &args, NULL);
	if (fstat(b->fd, &st))
		return print_error(b->path, "stat", -errno);
	if ((unsigned long long)st.st_size < b->block) {
		fprintf(stderr, "bpioctl: bench: %s is shorter than one read\n", b->path);
		return EXIT_ERROR;
	}
	b->offsets = calloc(b->reads, sizeof(*b->offsets));
	b->buffer = aligned_alloc(ALIGN, b->block);
	if (!b->offsets || !b->buffer)
		return print_error(b->path, "get memory", -ENOMEM);
	memset(b->buffer, 0, b->block);
	for (unsigned long long i = 0; i < b->reads; i++)
		b->offsets[i] = (((unsigned long long)rand_r(&seed) << 31) + rand_r(&seed)) %
				(st.st_size / b->block) * b->block;
	return EXIT_OK;
}

int cmd_bench(int argc, char **argv)
{
	struct bench b = { .block = ALIGN, .reads = 10000, .rounds = 5 };
	const struct option_spec specs[] = {
		{ .name = "--json", .flag = &json },
		{ .name = "--block", .number = &b.block },
		{ .name = "--reads", .number = &b.reads },
		{ .name = "--rounds", .number = &b.rounds },
		{ }
	};
	int status;

	argc = option_parse(argc, argv, specs);
	if (argc < 0)
		return EXIT_ERROR;
	if (argc != 2 || !b.block || b.block % ALIGN || b.block > 1UL << 30 || !b.reads ||
	    b.reads > MAX_READS || !b.rounds || b.rounds > MAX_ROUNDS) {
		fputs("bpioctl: bench needs one file; --block a multiple of 4096 up to 1G, ",
		      stderr);
		fprintf(stderr, "--reads 1 to %llu, --rounds 1 to %d\n", MAX_READS, MAX_ROUNDS);
		return EXIT_ERROR;
	}
	b.path = argv[1];
	b.fd = kapi_open(b.path, true, NULL);
	if (b.fd < 0)
		return print_error(b.path, "open", b.fd);
	status = prepare(&b);
	for (unsigned long long round = 0; round < b.rounds; round++)
		for (int way = OFF; !status && way < WAYS; way++)
			status = one_round(&b, way, round);
	if (!status)
		show(&b);
	free(b.offsets);
	free(b.buffer);
	close(b.fd);
	return status;
}
