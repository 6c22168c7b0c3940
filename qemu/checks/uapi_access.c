// SPDX-License-Identifier: GPL-2.0
/* Every operation through every kind of handle: none asks for a certain way of being open. */
#include <fcntl.h>
#include <unistd.h>

#include "uapi_call.h"

static const struct {
	const char *name;
	int flags;
	int directory;
} kinds[] = {
	{ "read-only", O_RDONLY, 0 },
	{ "read-only, direct", O_RDONLY | O_DIRECT, 0 },
	{ "write-only", O_WRONLY, 0 },
	{ "write-only, direct", O_WRONLY | O_DIRECT, 0 },
	{ "read-write", O_RDWR, 0 },
	{ "read-write, direct", O_RDWR | O_DIRECT, 0 },
	{ "append", O_WRONLY | O_APPEND, 0 },
	{ "directory", O_RDONLY | O_DIRECTORY, 1 },
};

/* Asked through another handle of the mount */
static int volume_paused(int fd, int want, const char *what)
{
	struct bpio_args a;

	if (bpio_call(fd, BPIO_OP_GET_INFO, 0, &a))
		return fail("%s: get-info failed", what);
	if (!(a.out_flags & BPIO_OUT_VOLUME_PAUSED) != !want)
		return fail("%s: the mount is %spaused", what, want ? "not " : "");
	return 0;
}

static int one_kind(const char *path, int watcher, const char *what, int flags, int directory)
{
	int fd = open(path, flags), bad = 0, err;
	struct bpio_args a;

	if (fd < 0)
		return fail_errno("%s: open %s", what, path);
	for (unsigned int op = BPIO_OP_ENABLE; op < BPIO_OP_MAX; op++) {
		err = bpio_answer(fd, op, &a);
		if (err)
			bad |= fail("%s: %s: %s", what, bpio_op_name(op), strerror(-err));
		if (op == BPIO_OP_ENABLE && directory && !a.results.filter.status)
			bad |= fail("%s: a directory was enabled", what);
		if (op == BPIO_OP_VOLUME_PAUSE || op == BPIO_OP_VOLUME_RESUME)
			bad |= volume_paused(watcher, op == BPIO_OP_VOLUME_PAUSE, what);
	}
	close(fd);
	return bad;
}

static int access_all(int argc, char **argv)
{
	int watcher, bad = 0;

	if (argc != 4)
		return fail("usage: uapi-access FILE OTHER DIRECTORY");
	watcher = open(argv[2], O_RDONLY);
	if (watcher < 0)
		return fail_errno("open %s", argv[2]);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		bad |= one_kind(argv[kinds[i].directory ? 3 : 1], watcher, kinds[i].name,
				kinds[i].flags, kinds[i].directory);
	close(watcher);
	return bad;
}
CHECK("uapi-access", access_all, "FILE OTHER DIRECTORY: all operations by all handles (as root)")
