// SPDX-License-Identifier: GPL-2.0
/* Options of the verbs: before or between the paths, "--" ends them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option.h"

static int parse_number(const char *text, unsigned long long *number)
{
	static const char suffixes[] = "KMG";
	const char *suffix;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*number = strtoull(text, &end, 0);
	if (errno)
		return -errno;
	if (*end) {
		suffix = strchr(suffixes, *end);
		if (!suffix || end[1] || *number >> 34)
			return -EINVAL;
		*number <<= 10 * (suffix - suffixes + 1);
	}
	return 0;
}

static const struct option_spec *find(const struct option_spec *specs, const char *arg,
				      const char **value)
{
	size_t len = strcspn(arg, "=");

	for (; specs->name; specs++) {
		if (strlen(specs->name) != len || strncmp(specs->name, arg, len))
			continue;
		*value = arg[len] ? arg + len + 1 : NULL;
		return specs;
	}
	return NULL;
}

/**
 * option_parse() - take the options out of argv
 * @argc: arguments, the verb included
 * @argv: they; what is no option is moved to the front
 * @specs: options of this verb, ended by one without a name
 *
 * Return: how many arguments are left, the verb included; -EINVAL after an error
 * was printed.
 */
int option_parse(int argc, char **argv, const struct option_spec *specs)
{
	const struct option_spec *spec;
	const char *value;
	int left = 1;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--")) {
			while (++i < argc)
				argv[left++] = argv[i];
			break;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			argv[left++] = argv[i];
			continue;
		}
		spec = find(specs, argv[i], &value);
		if (!spec || (spec->flag && value)) {
			fprintf(stderr, "bpioctl: %s: no option \"%s\"; see bpioctl help\n",
				argv[0], argv[i]);
			return -EINVAL;
		}
		if (spec->flag) {
			*spec->flag = true;
			continue;
		}
		if (!value)
			value = i + 1 < argc ? argv[++i] : NULL;
		if (!value || (spec->number && parse_number(value, spec->number))) {
			fprintf(stderr, "bpioctl: %s: %s needs a %s\n", argv[0], spec->name,
				spec->number ? "number" : "value");
			return -EINVAL;
		}
		if (spec->text)
			*spec->text = value;
	}
	argv[left] = NULL;
	return left;
}

/**
 * option_set() - a list of names with commas between them, as a set of bits
 * @verb: for the error
 * @what: what a name stands for, for the error
 * @list: the option's argument
 * @bit_of: gives the bit of a name, or -1
 * @set: takes the bits
 *
 * Return: 0; -EINVAL after an error was printed.
 */
int option_set(const char *verb, const char *what, const char *list,
	       int (*bit_of)(const char *name), unsigned int *set)
{
	char name[64];
	size_t len;
	int bit;

	*set = 0;
	for (;;) {
		len = strcspn(list, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, list);
		bit = len < sizeof(name) ? bit_of(name) : -1;
		if (bit < 0) {
			fprintf(stderr, "bpioctl: %s: no %s \"%.*s\"; see bpioctl(8)\n", verb,
				what, (int)len, list);
			return -EINVAL;
		}
		*set |= bit;
		if (!list[len])
			return 0;
		list += len + 1;
	}
}
