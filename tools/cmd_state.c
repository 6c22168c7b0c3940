// SPDX-License-Identifier: GPL-2.0
/* bpioctl state: a verdict on each path, in the manner of a sentence */
#include <errno.h>
#include <stdio.h>

#include "cmd.h"
#include "each.h"
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

static int state_of(const char *path, int fd, bool direct)
{
	struct bpio_args query, info;
	int err;

	err = kapi_manage(fd, BPIO_OP_QUERY, 0, &query);
	if (err == -ENOTTY)
		return not_ours(path);
	if (err)
		return print_error(path, "query the bypass", err);
	if (verbose) {
		err = kapi_manage(fd, BPIO_OP_GET_INFO, 0, &info);
		if (err)
			return print_error(path, "get the mount's information", err);
	}
	if (json)
		show_json(path, direct, &query, verbose ? &info : NULL);
	else
		show_text(path, &query, verbose ? &info : NULL);
	return print_verdict_of(&query);
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

	argc = option_parse(argc, argv, specs);
	if (argc < 0)
		return EXIT_ERROR;
	return each_path(argc, argv, !no_direct, state_of);
}
