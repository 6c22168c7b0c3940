/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTION_H
#define OPTION_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct option_spec - one option of a verb
 * @name: with its dashes, as typed
 * @flag: set to true when given; or NULL
 * @text: takes the argument when not NULL
 * @number: takes the argument as a number when not NULL; K, M and G count in 1024
 */
struct option_spec {
	const char *name;
	bool *flag;
	const char **text;
	unsigned long long *number;
};

int option_parse(int argc, char **argv, const struct option_spec *specs);
int option_set(const char *verb, const char *what, const char *list,
	       int (*bit_of)(const char *name), unsigned int *set);

#endif /* OPTION_H */
