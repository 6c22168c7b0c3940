// SPDX-License-Identifier: GPL-2.0
/*
 * A program that appends, truncates and syncs, and what of it must be there after a power cut. Each
 * byte is that of its place, whenever it is written.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checks.h"

/* Never zero */
static unsigned char byte_at(long pos)
{
	return (unsigned char)((uint64_t)(pos + 1) * 0x9e3779b97f4a7c15ull >> 40) | 1;
}

/* From now on this much is synced */
static int mark(const char *dm, long size)
{
	char text[32];
	int status;
	pid_t pid;

	snprintf(text, sizeof(text), "%ld", size);
	pid = fork();
	if (!pid) {
		execlp("dmsetup", "dmsetup", "message", dm, "0", "mark", text, NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		return fail("dmsetup message %s mark", dm);
	return 0;
}

/* In the middle of a block that is on the disk; and what is written for that gets there first */
static int shorten(int fd, const char *dm, long *size, long *synced, long by)
{
	*size = *synced - by;
	*synced = *size;
	if (mark(dm, *size))
		return 1;
	if (ftruncate(fd, *size) || sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE |
						    SYNC_FILE_RANGE_WAIT_AFTER))
		return fail_errno("truncate to %ld", *size);
	return 0;
}

static int crypt_append(int argc, char **argv)
{
	static const int lens[] = { 1, 3, 7, 16, 5, 31, 700, 2, 9, 4100, 11, 15, 1, 17, 33 };
	unsigned char data[8192];
	long size = 0, synced = 0;
	int fd;

	if (argc != 4)
		return fail("usage: crypt-append FILE DM-NAME TIMES");
	fd = open(argv[1], O_WRONLY | O_APPEND);
	if (fd < 0)
		return fail_errno("%s", argv[1]);
	for (unsigned int i = 0; i < number(argv[3]); i++) {
		long len = lens[i % (sizeof(lens) / sizeof(*lens))];

		for (long j = 0; j < len; j++)
			data[j] = byte_at(size + j);
		if (write(fd, data, len) != len)
			return fail_errno("append");
		size += len;
		/* What others have the lower file system write comes in between */
		if (i % 7 == 3 && sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE))
			return fail_errno("sync_file_range");
		if (i % 10 == 9) {
			if ((i & 1 ? fdatasync(fd) : fsync(fd)) || mark(argv[2], size))
				return fail_errno("sync");
			synced = size;
		}
		if (i % 13 == 12)
			sync();
		/* From here on that much less has to be there */
		if (i % 20 == 13 && shorten(fd, argv[2], &size, &synced, 1 + i % 37))
			return 1;
	}
	close(fd);
	return 0;
}

CHECK("crypt-append", crypt_append,
      "FILE DM-NAME TIMES: appends, truncates, syncs, and marks what is synced")

static int crypt_appended(int argc, char **argv)
{
	static unsigned char data[1 << 20];
	long synced, zeroes = 0;
	struct stat st;
	int fd;

	if (argc != 3)
		return fail("usage: crypt-appended FILE SYNCED");
	synced = (long)number(argv[2]);
	fd = open(argv[1], O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		return fail_errno("%s", argv[1]);
	if (st.st_size < synced)
		return fail("%ld bytes, %ld were synced", (long)st.st_size, synced);
	if (read(fd, data, sizeof(data)) != st.st_size)
		return fail_errno("read of %ld bytes", (long)st.st_size);
	for (long pos = 0; pos < st.st_size; pos++) {
		const unsigned char c = data[pos];

		if (c != byte_at(pos) && (c || pos < synced))
			return fail("byte %ld of %ld, %ld synced: %#x, wanted %#x", pos,
				    (long)st.st_size, synced, c, byte_at(pos));
		zeroes += !c;
	}
	printf("%ld bytes, %ld synced, %ld zero\n", (long)st.st_size, synced, zeroes);
	return 0;
}

CHECK("crypt-appended", crypt_appended, "FILE SYNCED: has what crypt-append had synced of it")
