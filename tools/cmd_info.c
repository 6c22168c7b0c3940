// SPDX-License-Identifier: GPL-2.0
/* bpioctl info: counters and names */
#include <stdio.h>

#include "cmd.h"
#include "each.h"
#include "json.h"
#include "kapi.h"
#include "option.h"
#include "print.h"

static bool json, handle, stream, volume;

static int info_of(const char *path, int fd, bool direct)
{
	__u32 scope = handle ? BPIO_IN_SCOPE_HANDLE : stream ? BPIO_IN_SCOPE_STREAM : 0;
	struct bpio_args args;
	int err;

	(void)direct;
	err = kapi_manage(fd, BPIO_OP_GET_INFO, scope, &args);
	if (err)
		return print_error(path, "get information", err);
	if (json) {
		json_open(NULL, '{');
		json_string("path", path);
		json_string("scope", handle ? "handle" : stream ? "stream" : "volume");
		print_json_header(&args);
		print_json_info(&args);
		json_close('}');
		json_end();
		return EXIT_OK;
	}
	printf("%s:\n", path);
	print_header(&args);
	print_storage(&args);
	printf("    Reads of this %s:\n", handle ? "open file" : stream ? "inode" : "mount");
	print_counts("      ", &args.info);
	return EXIT_OK;
}

int cmd_info(int argc, char **argv)
{
	const struct option_spec specs[] = {
		{ .name = "--json", .flag = &json },
		{ .name = "--handle", .flag = &handle },
		{ .name = "--stream", .flag = &stream },
		{ .name = "--volume", .flag = &volume },
		{ }
	};

	argc = option_parse(argc, argv, specs);
	if (argc < 0)
		return EXIT_ERROR;
	if (handle + stream + volume > 1) {
		fputs("bpioctl: info takes one of --handle, --stream, --volume\n", stderr);
		return EXIT_ERROR;
	}
	return each_path(argc, argv, true, info_of);
}
