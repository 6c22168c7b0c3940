// SPDX-License-Identifier: GPL-2.0
/* Lists of files and digests, in the format that sha256sum writes. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

/**
 * list_add() - append one file
 * @list: the list
 * @dir: put before @path if that is relative; or NULL
 * @path: the file
 * @hex: its digest, 64 hex digits in either case; or NULL
 *
 * Return: 0; -EINVAL if @hex is no digest; -ENOMEM.
 */
int list_add(struct list *list, const char *dir, const char *path, const char *hex)
{
	struct list_item *item;

	if (hex && strspn(hex, "0123456789abcdefABCDEF") < HASH_HEX_LEN)
		return -EINVAL;
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 64;

		item = reallocarray(list->items, room, sizeof(*item));
		if (!item)
			return -ENOMEM;
		list->items = item;
		list->room = room;
	}
	item = &list->items[list->count];
	memset(item, 0, sizeof(*item));
	if (dir && *path != '/') {
		if (asprintf(&item->path, "%s/%s", dir, path) < 0)
			return -ENOMEM;
	} else {
		item->path = strdup(path);
		if (!item->path)
			return -ENOMEM;
	}
	for (int i = 0; hex && i < HASH_HEX_LEN; i++)
		item->hex[i] = tolower((unsigned char)hex[i]);
	list->count++;
	return 0;
}

/* sha256sum puts a backslash before the line of a name that has one or a newline */
static int unescape(char *name)
{
	char *to = name;

	for (; *name; name++) {
		if (*name != '\\') {
			*to++ = *name;
			continue;
		}
		switch (*++name) {
		case 'n':
			*to++ = '\n';
			break;
		case 'r':
			*to++ = '\r';
			break;
		case '\\':
			*to++ = '\\';
			break;
		default:
			return -EINVAL;
		}
	}
	*to = 0;
	return 0;
}

static int add_line(struct list *list, char *line, const char *dir)
{
	int escaped = *line == '\\';
	char *name;

	line += escaped;
	if (strlen(line) < HASH_HEX_LEN + 3 || line[HASH_HEX_LEN] != ' ' ||
	    (line[HASH_HEX_LEN + 1] != ' ' && line[HASH_HEX_LEN + 1] != '*'))
		return -EINVAL;
	name = line + HASH_HEX_LEN + 2;
	if (escaped && unescape(name))
		return -EINVAL;
	return list_add(list, dir, name, line);
}

/**
 * list_load() - append all files of a list
 * @list: the list
 * @file: output of sha256sum; "-" is standard input
 * @dir: what relative paths are relative to; or NULL
 *
 * Return: 0, or -errno after an error was printed.
 */
int list_load(struct list *list, const char *file, const char *dir)
{
	FILE *in = strcmp(file, "-") ? fopen(file, "re") : stdin;
	unsigned long number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int err = 0;

	if (!in) {
		err = -errno;
		fprintf(stderr, "bpioctl: %s: cannot open: %s\n", file, strerror(-err));
		return err;
	}
	while (!err && (len = getline(&line, &size, in)) > 0) {
		number++;
		if (line[len - 1] == '\n')
			line[--len] = 0;
		if (!len)
			continue;
		err = add_line(list, line, dir);
		if (err)
			fprintf(stderr, "bpioctl: %s:%lu: %s\n", file, number, err == -EINVAL ?
				"not a line of sha256sum's" : strerror(-err));
	}
	if (!err && ferror(in)) {
		err = -EIO;
		fprintf(stderr, "bpioctl: %s: cannot read\n", file);
	}
	free(line);
	if (in != stdin)
		fclose(in);
	return err;
}

/**
 * list_free() - free what the list holds
 * @list: the list
 */
void list_free(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].path);
	free(list->items);
	memset(list, 0, sizeof(*list));
}
