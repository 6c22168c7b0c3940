// SPDX-License-Identifier: GPL-2.0
/* bpioctl resume: end a pause, or say who still objects */
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "json.h"
#include "kapi.h"
#include "names.h"
#include "option.h"
#include "print.h"

static bool json, stream, volume;

static void show_json(const char *path, const struct bpio_args *args)
{
	json_open(NULL, '{');
	print_json_pause(path, volume, args);
	print_json_result("filter", &args->results.filter);
	print_json_result("storage", &args->results.storage);
	json_close('}');
	json_end();
}

static void show_flags(unsigned int flags)
{
	if (!flags)
		return;
	fputs("    Flags:", stdout);
	for (unsigned int bit = 1; bit; bit <<= 1)
		if (flags & bit)
			printf(" %s", name_out_flag(bit));
	putchar('\n');
}

static void show_text(const char *path, const struct bpio_args *args)
{
	const struct bpio_result *who = volume ? &args->results.storage : &args->results.filter;

	print_pause(path, volume, args);
	if (print_is_paused(volume, args)) {
		/* If there is none it was paused again meanwhile */
		if (who->status)
			print_refusal("    ", who);
	} else if (args->results.storage.status) {
		puts("    Reads of this file do not skip the lower file system:");
		print_refusal("        ", &args->results.storage);
	}
	show_flags(args->out_flags);
}

static int resume(const char *path)
{
	struct bpio_args args;
	int fd, err;

	fd = kapi_open(path, true, NULL);
	if (fd < 0)
		return print_error(path, "open", fd);
	err = kapi_manage(fd, volume ? BPIO_OP_VOLUME_RESUME : BPIO_OP_STREAM_RESUME, 0, &args);
	close(fd);
	if (err)
		return print_error(path, "resume the bypass", err);
	if (json)
		show_json(path, &args);
	else
		show_text(path, &args);
	return print_is_paused(volume, &args) ? EXIT_UNDONE : EXIT_OK;
}

int cmd_resume(int argc, char **argv)
{
	const struct option_spec specs[] = {
		{ .name = "--json", .flag = &json },
		{ .name = "--stream", .flag = &stream },
		{ .name = "--volume", .flag = &volume },
		{ }
	};

	argc = option_parse(argc, argv, specs);
	if (argc < 0)
		return EXIT_ERROR;
	if (argc != 2 || (stream && volume)) {
		fputs("bpioctl: resume needs one path, and one of --stream, --volume at most\n",
		      stderr);
		return EXIT_ERROR;
	}
	return resume(argv[1]);
}
