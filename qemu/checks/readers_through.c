// SPDX-License-Identifier: GPL-2.0
/* Commands that are run under readers which never end, and the paths that they take then. */
#include "readers.h"

#define BLOCKS	256
#define THREADS	4

static enum bpio_path path_of(const char *name)
{
	for (int i = 0; i < BPIO_PATH_MAX; i++)
		if (!strcmp(bpio_path_name(i), name))
			return i;
	fprintf(stderr, "checks: no such path: %s\n", name);
	exit(2);
}

static int step(struct readers *r, const char *word)
{
	if (!strncmp(word, "takes:", 6))
		return readers_take(r, path_of(word + 6));
	if (!strncmp(word, "until:", 6))
		return readers_until(r, path_of(word + 6));
	return system(word) ? fail("%s", word) : 0;
}

static int through(int argc, char **argv)
{
	struct readers *r;
	int bad = 0;

	if (argc < 3)
		return fail("usage: readers-through FILE STEP...");
	if (readers_write(argv[1], BLOCKS, 1))
		return 1;
	r = readers_start(argv[1], BLOCKS, THREADS);
	if (!r)
		return fail("cannot start");
	for (int i = 2; i < argc && !bad; i++)
		if (step(r, argv[i]))
			bad = fail("step %d, %s", i - 1, argv[i]);
	return readers_stop(r) | bad;
}

CHECK("readers-through", through, "FILE takes:PATH|until:PATH|COMMAND...: under readers")
