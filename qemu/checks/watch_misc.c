// SPDX-License-Identifier: GPL-2.0
/* Who may watch what; a watch that keeps a mount; a lower file system that is shut down. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watch_call.h"

/* ext4 and XFS have the same one */
#define SHUT_DOWN	_IOR('X', 125, unsigned int)

static int open_path(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		exit(fail_errno("%s", path));
	return fd;
}

static int unprivileged(int argc, char **argv)
{
	struct bpio_args a;
	struct stat st;
	int fd, w;

	if (argc != 2)
		return fail("usage: watch-unprivileged FILE");
	fd = open_path(argv[1], O_RDONLY | O_DIRECT);
	if (fstat(fd, &st))
		return fail_errno("stat");
	w = watch_open(fd, BPIO_WATCH_VOLUME | BPIO_WATCH_NONBLOCK, WATCH_ALL);
	if (w != -EPERM)
		return fail("may watch the mount: %s", errno_name(-w));
	w = watch_open(fd, BPIO_WATCH_NONBLOCK, WATCH_ALL);
	if (w < 0)
		return fail("may not watch the file: %s", errno_name(-w));
	if (bpio_call(fd, BPIO_OP_ENABLE, 0, &a))
		return fail("enable");
	return EXPECT(w, st.st_ino, ENABLED, 0, 1, 0, getpid(), "");
}

CHECK("watch-unprivileged", unprivileged, "FILE: who is nobody may watch a file, not the mount")

static int hold(int argc, char **argv)
{
	int fd;

	if (argc != 2)
		return fail("usage: watch-hold FILE");
	fd = open_path(argv[1], O_RDONLY);
	if (watch_open(fd, 0, WATCH_ALL) < 0)
		return fail("no watch");
	close(fd);
	puts("watching");
	fflush(stdout);
	pause();
	return 0;
}

CHECK("watch-hold", hold, "FILE: watches it until killed, and has it not open")

static int shut_down(int argc, char **argv)
{
	unsigned int how = 0;
	int fd, w, root;

	if (argc != 3)
		return fail("usage: watch-shut-down FILE LOWER_DIRECTORY");
	fd = open_path(argv[1], O_RDONLY | O_DIRECT);
	root = open_path(argv[2], O_RDONLY | O_DIRECTORY);
	w = watch_open(fd, BPIO_WATCH_NONBLOCK, WATCH_ONE(SHUT_DOWN));
	if (w < 0 || bpio_enable_full(fd, argv[1]))
		return fail("cannot start");
	if (ioctl(root, SHUT_DOWN, &how))
		return fail_errno("shut down");
	return EXPECT(w, 0, SHUT_DOWN, BPIO_REASON_SHUT_DOWN, 0, 0, 0, "");
}

CHECK("watch-shut-down", shut_down, "FILE LOWER_DIRECTORY: shuts it down, and is told so")
