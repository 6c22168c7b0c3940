// SPDX-License-Identifier: GPL-2.0
/* Small things about files that a shell cannot see */
#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <linux/fs.h>
#include <unistd.h>

#include "checks.h"

static int opens(int argc, char **argv)
{
	static const struct { const char *name; int flag; } flags[] = {
		{ "r", O_RDONLY }, { "w", O_WRONLY }, { "rw", O_RDWR }, { "direct", O_DIRECT },
		{ "trunc", O_TRUNC }, { "nonblock", O_NONBLOCK }, { "creat", O_CREAT },
		{ "nofollow", O_NOFOLLOW }, { "noatime", O_NOATIME }, { "append", O_APPEND },
	};
	int flag = O_CLOEXEC, fd, i, err;
	size_t j;

	for (i = 2; i < argc - 1; i++)
		for (j = 0; j < sizeof(flags) / sizeof(*flags); j++)
			if (!strcmp(argv[i], flags[j].name))
				flag |= flags[j].flag;
	fd = open(argv[1], flag, 0600);
	err = fd < 0 ? errno : 0;
	if (err != errno_of(argv[argc - 1]))
		return fail("open %s: %s, not %s", argv[1], errno_name(err), argv[argc - 1]);
	return 0;
}

CHECK("stack-open", opens, "FILE FLAG... ERROR: opening it so ends so; 0 is success")

/* Unlinked, then read, written, linked to nothing, and its space comes back. */
static int unlinked(int argc, char **argv)
{
	int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char buf[5] = "";
	struct stat st;
	char *p;

	if (argc != 2 || fd < 0 || write(fd, "hello", 5) != 5)
		return fail_errno("%s", argv[1]);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (unlink(argv[1]))
		return fail_errno("unlink");
	if (!access(argv[1], F_OK) || errno != ENOENT)
		return fail("still there");
	if (fstat(fd, &st) || st.st_nlink || st.st_size != 5)
		return fail("stat of an unlinked file: %u links, size %ld", (int)st.st_nlink,
			    (long)st.st_size);
	p[1] = 'E';
	if (pread(fd, buf, 5, 0) != 5 || memcmp(buf, "hEllo", 5))
		return fail("its bytes");
	if (pwrite(fd, "xyz", 3, 100) != 3 || ftruncate(fd, 50) || fchmod(fd, 0640) ||
	    fsync(fd))
		return fail_errno("changing it");
	if (fstat(fd, &st) || st.st_size != 50 || (st.st_mode & 0777) != 0640)
		return fail("stat after changing it");
	close(fd);
	if (p[0] != 'h')
		return fail("its mapping, when closed");
	return 0;
}

CHECK("stack-unlinked", unlinked, "FILE: make it, unlink it, and go on using it")

static int sockets(int argc, char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char c = 0;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", argv[argc - 1]);
	if (bind(server, (void *)&addr, sizeof(addr)) || listen(server, 1))
		return fail_errno("bind");
	if (connect(client, (void *)&addr, sizeof(addr)))
		return fail_errno("connect");
	server = accept(server, NULL, NULL);
	if (write(client, "x", 1) != 1 || read(server, &c, 1) != 1 || c != 'x')
		return fail_errno("a byte");
	return 0;
}

CHECK("stack-socket", sockets, "PATH: a socket is made there and can be connected to")

struct handle {
	struct file_handle h;
	unsigned char room[MAX_HANDLE_SZ];
};

static int save(int argc, char **argv)
{
	struct handle h = { .h.handle_bytes = MAX_HANDLE_SZ };
	int mount, out;

	if (argc != 3 || name_to_handle_at(AT_FDCWD, argv[1], &h.h, &mount, 0))
		return fail_errno("name_to_handle_at %s", argv[1]);
	out = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return write(out, &h, sizeof(h)) == sizeof(h) ? 0 : fail_errno("%s", argv[2]);
}

CHECK("stack-handle", save, "FILE OUT: keep its handle")

static int follow(int argc, char **argv)
{
	struct handle h;
	int in, mount, fd, err, n;
	char buf[4000];
	struct stat st;
	struct dirent *e;
	DIR *dir;

	if (argc != 4)
		return 1;
	in = open(argv[2], O_RDONLY | O_CLOEXEC);
	mount = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (read(in, &h, sizeof(h)) != sizeof(h) || mount < 0)
		return fail_errno("%s", argv[2]);
	fd = open_by_handle_at(mount, &h.h, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? errno : 0;
	if (err != errno_of(argv[3]))
		return fail("open_by_handle_at: %s, not %s", errno_name(err), argv[3]);
	if (err)
		return 0;
	if (fstat(fd, &st))
		return fail_errno("stat");
	if (!S_ISDIR(st.st_mode)) {
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			fwrite(buf, 1, n, stdout);
		return n ? fail_errno("read") : 0;
	}
	dir = fdopendir(fd);
	while ((e = readdir(dir)))
		if (*e->d_name != '.')
			printf("%s\n", e->d_name);
	return 0;
}

CHECK("stack-by-handle", follow, "MOUNT HANDLE ERROR: open it, print what it holds")

static int ioctls(int argc, char **argv)
{
	unsigned long room[64] = { 0 };
	int fd, i, err;

	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (argc < 4 || fd < 0)
		return fail_errno("%s", argv[1]);
	for (i = 3; i < argc; i++) {
		err = ioctl(fd, number(argv[i]), room) ? errno : 0;
		if (err != errno_of(argv[2]))
			return fail("ioctl %s: %s, not %s", argv[i], errno_name(err), argv[2]);
	}
	return 0;
}

CHECK("stack-ioctl", ioctls, "FILE ERROR NUMBER...: each ioctl ends so")

static int fibmap(int argc, char **argv)
{
	int a = open(argv[1], O_RDONLY | O_CLOEXEC), b = open(argv[2], O_RDONLY | O_CLOEXEC);
	int blocks, i;

	if (argc != 4 || a < 0 || b < 0)
		return fail_errno("%s", argv[1]);
	blocks = number(argv[3]);
	for (i = 0; i < blocks; i++) {
		int in_a = i, in_b = i;

		if (ioctl(a, FIBMAP, &in_a) || ioctl(b, FIBMAP, &in_b))
			return fail_errno("FIBMAP of block %d", i);
		if (!in_a || in_a != in_b)
			return fail("block %d is in %d and %d", i, in_a, in_b);
	}
	return 0;
}

CHECK("stack-fibmap", fibmap, "TOP LOWER BLOCKS: the same blocks of the disk by FIBMAP")
