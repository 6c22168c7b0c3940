// SPDX-License-Identifier: GPL-2.0
/* bpioctl cat: copy files to standard output, read through the bypass */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "json.h"
#include "option.h"
#include "print.h"
#include "reader.h"

static int write_out(void *data, const void *bytes, size_t len)
{
	const char *at = bytes;
	ssize_t n;

	(void)data;
	while (len) {
		n = write(STDOUT_FILENO, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= n;
	}
	return 0;
}

static void report_on_stderr(const char *path, const struct reader_report *report)
{
	unsigned long long full = report->counts.reads[BPIO_PATH_FULL];

	fprintf(stderr, "%s: %llu bytes in %llu reads, %llu on the full bypass\n", path,
		report->bytes, report->reads, full);
}

int cmd_cat(int argc, char **argv)
{
	unsigned long long block = READER_BLOCK;
	struct reader reader = { .sink = write_out };
	struct reader_report report;
	bool verbose = false;
	const struct option_spec specs[] = {
		{ .name = "--block", .number = &block },
		{ .name = "-v", .flag = &verbose },
		{ .name = "--verbose", .flag = &verbose },
		{ }
	};
	int status = EXIT_OK, err;

	argc = option_parse(argc, argv, specs);
	if (argc < 0)
		return EXIT_ERROR;
	if (argc < 2) {
		fputs("bpioctl: cat needs a file\n", stderr);
		return EXIT_ERROR;
	}
	err = reader_init(&reader, block);
	if (err) {
		fprintf(stderr, "bpioctl: cat: --block is a multiple of %lu that fits in memory\n",
			READER_ALIGN);
		return EXIT_ERROR;
	}
	for (int i = 1; i < argc; i++) {
		err = reader_run(&reader, argv[i], &report);
		if (err)
			status = print_error(argv[i], report.failed, err);
		else if (verbose)
			report_on_stderr(argv[i], &report);
	}
	reader_exit(&reader);
	return status;
}
