// SPDX-License-Identifier: GPL-2.0
/*
 * For programs that know nothing of the bypass: LD_PRELOAD=enable.so
 *
 * Every file that they open for nothing but O_DIRECT reads has it enabled. That it was refused
 * is no error, as with any program; a test looks at the counts of the mount.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/types.h>

#include <linux/bypassio.h>

typedef int open_fn(const char *path, int flags, ...);

static int open_and_enable(const char *name, const char *path, int flags, mode_t mode)
{
	struct bpio_args args = { .op = BPIO_OP_ENABLE };
	open_fn *fn = (open_fn *)dlsym(RTLD_NEXT, name);
	int fd, saved;

	if (!fn) {
		errno = ENOSYS;
		return -1;
	}
	fd = fn(path, flags, mode);
	if (fd < 0 || !(flags & O_DIRECT) || (flags & O_ACCMODE) != O_RDONLY)
		return fd;
	saved = errno;
	ioctl(fd, BPIO_IOC_MANAGE, &args);
	errno = saved;
	return fd;
}

static mode_t mode_of(int flags, va_list args)
{
	return flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return open_and_enable("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return open_and_enable("open64", path, flags, mode);
}
