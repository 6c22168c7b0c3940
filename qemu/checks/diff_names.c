// SPDX-License-Identifier: GPL-2.0
/* Operations on names, for diff_main.c */
#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <linux/fs.h>
#include <unistd.h>

#include "checks.h"
#include "diff.h"

static mode_t mode_of(uint64_t r)
{
	static const mode_t modes[] = {
		0644, 0600, 0755, 0777, 0400, 0, 0666, 02775, 04755, 01777, 0640, 0111,
	};

	return modes[r % (sizeof(modes) / sizeof(*modes))];
}

static void op_open(struct side *s, const struct step *st, struct outcome *o)
{
	static const int access[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDWR };
	static const int extra[] = {
		O_APPEND, O_TRUNC, O_DIRECT, O_NOFOLLOW, O_DIRECTORY, O_NOATIME, O_SYNC,
		O_DSYNC, O_EXCL | O_CREAT, O_CREAT,
	};
	int flags = access[st->rnd[0] % 4] | O_NONBLOCK | O_CLOEXEC;

	if (st->rnd[1] % 2)
		flags |= O_CREAT;
	if (st->rnd[2] % 3 == 0)
		flags |= extra[st->rnd[3] % 10];
	if (st->rnd[4] % 9 == 0)
		flags |= extra[st->rnd[5] % 10];
	if ((flags & O_CREAT) && (flags & O_DIRECTORY))
		flags &= ~O_DIRECTORY;
	outcome_fd(s, st->slot, o, openat(s->root, st->path[0], flags, mode_of(st->rnd[6])));
}

static void op_tmpfile(struct side *s, const struct step *st, struct outcome *o)
{
	int flags = O_TMPFILE | (st->rnd[0] % 2 ? O_RDWR : O_WRONLY) | O_CLOEXEC;

	if (st->rnd[1] % 4 == 0)
		flags |= O_EXCL;
	outcome_fd(s, st->slot, o, openat(s->root, st->rnd[2] % 3 ? "." : st->path[0], flags,
					  mode_of(st->rnd[6])));
}

static void op_linkfd(struct side *s, const struct step *st, struct outcome *o)
{
	int root = s->view[s->fd_view[st->slot]];
	char proc[40];

	if (st->rnd[0] % 2) {
		outcome_ret(o, linkat(s->fd[st->slot], "", root, st->path[1], AT_EMPTY_PATH));
		return;
	}
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", s->fd[st->slot]);
	outcome_ret(o, linkat(AT_FDCWD, proc, root, st->path[1], AT_SYMLINK_FOLLOW));
}

static void op_close(struct side *s, const struct step *st, struct outcome *o)
{
	outcome_ret(o, s->fd[st->slot] < 0 ? 0 : close(s->fd[st->slot]));
	s->fd[st->slot] = -1;
}

static void op_unlink(struct side *s, const struct step *st, struct outcome *o)
{
	outcome_ret(o, unlinkat(s->root, st->path[0], 0));
}

static void op_rmdir(struct side *s, const struct step *st, struct outcome *o)
{
	outcome_ret(o, unlinkat(s->root, st->path[0], AT_REMOVEDIR));
}

static void op_mkdir(struct side *s, const struct step *st, struct outcome *o)
{
	outcome_ret(o, mkdirat(s->root, st->path[0],
			       st->rnd[0] % 4 ? 0777 : mode_of(st->rnd[1])));
}

static void op_mknod(struct side *s, const struct step *st, struct outcome *o)
{
	static const mode_t types[] = { S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK, S_IFREG, S_IFDIR };

	outcome_ret(o, mknodat(s->root, st->path[0], types[st->rnd[0] % 6] | mode_of(st->rnd[1]),
			       makedev(1, 3)));
}

static void op_link(struct side *s, const struct step *st, struct outcome *o)
{
	outcome_ret(o, linkat(s->root, st->path[0], s->root, st->path[1],
			      st->rnd[0] % 2 ? AT_SYMLINK_FOLLOW : 0));
}

