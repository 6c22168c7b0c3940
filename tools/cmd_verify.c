// SPDX-License-Identifier: GPL-2.0
/*
 * bpioctl verify: read files through the bypass, print their SHA-256 and the paths
 * that the reads took
 *
 * Workers take the next file of the list from a counter. Results are added up and
 * printed under one lock, a file at a time.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "hash.h"
#include "json.h"
#include "list.h"
#include "names.h"
#include "option.h"
#include "print.h"
#include "reader.h"

#define MAX_THREADS	64
#define PROGRESS_S	5

/**
 * struct run - one run of the verb
 * @list: I: files
 * @block: I: bytes per read
 * @next: A: index of the next file
 * @lock: of what follows, and of standard output
 * @sum: L: counters of all files
 * @reads: L: read calls that were made
 * @bytes: L: bytes that they returned
 * @passed: L: files with the digest that was wanted, or read without fault
 * @failed: L: the others
 * @broken: L: of these, files that could not be read
 * @reported: L: when progress was last shown, seconds
 *
 * I: set before the workers start. A: atomic. L: under @lock.
 */
struct run {
	struct list list;
	size_t block;
	atomic_size_t next;
	pthread_mutex_t lock;
	struct bpio_info sum;
	unsigned long long reads;
	unsigned long long bytes;
	size_t passed;
	size_t failed;
	size_t broken;
	time_t reported;
};

static bool json, quiet, progress;

static int add_to_hash(void *hash, const void *bytes, size_t len)
{
	return hash_add(hash, bytes, len);
}

static void show_json(const struct list_item *item, const char *hex, bool equal,
		      const struct reader_report *report)
{
	json_open(NULL, '{');
	json_string("path", item->path);
	json_string("sha256", hex);
	json_string("wanted", item->hex[0] ? item->hex : NULL);
	json_bool("equal", equal);
	json_bool("bypassfs", report->ours);
	json_bool("direct", report->direct);
	json_number("calls", report->reads);
	json_number("length", report->bytes);
	if (report->ours) {
		print_json_result("filter", &report->filter);
		print_json_result("storage", &report->storage);
	}
	print_json_counts(&report->counts);
	json_close('}');
	json_end();
}

static void show_text(const struct list_item *item, const char *hex, bool equal,
		      const struct reader_report *report)
{
	printf("%s  %s\n", hex, item->path);
	if (!equal)
		printf("    DIFFERS: wanted %s\n", item->hex);
	if (!report->ours)
		puts("    not on a bypassfs mount, nothing was bypassed");
	else if (report->filter.status)
		print_refusal("    ", &report->filter);
	else if (report->storage.status)
		print_refusal("    ", &report->storage);
	if (report->ours)
		print_counts("    ", &report->counts);
}

static void show_progress(struct run *run)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec - run->reported < PROGRESS_S)
		return;
	run->reported = now.tv_sec;
	fprintf(stderr, "verify: %zu of %zu files, %llu MiB, %zu failed\n",
		run->passed + run->failed, run->list.count, run->bytes >> 20, run->failed);
}

static void settle(struct run *run, const struct list_item *item, const char *hex, int err,
		   const struct reader_report *report)
{
	bool equal = !err && (!item->hex[0] || !strcmp(item->hex, hex));

	pthread_mutex_lock(&run->lock);
	reader_counts_add(&run->sum, &report->counts);
	run->reads += report->reads;
	run->bytes += report->bytes;
	if (equal)
		run->passed++;
	else
		run->failed++;
	if (err) {
		run->broken++;
		print_error(item->path, report->failed ? report->failed : "hash", err);
	} else if (json) {
		if (!quiet || !equal)
			show_json(item, hex, equal, report);
	} else if (!quiet || !equal) {
		show_text(item, hex, equal, report);
	}
	if (progress)
		show_progress(run);
	pthread_mutex_unlock(&run->lock);
}

static void verify_one(struct run *run, struct reader *reader, const struct list_item *item)
{
	struct hash *hash = reader->sink_data;
	char hex[HASH_HEX_LEN + 1] = "";
	struct reader_report report;
	int err;

	err = hash_begin(hash);
	if (err) {
		memset(&report, 0, sizeof(report));
		settle(run, item, hex, err, &report);
		return;
	}
	err = reader_run(reader, item->path, &report);
	if (!err)
		err = hash_end(hash, hex);
	settle(run, item, hex, err, &report);
}

/* Returns 0 or an errno, as a pointer */
static void *work(void *data)
{
	struct reader reader = { .sink = add_to_hash, .sink_data = hash_new() };
	struct run *run = data;
	long err = ENOMEM;
	size_t i;

	if (!reader.sink_data)
		return (void *)err;
	err = -reader_init(&reader, run->block);
	if (!err) {
		while ((i = atomic_fetch_add(&run->next, 1)) < run->list.count)
			verify_one(run, &reader, &run->list.items[i]);
		reader_exit(&reader);
	}
	hash_free(reader.sink_data);
	return (void *)err;
}

