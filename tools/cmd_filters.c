// SPDX-License-Identifier: GPL-2.0
/* bpioctl filters: the filters of a mount, highest altitude first */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "each.h"
#include "kapi.h"
#include "option.h"
#include "print.h"

/**
 * struct filters - all of them, from as many answers as it takes
 * @list: they
 * @count: how many
 * @last: the last answer
 */
struct filters {
	struct bpio_filter_info *list;
	size_t count;
	struct bpio_filters last;
};

static bool json;

static int add_page(struct filters *all)
{
	const struct bpio_filters *page = &all->last;
	size_t count = page->count < BPIO_FILTERS_MAX ? page->count : BPIO_FILTERS_MAX;
	struct bpio_filter_info *list;

	list = reallocarray(all->list, all->count + count, sizeof(*list));
	if (!list)
		return -ENOMEM;
	all->list = list;
	for (size_t i = 0; i < count; i++)
		all->list[all->count++] = page->list[i];
	return 0;
}

/* Between two answers some may come or go: what matters is that it ends */
static int get_all(int fd, struct filters *all)
{
	int err;

	do {
		err = kapi_filters(fd, all->count, &all->last);
		if (err || !all->last.count)
			return err;
		err = add_page(all);
		if (err)
			return err;
	} while (all->count < all->last.total);
	return 0;
}

static int filters_of(const char *path, int fd, bool direct)
{
	struct filters all = { 0 };
	int status = EXIT_OK, err;

	(void)direct;
	err = get_all(fd, &all);
	if (err)
		status = print_error(path, "list the filters", err);
	else if (json)
		print_json_filters(path, &all.last, all.list, all.count);
	else
		print_filters(path, &all.last, all.list, all.count);
	free(all.list);
	return status;
}

int cmd_filters(int argc, char **argv)
{
	const struct option_spec specs[] = {
		{ .name = "--json", .flag = &json },
		{ }
	};

	argc = option_parse(argc, argv, specs);
	if (argc < 0)
		return EXIT_ERROR;
	return each_path(argc, argv, false, filters_of);
}
