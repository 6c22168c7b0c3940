// SPDX-License-Identifier: GPL-2.0
/* What else programs do with an encrypted file: copy it, name it, look for its attribute. */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "crypt_call.h"

#define SIZE	(150 * 1024 + 11)
#define ATTR	"trusted.bpio_crypt"

static char want[SIZE], got[SIZE];

/* The file that @fd is of has the bytes of @want and no more */
static int has(int fd, size_t size, const char *what)
{
	ssize_t n = pread(fd, got, SIZE, 0);

	if (n != (ssize_t)size || lseek(fd, 0, SEEK_END) != (off_t)size)
		return fail("%s: %zd bytes of %ld, wanted %zu", what, n,
			    (long)lseek(fd, 0, SEEK_END), size);
	for (size_t i = 0; i < size; i++)
		if (got[i] != want[i])
			return fail("%s: byte %zu is %#x, wanted %#x", what, i,
				    (unsigned char)got[i], (unsigned char)want[i]);
	return 0;
}

static int listed(const char *path)
{
	char list[1024];
	ssize_t n = listxattr(path, list, sizeof(list));

	for (ssize_t i = 0; i < n; i += (ssize_t)strlen(list + i) + 1)
		if (!strcmp(list + i, ATTR))
			return 1;
	return n < 0 ? -1 : 0;
}

static int attribute(const char *file, const char *lower)
{
	char value[4096];

	if (getxattr(lower, ATTR, value, sizeof(value)) <= 0 || listed(lower) != 1)
		return fail_errno("no attribute below");
	if (setxattr(file, "trusted.other", "x", 1, 0) || setxattr(file, "user.x", "x", 1, 0))
		return fail_errno("setxattr");
	if (getxattr(file, ATTR, value, sizeof(value)) != -1 || errno != ENODATA || listed(file))
		return fail_errno("the attribute can be seen");
	if (!setxattr(file, ATTR, "x", 1, 0) || errno != EPERM || !removexattr(file, ATTR) ||
	    errno != EPERM)
		return fail_errno("the attribute can be changed");
	if (listxattr(file, value, sizeof(value)) < 20 || removexattr(file, "trusted.other"))
		return fail_errno("another attribute");
	return 0;
}

static int splice_all(int from, int to)
{
	int fds[2];
	ssize_t n, m;

	if (pipe(fds))
		return fail_errno("pipe");
	while ((n = splice(from, NULL, fds[1], NULL, 65536, 0)) > 0)
		for (; n > 0; n -= m) {
			m = splice(fds[0], NULL, to, NULL, (size_t)n, 0);
			if (m <= 0)
				return fail_errno("splice");
		}
	close(fds[0]);
	close(fds[1]);
	return n ? fail_errno("splice") : 0;
}

static int range_all(int from, int to)
{
	size_t left = SIZE;
	ssize_t n;

	for (; left; left -= (size_t)n) {
		n = copy_file_range(from, NULL, to, NULL, left, 0);
		if (n <= 0)
			return fail_errno("copy_file_range, %zu left", left);
	}
	return 0;
}

static int send_all(int from, int to)
{
	size_t left = SIZE;
	ssize_t n;

	for (; left; left -= (size_t)n) {
		n = sendfile(to, from, NULL, left);
		if (n <= 0)
			return fail_errno("sendfile, %zu left", left);
	}
	return 0;
}

/* From the encrypted file to a plain one, and back */
static int copies(int fd, const char *other)
{
	static int (*const ways[])(int, int) = { range_all, send_all, splice_all };
	int to = open(other, O_RDWR | O_CREAT | O_TRUNC, 0644);

	if (to < 0)
		return fail_errno("%s", other);
	for (unsigned int i = 0; i < 2 * sizeof(ways) / sizeof(*ways); i++) {
		int a = i % 2 ? to : fd, b = i % 2 ? fd : to;

		if (ftruncate(b, 0) || lseek(a, 0, SEEK_SET) || lseek(b, 0, SEEK_SET) ||
		    ways[i / 2](a, b) || has(b, SIZE, "a copy"))
			return fail("way %u %s", i / 2, i % 2 ? "back" : "there");
	}
	if (!ioctl(to, FICLONE, fd) || errno != EOPNOTSUPP || !ioctl(fd, FICLONE, to) ||
	    errno != EOPNOTSUPP)
		return fail_errno("blocks of an encrypted file can be shared");
	close(to);
	return has(fd, SIZE, "after copies");
}

