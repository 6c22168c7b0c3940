// SPDX-License-Identifier: GPL-2.0
/* bpioctl query: all fields of the answer */
#include <stdio.h>

#include "cmd.h"
#include "each.h"
#include "json.h"
#include "kapi.h"
#include "option.h"
#include "print.h"

static bool json, no_direct, skip_storage;

static int query(const char *path, int fd, bool direct)
{
	struct bpio_args args;
	int err;

	err = kapi_manage(fd, BPIO_OP_QUERY, skip_storage ? BPIO_IN_SKIP_STORAGE : 0, &args);
	if (err)
		return print_error(path, "query the bypass", err);
	if (json) {
		json_open(NULL, '{');
		json_string("path", path);
		json_bool("direct", direct);
		print_json_header(&args);
		print_json_result("filter", &args.results.filter);
		print_json_result("storage", &args.results.storage);
		json_close('}');
		json_end();
	} else {
		printf("path:          %s\ndirect:        %s\n", path, direct ? "yes" : "no");
		print_header(&args);
		print_result("filter", &args.results.filter);
		print_result("storage", &args.results.storage);
	}
	return print_verdict_of(&args);
}

int cmd_query(int argc, char **argv)
{
	const struct option_spec specs[] = {
		{ .name = "--json", .flag = &json },
		{ .name = "--no-direct", .flag = &no_direct },
		{ .name = "--skip-storage", .flag = &skip_storage },
		{ }
	};

	argc = option_parse(argc, argv, specs);
	if (argc < 0)
		return EXIT_ERROR;
	return each_path(argc, argv, !no_direct, query);
}
