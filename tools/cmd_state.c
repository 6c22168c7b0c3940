// SPDX-License-Identifier: GPL-2.0
/* bpioctl state: a verdict on each path, in the manner of a sentence */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "json.h"
#include "kapi.h"
#include "option.h"
#include "print.h"

static bool verbose, json, no_direct;

static int not_ours(const char *path)
{
	if (json) {
		json_open(NULL, '{');
		json_string("path", path);
		json_string("bypass", "none");
		json_bool("bypassfs", false);
		json_close('}');
		json_end();
	} else {
		print_verdict(path, VERDICT_NONE);
		puts("    It is not on a bypassfs mount; mount one over its directory with");
		puts("    mount -t bypassfs DIRECTORY MOUNTPOINT");
	}
	return VERDICT_NONE;
}

static void show_json(const char *path, bool direct, const struct bpio_args *query,
		      const struct bpio_args *info)
{
	json_open(NULL, '{');
	json_string("path", path);
	print_json_verdict(print_verdict_of(query));
	json_bool("bypassfs", true);
	json_bool("direct", direct);
	print_json_header(query);
	print_json_result("filter", &query->results.filter);
	print_json_result("storage", &query->results.storage);
	if (info)
		print_json_info(info);
	json_close('}');
	json_end();
}

static void show_text(const char *path, const struct bpio_args *query,
		      const struct bpio_args *info)
{
	enum verdict verdict = print_verdict_of(query);

	print_verdict(path, verdict);
	if (verdict == VERDICT_NONE)
		print_refusal("    ", &query->results.filter);
	else if (verdict == VERDICT_PARTIAL)
		print_refusal("    ", &query->results.storage);
	if (info) {
		print_storage(info);
		print_counts("    ", &info->info);
	}
}

static int state_of(const char *path)
{
	struct bpio_args query, info;
	int fd, err, status;
	bool direct;

	fd = kapi_open(path, !no_direct, &direct);
	if (fd < 0)
		return print_error(path, "open", fd);
	err = kapi_manage(fd, BPIO_OP_QUERY, 0, &query);
	if (err == -ENOTTY) {
		status = not_ours(path);
		goto out_close;
	}
	if (err) {
		status = print_error(path, "query the bypass", err);
		goto out_close;
	}
	if (verbose) {
		err = kapi_manage(fd, BPIO_OP_GET_INFO, 0, &info);
		if (err) {
			status = print_error(path, "get the mount's information", err);
			goto out_close;
		}
	}
	if (json)
		show_json(path, direct, &query, verbose ? &info : NULL);
	else
		show_text(path, &query, verbose ? &info : NULL);
	status = print_verdict_of(&query);
out_close:
	close(fd);
	return status;
}

int cmd_state(int argc, char **argv)
{
	const struct option_spec specs[] = {
		{ .name = "-v", .flag = &verbose },
		{ .name = "--verbose", .flag = &verbose },
		{ .name = "--json", .flag = &json },
		{ .name = "--no-direct", .flag = &no_direct },
		{ }
	};
	int status = EXIT_OK, one;

	argc = option_parse(argc, argv, specs);
	if (argc < 0)
		return EXIT_ERROR;
	if (argc < 2) {
		fputs("bpioctl: state needs a path\n", stderr);
		return EXIT_ERROR;
	}
	for (int i = 1; i < argc; i++) {
		one = state_of(argv[i]);
		if (one > status)
			status = one;
	}
	return status;
}