/* Two names, one of which changes, is one file */
static int names(int fd, const char *file)
{
	char second[256], third[256];
	int other;

	snprintf(second, sizeof(second), "%s.2", file);
	snprintf(third, sizeof(third), "%s.3", file);
	if (link(file, second) || rename(second, third))
		return fail_errno("%s", second);
	other = open(third, O_RDWR);
	memset(want + 70001, 'n', 50);
	if (other < 0 || pwrite(other, want + 70001, 50, 70001) != 50 || has(fd, SIZE, "a name"))
		return fail_errno("%s", third);
	if (crypt_state(other) != BPIO_CRYPT_ENCRYPTED || unlink(file) || rename(third, file))
		return fail_errno("%s", third);
	return close(other) || has(fd, SIZE, "after rename");
}

static int empties(const char *file, const char *lower)
{
	static const char text[] = "not to be seen";
	int fd = open(file, O_RDWR | O_TRUNC);
	int below = open(lower, O_RDONLY);

	if (fd < 0 || has(fd, 0, "O_TRUNC") || crypt_state(fd) != BPIO_CRYPT_ENCRYPTED)
		return fail("O_TRUNC: state %d", crypt_state(fd));
	memcpy(want, text, sizeof(text));
	if (write(fd, text, sizeof(text)) != sizeof(text) || has(fd, sizeof(text), "written"))
		return fail_errno("after O_TRUNC");
	if (read(below, got, SIZE) != sizeof(text) || memmem(got, sizeof(text), "seen", 4))
		return fail("plain text in the lower file");
	close(below);
	return close(fd);
}

static int crypt_files(int argc, char **argv)
{
	int fd;

	if (argc != 4)
		return fail("usage: crypt-files FILE LOWER OTHER");
	for (int i = 0; i < SIZE; i++)
		want[i] = (char)(i * 7 + i / 251);
	fd = open(argv[1], O_RDWR | O_CREAT, 0644);
	if (fd < 0 || write(fd, want, SIZE) != SIZE || crypt_must(argv[1], BPIO_CRYPT_OP_ENCRYPT))
		return fail_errno("%s", argv[1]);
	if (attribute(argv[1], argv[2]) || copies(fd, argv[3]) || names(fd, argv[1]))
		return 1;
	close(fd);
	return empties(argv[1], argv[2]);
}

CHECK("crypt-files", crypt_files,
      "FILE LOWER OTHER: copies, names and attributes of an encrypted file")

#define KEYCTL_REVOKE_KEY	3

/* The key goes while the file is open */
static int crypt_revoked(int argc, char **argv)
{
	char desc[] = BPIO_CRYPT_KEY_PREFIX CRYPT_KEY, c = 'r';
	long key;
	int fd;

	if (argc != 2)
		return fail("usage: crypt-revoked FILE");
	fd = open(argv[1], O_RDWR);
	key = syscall(SYS_request_key, "logon", desc, NULL, 0);
	if (fd < 0 || key < 0 || syscall(SYS_keyctl, KEYCTL_REVOKE_KEY, key))
		return fail_errno("no key to revoke");
	if (open(argv[1], O_RDONLY) >= 0 || errno != EKEYREVOKED)
		return fail_errno("opened with a revoked key");
	if (pwrite(fd, &c, 1, 1) != 1 || pread(fd, got, 2, 0) != 2 || got[1] != c)
		return fail_errno("what was open cannot be used any more");
	close(fd);
	return 0;
}

CHECK("crypt-revoked", crypt_revoked, "FILE: its key is revoked while it is open")
