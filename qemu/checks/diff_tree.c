// SPDX-License-Identifier: GPL-2.0
/* Two trees, compared name by name, for diff_main.c */
#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <linux/fs.h>
#include <unistd.h>

#include "checks.h"
#include "diff.h"

static int walk(int a, int b, const char *where, int exact, int depth);

static int same_bytes(int a, int b, const char *where)
{
	static unsigned char ba[65536], bb[65536];
	ssize_t na, nb;

	do {
		na = read(a, ba, sizeof(ba));
		nb = read(b, bb, sizeof(bb));
		if (na != nb || (na > 0 && memcmp(ba, bb, na)))
			return fail("%s: different bytes", where);
	} while (na > 0);
	return na ? fail_errno("%s: read", where) : 0;
}

static int list_of(int fd, const char *name, char *list, size_t size)
{
	char path[60 + 256];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", fd, name);
	return llistxattr(path, list, size);
}

static int same_xattrs(int a, int b, const char *name, const char *where)
{
	char la[4096], lb[4096], va[6000], vb[6000], path[60 + 256];
	int na = list_of(a, name, la, sizeof(la)), nb = list_of(b, name, lb, sizeof(lb)), i;

	if (na != nb || (na > 0 && memcmp(la, lb, na)))
		return fail("%s: different xattrs, %d and %d bytes of names", where, na, nb);
	for (i = 0; i < na; i += strlen(la + i) + 1) {
		int sa, sb;

		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", a, name);
		sa = lgetxattr(path, la + i, va, sizeof(va));
		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", b, name);
		sb = lgetxattr(path, la + i, vb, sizeof(vb));
		if (sa != sb || (sa > 0 && memcmp(va, vb, sa)))
			return fail("%s: xattr %s differs", where, la + i);
	}
	return 0;
}

static int same_stat(const struct stat *a, const struct stat *b, const char *where, int exact)
{
	static struct outcome oa, ob;

	oa.len = ob.len = 0;
	outcome_stat(&oa, a);
	outcome_stat(&ob, b);
	if (oa.len != ob.len || memcmp(oa.data, ob.data, oa.len))
		return fail("%s: stat: %.*s%.*s", where, (int)oa.len, oa.data,
			    (int)ob.len, ob.data);
	if (outcome_times_differ(&oa, &ob))
		return fail("%s: times: %ld %ld %ld, %ld %ld %ld", where, a->st_atime, a->st_mtime,
			    a->st_ctime, b->st_atime, b->st_mtime, b->st_ctime);
	if (exact && (a->st_ino != b->st_ino || a->st_blocks != b->st_blocks ||
		      memcmp(&a->st_mtim, &b->st_mtim, 2 * sizeof(a->st_mtim))))
		return fail("%s: another inode, number of blocks, or time", where);
	return 0;
}

static int compare(int a, int b, const char *name, const char *where, int exact, int depth)
{
	struct stat sa, sb;
	char ta[300], tb[300];
	int fa, fb, la, lb, flag_a = 0, flag_b = 0, bad;

	if (fstatat(a, name, &sa, AT_SYMLINK_NOFOLLOW) ||
	    fstatat(b, name, &sb, AT_SYMLINK_NOFOLLOW))
		return fail_errno("%s: stat", where);
	if (same_stat(&sa, &sb, where, exact) || same_xattrs(a, b, name, where))
		return 1;
	if (S_ISLNK(sa.st_mode)) {
		la = readlinkat(a, name, ta, sizeof(ta));
		lb = readlinkat(b, name, tb, sizeof(tb));
		return la == lb && !memcmp(ta, tb, la) ? 0 : fail("%s: another target", where);
	}
	if (!S_ISREG(sa.st_mode) && !S_ISDIR(sa.st_mode))
		return 0;
	fa = openat(a, name, O_RDONLY | O_CLOEXEC);
	fb = openat(b, name, O_RDONLY | O_CLOEXEC);
	if (fa < 0 || fb < 0)
		return fail_errno("%s: open", where);
	bad = ioctl(fa, FS_IOC_GETFLAGS, &flag_a) != ioctl(fb, FS_IOC_GETFLAGS, &flag_b);
	if (bad || (exact && flag_a != flag_b))
		bad = fail("%s: flags %x and %x", where, flag_a, flag_b);
	else if (S_ISREG(sa.st_mode))
		bad = same_bytes(fa, fb, where);
	else
		bad = walk(fa, fb, where, exact, depth + 1);
	close(fa);
	close(fb);
	return bad;
}

static int names_of(int fd, char **names, int max)
{
	DIR *dir = fdopendir(openat(fd, ".", O_RDONLY | O_CLOEXEC));
	struct dirent *e;
	int n = 0;

	while (dir && n < max && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			names[n++] = strdup(e->d_name);
	if (dir)
		closedir(dir);
	return n;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int walk(int a, int b, const char *where, int exact, int depth)
{
	char *na[300], *nb[300], path[DIFF_PATH + 300];
	int ca = names_of(a, na, 300), cb = names_of(b, nb, 300), i, bad = 0;

	if (depth > 30)
		return fail("%s: too deep", where);
	if (ca != cb)
		return fail("%s: %d and %d names", where, ca, cb);
	qsort(na, ca, sizeof(*na), by_name);
	qsort(nb, cb, sizeof(*nb), by_name);
	for (i = 0; i < ca; i++) {
		snprintf(path, sizeof(path), "%.600s/%s", where, na[i]);
		if (!bad && strcmp(na[i], nb[i]))
			bad = fail("%s: there is %s as well", path, nb[i]);
		if (!bad)
			bad = compare(a, b, na[i], path, exact, depth);
		free(na[i]);
		free(nb[i]);
	}
	return bad;
}

int diff_trees(int a, int b, int exact)
{
	return walk(a, b, "", exact, 0);
}
