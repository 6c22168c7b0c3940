// SPDX-License-Identifier: GPL-2.0
/* Mounts that the mount command of the guest cannot make, and messages of the new interface */
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/mount.h>
#include <unistd.h>

#include "checks.h"

/* A user namespace where 1000 is 0: its descriptor, or -1 */
static int some_userns(void)
{
	int pipe_fd[2], fd = -1, map;
	char path[60], c;
	pid_t pid;

	if (pipe(pipe_fd))
		return -1;
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWUSER))
			_exit(1);
		if (write(pipe_fd[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	if (read(pipe_fd[0], &c, 1) == 1) {
		snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
		map = open(path, O_WRONLY | O_CLOEXEC);
		if (write(map, "0 1000 1", 8) == 8) {
			close(map);
			snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
			map = open(path, O_WRONLY | O_CLOEXEC);
			if (write(map, "0 1000 1", 8) == 8) {
				snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
				fd = open(path, O_RDONLY | O_CLOEXEC);
			}
		}
		close(map);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return fd;
}

static int idmap(int argc, char **argv)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP };
	int tree, ns = some_userns();

	if (argc != 3)
		return 1;
	attr.userns_fd = ns;
	tree = syscall(SYS_open_tree, AT_FDCWD, argv[1], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (ns < 0 || tree < 0)
		return fail_errno("%s", argv[1]);
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)))
		return fail_errno("mount_setattr");
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, argv[2], MOVE_MOUNT_F_EMPTY_PATH))
		return fail_errno("move_mount");
	return 0;
}

CHECK("stack-idmap", idmap, "DIRECTORY MOUNTPOINT: bind it with another view of owners")

/* Prints what the kernel has to say about a mount of ours: one message per line. */
static int messages(int argc, char **argv)
{
	int fs = syscall(SYS_fsopen, "bypassfs", FSOPEN_CLOEXEC), i, err = 0, n;
	char line[400];

	if (fs < 0)
		return fail_errno("fsopen");
	for (i = 1; i + 1 < argc && !err; i += 2)
		if (syscall(SYS_fsconfig, fs,
			    *argv[i + 1] ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
			    argv[i], *argv[i + 1] ? argv[i + 1] : NULL, 0))
			err = errno;
	if (!err && syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		err = errno;
	printf("%s\n", errno_name(err));
	while ((n = read(fs, line, sizeof(line) - 1)) > 0) {
		line[n] = 0;
		printf("%s\n", line);
	}
	return 0;
}

CHECK("stack-messages", messages, "[OPTION VALUE]...: make a mount, say what the kernel says")

/* Seals are of memory files; of ours there are none, and asking does no harm */
static int no_seals(int argc, char **argv)
{
	int fd, bad = 0;
	void *map;

	if (argc != 2)
		return fail("usage: no-seals FILE");
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return fail_errno("open %s", argv[1]);
	if (fcntl(fd, F_GET_SEALS) >= 0 || errno != EINVAL)
		bad |= fail_errno("F_GET_SEALS: wanted EINVAL");
	if (!fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) || errno != EINVAL)
		bad |= fail_errno("F_ADD_SEALS: wanted EINVAL");
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		bad |= fail_errno("mmap");
	close(fd);
	return bad;
}
CHECK("no-seals", no_seals, "FILE: has none, can be given none, and can be mapped")
