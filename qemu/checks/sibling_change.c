// SPDX-License-Identifier: GPL-2.0
/* One change of a file's content, in one of the ways that there are. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks.h"

#define BLOCK	4096

static int by_write(const char *path, int flags, const char *buf, size_t len)
{
	int fd = open(path, O_WRONLY | flags);

	if (fd < 0 || write(fd, buf, len) != (ssize_t)len)
		return fail_errno("%s", path);
	return close(fd);
}

/* As long as it was; so a filter cannot go by the size */
static int by_truncate(const char *path, int by_name)
{
	int fd = by_name ? -1 : open(path, O_WRONLY);
	struct stat st;

	if (stat(path, &st))
		return fail_errno("%s", path);
	if (by_name ? truncate(path, st.st_size) : ftruncate(fd, st.st_size))
		return fail_errno("truncate %s", path);
	return by_name ? 0 : close(fd);
}

static int by_fallocate(const char *path)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, BLOCK))
		return fail_errno("fallocate %s", path);
	return close(fd);
}

static int by_mapping(const char *path)
{
	int fd = open(path, O_RDWR);
	char *p = fd < 0 ? MAP_FAILED : mmap(NULL, BLOCK, PROT_READ, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return fail_errno("mmap %s", path);
	close(fd);
	/* Not writable before: nobody is told of this */
	if (mprotect(p, BLOCK, PROT_READ | PROT_WRITE))
		return fail_errno("mprotect");
	p[1]++;
	return munmap(p, BLOCK) ? fail_errno("munmap") : 0;
}

static int by_kernel(const char *path, int sendfile_it)
{
	int out = open(path, O_WRONLY), in = open("/proc/self/exe", O_RDONLY);
	ssize_t n = -1;

	if (out >= 0 && in >= 0)
		n = sendfile_it ? sendfile(out, in, NULL, BLOCK) :
				  copy_file_range(in, NULL, out, NULL, BLOCK, 0);
	if (n < 0 && errno == EXDEV) {
		/* Then from the file itself */
		close(in);
		in = open(path, O_RDONLY);
		lseek(in, BLOCK, SEEK_SET);
		n = copy_file_range(in, NULL, out, NULL, BLOCK, 0);
	}
	if (n != BLOCK)
		return fail_errno("%s: %zd", path, n);
	return close(in) || close(out);
}

static int change(int argc, char **argv)
{
	static const char block[BLOCK] __attribute__((aligned(BLOCK))) = "direct";
	const char *path = argv[1], *how = argc == 3 ? argv[2] : "";

	if (!strcmp(how, "write"))
		return by_write(path, 0, "written", 7);
	if (!strcmp(how, "direct"))
		return by_write(path, O_DIRECT, block, BLOCK);
	if (!strcmp(how, "append"))
		return by_write(path, O_APPEND, "appended", 8);
	if (!strcmp(how, "truncate"))
		return by_truncate(path, 1);
	if (!strcmp(how, "ftruncate"))
		return by_truncate(path, 0);
	if (!strcmp(how, "fallocate"))
		return by_fallocate(path);
	if (!strcmp(how, "mapping"))
		return by_mapping(path);
	if (!strcmp(how, "sendfile"))
		return by_kernel(path, 1);
	if (!strcmp(how, "copy"))
		return by_kernel(path, 0);
	return fail("usage: change FILE write|direct|append|truncate|ftruncate|fallocate|mapping|sendfile|copy");
}

CHECK("change", change, "FILE HOW: change what a file holds, in one way")
