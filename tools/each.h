/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EACH_H
#define EACH_H

#include <stdbool.h>

int each_path(int argc, char **argv, bool direct,
	      int (*look)(const char *path, int fd, bool is_direct));

#endif /* EACH_H */
