// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "../modules/bpio_caller.h"
#include "caller_call.h"

int caller_open(void)
{
	int dev = open("/dev/" CALLER, O_RDWR | O_CLOEXEC);

	if (dev < 0)
		exit(fail_errno("/dev/" CALLER));
	return dev;
}

int caller_manage(int dev, int fd, struct bpio_args *a)
{
	struct bpio_caller_manage m = { .fd = fd, .args = (uintptr_t)a };

	return ioctl(dev, BPIO_CALLER_MANAGE, &m) < 0 ? -errno : 0;
}

int caller_call(int dev, int fd, unsigned int op, unsigned int in_flags, struct bpio_args *a)
{
	memset(a, 0, sizeof(*a));
	a->op = op;
	a->in_flags = in_flags;
	return caller_manage(dev, fd, a);
}

int caller_count(int dev, int fd, unsigned int *count, long *at_ptr)
{
	struct bpio_caller_count c = { .fd = fd };

	if (ioctl(dev, BPIO_CALLER_COUNT, &c) < 0)
		return -errno;
	*count = c.count;
	*at_ptr = c.has_ptr ? (long)c.at_ptr : -1;
	return 0;
}

static int block(int dev, unsigned long cmd, int fd, const char *who)
{
	struct bpio_caller_block b = { .fd = fd };

	snprintf(b.who, sizeof(b.who), "%s", who);
	return ioctl(dev, cmd, &b) < 0 ? -errno : 0;
}

int caller_block(int dev, int fd, const char *who)
{
	return block(dev, BPIO_CALLER_BLOCK, fd, who);
}

int caller_unblock(int dev, int fd, const char *who)
{
	return block(dev, BPIO_CALLER_UNBLOCK, fd, who);
}
