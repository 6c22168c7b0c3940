// SPDX-License-Identifier: GPL-2.0
/* bpioctl blockers: all that stands in the way, not only the first */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "each.h"
#include "json.h"
#include "kapi.h"
#include "option.h"
#include "print.h"

/**
 * struct blockers - all of them, from as many answers as it takes
 * @list: they
 * @count: how many
 * @last: the last answer
 */
struct blockers {
	struct bpio_blocker *list;
	size_t count;
	struct bpio_args last;
};

static bool json, no_direct, skip_storage;

static int add_page(struct blockers *all)
{
	const struct bpio_blockers *page = &all->last.blockers;
	struct bpio_blocker *list;
	size_t count = page->count < BPIO_BLOCKERS_MAX ? page->count : BPIO_BLOCKERS_MAX;

	list = reallocarray(all->list, all->count + count, sizeof(*list));
	if (!list)
		return -ENOMEM;
	all->list = list;
	for (size_t i = 0; i < count; i++)
		all->list[all->count++] = page->list[i];
	return 0;
}

/* Between two answers some may come or go: what matters is that it ends */
static int get_all(int fd, struct blockers *all)
{
	struct bpio_args *args = &all->last;
	__u32 first = 0;
	int err;

	do {
		*args = (struct bpio_args){
			.op = BPIO_OP_QUERY,
			.in_flags = BPIO_IN_ALL | (skip_storage ? BPIO_IN_SKIP_STORAGE : 0),
			.first = first,
		};
		err = kapi_send(fd, args);
		if (err || !args->blockers.count)
			return err;
		err = add_page(all);
		if (err)
			return err;
		first = all->count;
	} while (first < args->blockers.total);
	return 0;
}

static enum verdict verdict_of(const struct blockers *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].half == BPIO_HALF_FILTER)
			return VERDICT_NONE;
	return all->count ? VERDICT_PARTIAL : VERDICT_FULL;
}

static void show_json(const char *path, bool direct, const struct blockers *all)
{
	json_open(NULL, '{');
	json_string("path", path);
	print_json_verdict(verdict_of(all));
	json_bool("direct", direct);
	print_json_header(&all->last);
	json_number("total", all->count);
	print_json_blockers(all->list, all->count);
	json_close('}');
	json_end();
}

static void show_text(const char *path, const struct blockers *all)
{
	printf("%s: ", path);
	if (!all->count) {
		puts("nothing stands in the way");
		return;
	}
	printf("%zu in the way\n", all->count);
	for (size_t i = 0; i < all->count; i++)
		print_blocker("    ", &all->list[i]);
}

static int blockers_of(const char *path, int fd, bool direct)
{
	struct blockers all = { 0 };
	int err, status;

	err = get_all(fd, &all);
	if (err) {
		status = print_error(path, "query the bypass", err);
	} else {
		if (json)
			show_json(path, direct, &all);
		else
			show_text(path, &all);
		status = verdict_of(&all);
	}
	free(all.list);
	return status;
}

int cmd_blockers(int argc, char **argv)
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
	return each_path(argc, argv, !no_direct, blockers_of);
}
