// SPDX-License-Identifier: GPL-2.0
/*
 * bpio_scan.ko finds a pattern wherever it lies: across pages, across the pieces that
 * filters are shown, across calls, at both ends. It is put there through an open file that
 * only writes, and the answer is what open() says after that.
 */
#include <fcntl.h>
#include <unistd.h>

#include "sibling.h"

#define SCAN	"bpio_scan"
#define SIZE	(320 * 1024L)
#define MAX	64

static int put(const char *path, const char *bytes, size_t len, long pos)
{
	int fd = open(path, O_WRONLY);
	int bad = fd < 0 || pwrite(fd, bytes, len, pos) != (ssize_t)len;

	if (fd >= 0)
		close(fd);
	return bad ? fail_errno("%s: write at %ld", path, pos) : 0;
}

static int erase(const char *path, size_t len, long pos)
{
	static const char zeros[MAX];

	return put(path, zeros, len, pos);
}

/* EPERM or not, whichever way it is opened */
static int opens(const char *path, int wanted, long pos)
{
	static const int ways[] = { O_RDONLY, O_RDONLY | O_DIRECT, O_RDWR };

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		int fd = open(path, ways[i]);
		int err = fd < 0 ? errno : 0;

		if (fd >= 0)
			close(fd);
		if (err != (wanted ? 0 : EPERM))
			return fail("pattern at %ld, flags %#x: %s", pos, ways[i],
				    err ? strerror(err) : "was opened");
	}
	return 0;
}

static int at(const char *path, const char *pattern, long pos)
{
	const size_t len = strlen(pattern);

	return put(path, pattern, len, pos) || opens(path, 0, pos) ||
	       put(path, "#", 1, pos + len - 1) || opens(path, 1, pos) ||
	       erase(path, len, pos);
}

/* Each way to cut it in two, and whole on both sides */
static int around(const char *path, const char *pattern, long border)
{
	const long len = strlen(pattern);

	for (long pos = border - len; pos <= border; pos++)
		if (pos >= 0 && pos + len <= SIZE && at(path, pattern, pos))
			return 1;
	return 0;
}

/* A search that forgets what it has seen when a match fails misses these */
static int repeats(const char *path)
{
	static const char * const rows[][2] = {
		{ "aab", "aaab" }, { "abab", "aababab" }, { "aabaaab", "aabaabaaab" },
		{ "abcabd", "abcabcabd" }, { "\\x00\\x00a", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *text = rows[i][1] ? rows[i][1] : "a";

		if (sibling_set(SCAN, "pattern", rows[i][0]) ||
		    put(path, text, strlen(text), 4096) || opens(path, 0, 4096) ||
		    erase(path, strlen(text), 4096) || opens(path, 1, 4096))
			return fail("pattern %s in %s", rows[i][0], text);
	}
	return 0;
}

/*
 * A file that was open before: the read that would complete the pattern fails, whether it
 * is the next call or the next piece of one.
 */
static int reads(const char *path, const char *pattern, long border, long chunk)
{
	const long len = strlen(pattern);
	static char buf[SIZE];
	int fd = open(path, O_RDONLY);
	long n, pos = 0;

	if (fd < 0 || put(path, pattern, len, border - 3))
		return fail_errno("%s", path);
	while ((n = pread(fd, buf + pos, chunk, pos)) > 0)
		pos += n;
	if (n == 0 || errno != EPERM)
		return fail("pattern at %ld, reads of %ld: no error, or another", border, chunk);
	if (pos < border - chunk || pos >= border - 3 + len || memmem(buf, pos, pattern, len))
		return fail("pattern at %ld, reads of %ld: end at %ld", border, chunk, pos);
	close(fd);
	return erase(path, len, border - 3);
}

static int whole_file(const char *path)
{
	static const char zeros[SIZE];
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	if (fd < 0 || write(fd, zeros, SIZE) != SIZE)
		return fail_errno("%s", path);
	return close(fd);
}

static int finds(int argc, char **argv)
{
	static const long borders[] = { 0, 4096, 65536, 131072, 262144, SIZE };
	const char *path = argv[1], *pattern = argv[2];

	if (argc != 3 || strlen(pattern) > MAX)
		return fail("usage: scan-finds FILE PATTERN");
	if (sibling_set(SCAN, "pattern", pattern) || whole_file(path))
		return 1;
	for (size_t i = 0; i < sizeof(borders) / sizeof(*borders); i++)
		if (around(path, pattern, borders[i]))
			return 1;
	return reads(path, pattern, 8192, 4096) || reads(path, pattern, 262144, SIZE) ||
	       repeats(path) || sibling_set(SCAN, "pattern", pattern);
}

CHECK("scan-finds", finds, "FILE PATTERN: bpio_scan finds it wherever it lies")