static int work_all(struct run *run, unsigned int count)
{
	pthread_t threads[MAX_THREADS];
	unsigned int started;
	int err = 0;
	void *ret;

	for (started = 0; started < count - 1; started++) {
		err = pthread_create(&threads[started], NULL, work, run);
		if (err)
			break;
	}
	ret = work(run);
	if (ret)
		err = (long)ret;
	while (started--) {
		pthread_join(threads[started], &ret);
		if (ret)
			err = (long)ret;
	}
	return err;
}

static double percent(unsigned long long part, unsigned long long whole)
{
	return whole ? 100.0 * part / whole : 0;
}

static void summary(const struct run *run)
{
	unsigned long long full = run->sum.reads[BPIO_PATH_FULL];

	if (json) {
		json_open(NULL, '{');
		json_open("total", '{');
		json_number("files", run->list.count);
		json_number("passed", run->passed);
		json_number("failed", run->failed);
		json_number("calls", run->reads);
		json_number("length", run->bytes);
		print_json_counts(&run->sum);
		json_close('}');
		json_close('}');
		json_end();
		return;
	}
	printf("total: %zu files, %llu bytes in %llu reads, %.2f %% of these on the full bypass\n",
	       run->list.count, run->bytes, run->reads, percent(full, run->reads));
	print_counts("    ", &run->sum);
	printf("verify: %zu passed, %zu failed\n", run->passed, run->failed);
}

static int judge(const struct run *run, unsigned long long require)
{
	unsigned long long full = run->sum.reads[BPIO_PATH_FULL];
	int status = run->broken ? EXIT_ERROR : run->failed ? EXIT_DIFFERS : EXIT_OK;

	fflush(stdout);
	if (run->passed + run->failed != run->list.count) {
		fprintf(stderr, "bpioctl: verify: not every file was looked at\n");
		return EXIT_ERROR;
	}
	/* Calls of ours are the base: what the kernel did not count did not bypass. */
	if (require && (!run->reads || full * 100 < require * run->reads)) {
		fprintf(stderr, "bpioctl: verify: %.2f %% of the reads took the full bypass, ",
			percent(full, run->reads));
		fprintf(stderr, "%llu %% were required\n", require);
		if (status == EXIT_OK)
			status = EXIT_DIFFERS;
	}
	return status;
}

static int fill_list(struct run *run, int argc, char **argv, const char *from, const char *dir,
		     const char *hex)
{
	int err;

	if (from && (argc > 1 || hex)) {
		fputs("bpioctl: verify: --from goes with neither files nor --sha256\n", stderr);
		return -EINVAL;
	}
	if (!from && (argc < 2 || (hex && argc != 2))) {
		fputs(hex ? "bpioctl: verify: --sha256 is for one file\n" :
			    "bpioctl: verify needs a file, or --from\n", stderr);
		return -EINVAL;
	}
	if (hex && strlen(hex) != HASH_HEX_LEN) {
		fputs("bpioctl: verify: --sha256 needs 64 hex digits\n", stderr);
		return -EINVAL;
	}
	if (from)
		return list_load(&run->list, from, dir);
	for (int i = 1; i < argc; i++) {
		err = list_add(&run->list, dir, argv[i], hex);
		if (err) {
			fprintf(stderr, "bpioctl: verify: %s: %s\n", argv[i], err == -EINVAL ?
				"--sha256 needs 64 hex digits" : strerror(-err));
			return err;
		}
	}
	return 0;
}

int cmd_verify(int argc, char **argv)
{
	unsigned long long block = READER_BLOCK, threads = 1, require = 0;
	const char *hex = NULL, *from = NULL, *dir = NULL;
	struct run run = { .lock = PTHREAD_MUTEX_INITIALIZER };
	const struct option_spec specs[] = {
		{ .name = "--json", .flag = &json },
		{ .name = "--quiet", .flag = &quiet },
		{ .name = "--progress", .flag = &progress },
		{ .name = "--sha256", .text = &hex },
		{ .name = "--from", .text = &from },
		{ .name = "--dir", .text = &dir },
		{ .name = "--block", .number = &block },
		{ .name = "--threads", .number = &threads },
		{ .name = "--require-bypass", .number = &require },
		{ }
	};
	int status = EXIT_ERROR, err;

	argc = option_parse(argc, argv, specs);
	if (argc < 0)
		return EXIT_ERROR;
	if (!threads || threads > MAX_THREADS || !block || block % READER_ALIGN ||
	    block > 1UL << 30 || require > 100) {
		fprintf(stderr, "bpioctl: verify: --threads 1 to %d, --require-bypass 0 to 100, ",
			MAX_THREADS);
		fprintf(stderr, "--block a multiple of %lu up to 1G\n", READER_ALIGN);
		return EXIT_ERROR;
	}
	if (fill_list(&run, argc, argv, from, dir, hex))
		goto out_free_list;
	quiet |= from && !json;
	run.block = block;
	err = work_all(&run, threads);
	if (err)
		fprintf(stderr, "bpioctl: verify: %s\n", strerror(err));
	if (from || run.list.count > 1)
		summary(&run);
	status = judge(&run, require);
	if (err)
		status = EXIT_ERROR;
out_free_list:
	list_free(&run.list);
	return status;
}
