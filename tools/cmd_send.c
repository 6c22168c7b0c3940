// SPDX-License-Identifier: GPL-2.0
/* bpioctl send: one operation, as it is, and the raw answer */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "json.h"
#include "kapi.h"
#include "names.h"
#include "option.h"
#include "print.h"

/* What an answer has beside the header */
enum part { PART_NONE, PART_RESULTS, PART_BLOCKERS, PART_INFO };

static bool json;

static enum part part_of(const struct bpio_args *args)
{
	switch (args->op) {
	case BPIO_OP_QUERY:
		return args->in_flags & BPIO_IN_ALL ? PART_BLOCKERS : PART_RESULTS;
	case BPIO_OP_ENABLE:
	case BPIO_OP_VOLUME_RESUME:
	case BPIO_OP_STREAM_RESUME:
		return PART_RESULTS;
	case BPIO_OP_GET_INFO:
		return PART_INFO;
	default:
		return PART_NONE;
	}
}

static size_t listed(const struct bpio_blockers *blockers)
{
	return blockers->count < BPIO_BLOCKERS_MAX ? blockers->count : BPIO_BLOCKERS_MAX;
}

static void show_json(const char *path, bool direct, const struct bpio_args *args)
{
	json_open(NULL, '{');
	json_string("path", path);
	json_bool("direct", direct);
	print_json_header(args);
	switch (part_of(args)) {
	case PART_RESULTS:
		print_json_result("filter", &args->results.filter);
		print_json_result("storage", &args->results.storage);
		break;
	case PART_BLOCKERS:
		json_number("total", args->blockers.total);
		print_json_blockers(args->blockers.list, listed(&args->blockers));
		break;
	case PART_INFO:
		print_json_info(args);
		break;
	case PART_NONE:
		break;
	}
	json_close('}');
	json_end();
}

static void show_text(const char *path, bool direct, const struct bpio_args *args)
{
	printf("path:          %s\ndirect:        %s\n", path, direct ? "yes" : "no");
	print_header(args);
	switch (part_of(args)) {
	case PART_RESULTS:
		print_result("filter", &args->results.filter);
		print_result("storage", &args->results.storage);
		break;
	case PART_BLOCKERS:
		printf("total:         %u\n", args->blockers.total);
		printf("count:         %u\n", args->blockers.count);
		for (size_t i = 0; i < listed(&args->blockers); i++)
			print_blocker("", &args->blockers.list[i]);
		break;
	case PART_INFO:
		print_storage(args);
		print_counts("    ", &args->info);
		break;
	case PART_NONE:
		break;
	}
}

static int send_one(const char *path, unsigned int op, unsigned int flags)
{
	struct bpio_args args = { .op = op, .in_flags = flags };
	bool direct;
	int fd, err;

	/* Without a text; who wants to give one uses "pause" */
	if (flags & BPIO_IN_WHY)
		args.pause.reason = BPIO_REASON_OTHER;
	fd = kapi_open(path, true, &direct);
	if (fd < 0)
		return print_error(path, "open", fd);
	err = kapi_send(fd, &args);
	close(fd);
	if (err == -EINVAL && flags) {
		fprintf(stderr, "bpioctl: %s: the kernel takes no %s with these flags (EINVAL)\n",
			path, name_op(op));
		return EXIT_ERROR;
	}
	if (err)
		return print_error(path, "send the operation", err);
	if (json)
		show_json(path, direct, &args);
	else
		show_text(path, direct, &args);
	return EXIT_OK;
}

int cmd_send(int argc, char **argv)
{
	unsigned int flags = 0;
	const char *names = NULL;
	const struct option_spec specs[] = {
		{ .name = "--json", .flag = &json },
		{ .name = "--flags", .text = &names },
		{ }
	};
	int op;

	argc = option_parse(argc, argv, specs);
	if (argc < 0 || (names && option_set(argv[0], "flag", names, number_of_in_flag, &flags)))
		return EXIT_ERROR;
	if (argc != 3) {
		fputs("bpioctl: send needs an operation and one path\n", stderr);
		return EXIT_ERROR;
	}
	op = number_of_op(argv[1]);
	if (op < 0) {
		fprintf(stderr, "bpioctl: send: no operation \"%s\"; see bpioctl(8)\n", argv[1]);
		return EXIT_ERROR;
	}
	return send_one(argv[2], op, flags);
}
