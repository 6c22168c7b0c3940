// SPDX-License-Identifier: GPL-2.0
/*
 * bpioctl enable: enable the bypass on a handle of our own and hold it
 *
 * The handle goes away at the end of standard input or with SIGINT or SIGTERM.
 * SIGUSR1 and --every print the report again while it is held.
 */
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "hold.h"
#include "json.h"
#include "kapi.h"
#include "option.h"
#include "print.h"

static bool json;

static int report(const char *path, const char *event, int fd)
{
	struct bpio_args query, info;
	int err;

	err = kapi_manage(fd, BPIO_OP_QUERY, 0, &query);
	if (!err)
		err = kapi_manage(fd, BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE, &info);
	if (err)
		return print_error(path, "get the state of the handle", err);
	if (json) {
		json_open(NULL, '{');
		json_string("path", path);
		json_string("event", event);
		print_json_verdict(print_verdict_of(&query));
		print_json_header(&query);
		print_json_result("filter", &query.results.filter);
		print_json_result("storage", &query.results.storage);
		print_json_info(&info);
		json_close('}');
		json_end();
	} else {
		printf("%s:\n", event);
		print_header(&query);
		if (query.results.filter.status)
			print_refusal("    ", &query.results.filter);
		else if (query.results.storage.status)
			print_refusal("    ", &query.results.storage);
		print_counts("    ", &info.info);
		fflush(stdout);
	}
	return EXIT_OK;
}

static int enable(const char *path, unsigned long long every)
{
	struct hold what = { .path = path, .every = every, .report = report };
	int fd, err, signals, status, held;
	struct bpio_args args;
	enum verdict verdict;

	fd = kapi_open(path, true, NULL);
	if (fd < 0)
		return print_error(path, "open", fd);
	what.fd = fd;
	signals = hold_signals();
	if (signals < 0) {
		status = print_error(path, "take signals", signals);
		goto out_close_file;
	}
	err = kapi_manage(fd, BPIO_OP_ENABLE, 0, &args);
	if (err) {
		status = print_error(path, "enable the bypass", err);
		goto out_close_signals;
	}
	verdict = print_verdict_of(&args);
	status = verdict;
	if (!json) {
		print_verdict(path, verdict);
		if (verdict == VERDICT_NONE)
			print_refusal("    ", &args.results.filter);
	}
	held = report(path, verdict == VERDICT_NONE ? "refused" : "enabled", fd);
	if (verdict == VERDICT_NONE || held)
		goto out_close_signals;
	held = hold(&what, signals);
	err = kapi_manage(fd, BPIO_OP_DISABLE, 0, &args);
	if (err)
		held = print_error(path, "disable the bypass", err);
	if (!held)
		held = report(path, "disabled", fd);
	if (held)
		status = held;
out_close_signals:
	close(signals);
out_close_file:
	close(fd);
	return status;
}

int cmd_enable(int argc, char **argv)
{
	unsigned long long every = 0;
	const struct option_spec specs[] = {
		{ .name = "--json", .flag = &json },
		{ .name = "--every", .number = &every },
		{ }
	};

	argc = option_parse(argc, argv, specs);
	if (argc < 0)
		return EXIT_ERROR;
	if (argc != 2) {
		fputs("bpioctl: enable needs one file\n", stderr);
		return EXIT_ERROR;
	}
	if (every > 86400) {
		fputs("bpioctl: enable: --every takes at most a day\n", stderr);
		return EXIT_ERROR;
	}
	return enable(argv[1], every);
}