/* never upwards, so that no link leads out of the tree */
static void op_symlink(struct side *s, const struct step *st, struct outcome *o)
{
	static const char *const targets[] = {
		"n0", "n1", "d0", "d1", "d0/n1", "d1/d2", "d0/d1/n2", "nowhere", "n3",
	};

	outcome_ret(o, symlinkat(targets[st->rnd[0] % 9], s->root, st->path[0]));
}

static void op_readlink(struct side *s, const struct step *st, struct outcome *o)
{
	char buf[100];
	long n = readlinkat(s->root, st->path[0], buf, 1 + st->rnd[0] % sizeof(buf));

	outcome_ret(o, n);
	if (n > 0)
		outcome_add(o, buf, n);
}

static void op_rename(struct side *s, const struct step *st, struct outcome *o)
{
	static const unsigned int flags[] = {
		0, 0, 0, RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT,
		RENAME_EXCHANGE | RENAME_NOREPLACE, RENAME_WHITEOUT | RENAME_EXCHANGE, 64,
	};

	outcome_ret(o, syscall(SYS_renameat2, s->root, st->path[0], s->root, st->path[1],
			       flags[st->rnd[0] % 9]));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* what is listed, in the order of names, and whether d_ino is what stat says */
static void op_readdir(struct side *s, const struct step *st, struct outcome *o)
{
	int fd = openat(s->root, st->path[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *lines[300];
	struct dirent *e;
	size_t n = 0, i;
	long middle = -1;
	DIR *dir;

	outcome_ret(o, fd < 0 ? -1 : 0);
	if (fd < 0)
		return;
	dir = fdopendir(fd);
	while (n < 300 && (e = readdir(dir))) {
		struct stat sb;
		int same = fstatat(fd, e->d_name, &sb, AT_SYMLINK_NOFOLLOW) ? -errno :
			   sb.st_ino == e->d_ino;

		if (!strcmp(e->d_name, ".."))
			same = 1;
		if (asprintf(&lines[n], "%s %d %d", e->d_name, e->d_type, same) < 0)
			abort();
		if (++n == 2)
			middle = telldir(dir);
	}
	/* positions can be gone back to */
	if (middle >= 0) {
		size_t again = 0;

		seekdir(dir, middle);
		while ((e = readdir(dir)))
			again++;
		outcome_printf(o, "again %zu of %zu\n", again, n);
	}
	qsort(lines, n, sizeof(*lines), by_name);
	for (i = 0; i < n; i++) {
		outcome_printf(o, "%s\n", lines[i]);
		free(lines[i]);
	}
	closedir(dir);
}

struct handle {
	struct file_handle h;
	unsigned char room[MAX_HANDLE_SZ];
};

/* a handle leads back to the same file */
static void op_handle(struct side *s, const struct step *st, struct outcome *o)
{
	struct handle h = { .h.handle_bytes = MAX_HANDLE_SZ };
	struct stat before, after;
	int mount, fd;

	if (name_to_handle_at(s->root, st->path[0], &h.h, &mount, 0) ||
	    fstatat(s->root, st->path[0], &before, AT_SYMLINK_NOFOLLOW)) {
		outcome_ret(o, -1);
		return;
	}
	fd = open_by_handle_at(s->root, &h.h, O_PATH | O_CLOEXEC);
	outcome_ret(o, fd < 0 ? -1 : 0);
	if (fd < 0)
		return;
	if (fstat(fd, &after))
		outcome_printf(o, "no stat: %d\n", errno);
	else
		outcome_printf(o, "same %d\n", before.st_ino == after.st_ino);
	close(fd);
}

const struct op diff_names[] = {
	{ "open", 30, op_open },
	{ "tmpfile", 4, op_tmpfile },
	{ "linkfd", 4, op_linkfd },
	{ "close", 10, op_close },
	{ "unlink", 10, op_unlink },
	{ "rmdir", 6, op_rmdir },
	{ "mkdir", 12, op_mkdir },
	{ "mknod", 4, op_mknod },
	{ "link", 8, op_link },
	{ "symlink", 6, op_symlink },
	{ "readlink", 3, op_readlink },
	{ "rename", 18, op_rename },
	{ "readdir", 6, op_readdir },
	{ "handle", 4, op_handle },
	{ }
};
