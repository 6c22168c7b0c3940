// SPDX-License-Identifier: GPL-2.0
/* The only place that calls the kernel on behalf of the verbs. Everything returns -errno. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kapi.h"

/**
 * kapi_open() - open a file or directory for reading
 * @path: what to open
 * @direct: ask for O_DIRECT; where it is not accepted the file is opened without
 * @is_direct: set to whether the file is open with O_DIRECT; may be NULL
 *
 * A fifo or a terminal does not hold the caller up.
 *
 * Return: a file descriptor, or -errno.
 */
int kapi_open(const char *path, bool direct, bool *is_direct)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = -1;

	if (is_direct)
		*is_direct = false;
	if (direct) {
		fd = open(path, flags | O_DIRECT);
		if (fd < 0 && errno != EINVAL && errno != EOPNOTSUPP)
			return -errno;
		if (fd >= 0 && is_direct)
			*is_direct = true;
	}
	if (fd < 0)
		fd = open(path, flags);
	return fd < 0 ? -errno : fd;
}

/**
 * kapi_send() - one BPIO_IOC_MANAGE, as it is
 * @fd: any open file of a bypassfs mount
 * @args: the request, takes the answer
 *
 * Return: 0, or -errno; a veto is an answer and returns 0.
 */
int kapi_send(int fd, struct bpio_args *args)
{
	return ioctl(fd, BPIO_IOC_MANAGE, args) < 0 ? -errno : 0;
}

/**
 * kapi_manage() - the same, of a request without more than flags
 * @fd: any open file of a bypassfs mount
 * @op: enum bpio_op
 * @in_flags: BPIO_IN_*
 * @args: takes the answer; what was in it is lost
 *
 * Return: 0, or -errno; a veto is an answer and returns 0.
 */
int kapi_manage(int fd, __u32 op, __u32 in_flags, struct bpio_args *args)
{
	memset(args, 0, sizeof(*args));
	args->op = op;
	args->in_flags = in_flags;
	return kapi_send(fd, args);
}

/**
 * kapi_watch() - begin to watch; read() does not wait
 * @fd: any open file of a bypassfs mount; may be closed afterwards
 * @volume: events of all its inodes, not only of this one
 * @events: a bit for each enum bpio_event_type
 *
 * Return: a file descriptor, or -errno.
 */
int kapi_watch(int fd, bool volume, __u64 events)
{
	struct bpio_watch watch = {
		.flags = BPIO_WATCH_NONBLOCK | (volume ? BPIO_WATCH_VOLUME : 0),
		.events = events,
	};
	int new = ioctl(fd, BPIO_IOC_WATCH, &watch);

	return new < 0 ? -errno : new;
}

/**
 * kapi_filters() - a part of the list of filters
 * @fd: any open file of a bypassfs mount
 * @first: number of the first to list
 * @filters: takes the answer; what was in it is lost
 *
 * Return: 0, or -errno.
 */
int kapi_filters(int fd, __u32 first, struct bpio_filters *filters)
{
	memset(filters, 0, sizeof(*filters));
	filters->first = first;
	return ioctl(fd, BPIO_IOC_FILTERS, filters) < 0 ? -errno : 0;
}
