/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIST_H
#define LIST_H

#include <stddef.h>

#include "hash.h"

/**
 * struct list_item - a file and what its SHA-256 should be
 * @path: the file
 * @hex: the digest in lower case; empty if none is known
 */
struct list_item {
	char *path;
	char hex[HASH_HEX_LEN + 1];
};

/**
 * struct list - files to verify
 * @items: they
 * @count: how many
 * @room: how many fit
 */
struct list {
	struct list_item *items;
	size_t count;
	size_t room;
};

int list_add(struct list *list, const char *dir, const char *path, const char *hex);
int list_load(struct list *list, const char *file, const char *dir);
void list_free(struct list *list);

#endif /* LIST_H */
