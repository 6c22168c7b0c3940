// SPDX-License-Identifier: GPL-2.0
/* Operations on attributes, for diff_main.c */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <linux/fs.h>
#include <unistd.h>

#include "checks.h"
#include "diff.h"

static void op_stat(struct side *s, const struct step *st, struct outcome *o)
{
	struct stat sb;
	int ret = fstatat(s->root, st->path[0], &sb, st->rnd[0] % 2 ? AT_SYMLINK_NOFOLLOW : 0);

	outcome_ret(o, ret);
	if (!ret)
		outcome_stat(o, &sb);
}

static void op_fstat(struct side *s, const struct step *st, struct outcome *o)
{
	struct stat sb;
	int ret = fstat(s->fd[st->slot], &sb);

	outcome_ret(o, ret);
	if (!ret)
		outcome_stat(o, &sb);
}

static void op_statx(struct side *s, const struct step *st, struct outcome *o)
{
	struct statx sx;
	int ret = statx(s->root, st->path[0], AT_SYMLINK_NOFOLLOW, STATX_ALL | 0x2000, &sx);

	outcome_ret(o, ret);
	if (!ret)
		outcome_printf(o, "%llx %llx %x %o\n", (long long)sx.stx_attributes,
			       (long long)sx.stx_attributes_mask,
			       sx.stx_mask & ~0x1000, sx.stx_mode);
}

static void op_chmod(struct side *s, const struct step *st, struct outcome *o)
{
	mode_t mode = st->rnd[0] % 3 ? 0700 | (st->rnd[1] & 0777) : st->rnd[1] & 07777;

	if (st->rnd[2] % 3 == 0)
		outcome_ret(o, fchmod(s->fd[st->slot], mode));
	else
		outcome_ret(o, fchmodat(s->root, st->path[0], mode, 0));
}

static void op_chown(struct side *s, const struct step *st, struct outcome *o)
{
	static const uid_t ids[] = { 0, 1000, 1001, 1002, -1 };
	uid_t uid = ids[st->rnd[0] % 5], gid = ids[st->rnd[1] % 5];

	if (st->rnd[2] % 3 == 0)
		outcome_ret(o, fchown(s->fd[st->slot], uid, gid));
	else
		outcome_ret(o, fchownat(s->root, st->path[0], uid, gid,
					st->rnd[3] % 2 ? AT_SYMLINK_NOFOLLOW : 0));
}

static void op_utimes(struct side *s, const struct step *st, struct outcome *o)
{
	struct timespec ts[2] = {
		{ st->rnd[0] % 2000000000, st->rnd[1] % 1000000000 },
		{ st->rnd[2] % 2000000000, st->rnd[3] % 1000000000 },
	};

	if (st->rnd[4] % 4 == 0)
		ts[0].tv_nsec = UTIME_NOW;
	if (st->rnd[5] % 4 == 0)
		ts[1].tv_nsec = UTIME_OMIT;
	if (st->rnd[6] % 3 == 0)
		outcome_ret(o, futimens(s->fd[st->slot], ts));
	else
		outcome_ret(o, utimensat(s->root, st->path[0], ts,
					 st->rnd[7] % 2 ? AT_SYMLINK_NOFOLLOW : 0));
}

static void op_access(struct side *s, const struct step *st, struct outcome *o)
{
	outcome_ret(o, faccessat(s->root, st->path[0], st->rnd[0] % 8, AT_EACCESS));
}

static const char *const xattrs[] = {
	"user.one", "user.two", "user.a-rather-long-name-of-an-attribute", "trusted.one",
	"security.one", "system.nothing", "nonsense", "user.", "security.capability",
};

static void op_setxattr(struct side *s, const struct step *st, struct outcome *o)
{
	char value[6000];
	size_t len = st->rnd[1] % 20 ? st->rnd[2] % 200 : st->rnd[2] % sizeof(value);

	(void)s;
	memset(value, 'a' + st->rnd[3] % 26, sizeof(value));
	outcome_ret(o, lsetxattr(st->path[0], xattrs[st->rnd[0] % 9], value, len,
				 st->rnd[4] % 4));
}

static void op_getxattr(struct side *s, const struct step *st, struct outcome *o)
{
	char value[6000];
	ssize_t n = lgetxattr(st->path[0], xattrs[st->rnd[0] % 9], value,
			      st->rnd[1] % 4 ? sizeof(value) : st->rnd[2] % 100);

	(void)s;
	outcome_ret(o, n);
	if (n > 0 && st->rnd[1] % 4)
		outcome_add(o, value, n);
}

static void op_removexattr(struct side *s, const struct step *st, struct outcome *o)
{
	static const char *const acls[] = { "system.posix_acl_access", "system.posix_acl_default" };
	unsigned int n = st->rnd[0] % 11;

	(void)s;
	outcome_ret(o, lremovexattr(st->path[0], n < 9 ? xattrs[n] : acls[n - 9]));
}

static void op_listxattr(struct side *s, const struct step *st, struct outcome *o)
{
	char list[2000];
	ssize_t n = llistxattr(st->path[0], list, st->rnd[0] % 8 ? sizeof(list) : 10);

	(void)s;
	outcome_ret(o, n);
	if (n > 0)
		outcome_add(o, list, n);
}

/* version 2: entries of tag, permissions, id; little endian */
static void op_setacl(struct side *s, const struct step *st, struct outcome *o)
{
	struct { uint32_t version; struct { uint16_t tag, perm; uint32_t id; } e[5]; } acl = {
		2, {
			{ 1, st->rnd[0] % 8, -1 }, { 2, st->rnd[1] % 8, 1000 },
			{ 4, st->rnd[2] % 8, -1 }, { 16, st->rnd[3] % 8, -1 },
			{ 32, st->rnd[4] % 8, -1 },
		},
	};
	size_t len = sizeof(acl) - (st->rnd[5] % 12 ? 0 : 8);

	(void)s;
	outcome_ret(o, setxattr(st->path[0], st->rnd[6] % 2 ? "system.posix_acl_default" :
				"system.posix_acl_access", &acl, len, 0));
}

static void op_getacl(struct side *s, const struct step *st, struct outcome *o)
{
	char acl[500];
	ssize_t n = getxattr(st->path[0], st->rnd[6] % 2 ? "system.posix_acl_default" :
			     "system.posix_acl_access", acl, sizeof(acl));

	(void)s;
	outcome_ret(o, n);
	if (n > 0)
		outcome_add(o, acl, n);
}

/* what makes a file unchangeable is taken back soon, or nothing would go on */
static void op_setflags(struct side *s, const struct step *st, struct outcome *o)
{
	static const int flags[] = { FS_APPEND_FL, FS_IMMUTABLE_FL, FS_NODUMP_FL, FS_NOATIME_FL,
				     FS_SYNC_FL, 0, 0, 0, 0 };
	int now = 0, fd = s->fd[st->slot];

	if (ioctl(fd, FS_IOC_GETFLAGS, &now)) {
		outcome_ret(o, -1);
		return;
	}
	now &= ~(FS_APPEND_FL | FS_IMMUTABLE_FL | FS_NODUMP_FL | FS_NOATIME_FL | FS_SYNC_FL);
	now |= flags[st->rnd[0] % 9];
	outcome_ret(o, ioctl(fd, FS_IOC_SETFLAGS, &now));
}

static void op_getflags(struct side *s, const struct step *st, struct outcome *o)
{
	struct fsxattr fsx;
	int now = 0;

	if (ioctl(s->fd[st->slot], FS_IOC_GETFLAGS, &now) ||
	    ioctl(s->fd[st->slot], FS_IOC_FSGETXATTR, &fsx)) {
		outcome_ret(o, -1);
		return;
	}
	outcome_ret(o, 0);
	outcome_printf(o, "%x %x\n", now, fsx.fsx_xflags);
}

static void op_ioctl(struct side *s, const struct step *st, struct outcome *o)
{
	static const unsigned long cmds[] = { FIGETBSZ, FIONREAD, FS_IOC_GETVERSION, 0x5401,
					      0x66ff, FIBMAP };
	unsigned long cmd = cmds[st->rnd[0] % 6];
	int value = 0;

	outcome_ret(o, ioctl(s->fd[st->slot], cmd, &value));
	if (cmd == FIGETBSZ || cmd == FIONREAD)
		outcome_printf(o, "%d\n", value);
}

const struct op diff_attrs[] = {
	{ "stat", 10, op_stat },
	{ "fstat", 6, op_fstat },
	{ "statx", 3, op_statx },
	{ "chmod", 8, op_chmod },
	{ "chown", 6, op_chown },
	{ "utimes", 5, op_utimes },
	{ "access", 4, op_access },
	{ "setxattr", 6, op_setxattr },
	{ "getxattr", 4, op_getxattr },
	{ "removexattr", 4, op_removexattr },
	{ "listxattr", 3, op_listxattr },
	{ "setacl", 4, op_setacl },
	{ "getacl", 2, op_getacl },
	{ "setflags", 4, op_setflags },
	{ "getflags", 2, op_getflags },
	{ "ioctl", 3, op_ioctl },
	{ }
};
