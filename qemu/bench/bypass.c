// SPDX-License-Identifier: GPL-2.0
/* The ioctl, as far as the bench needs it */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/bypassio.h>

#include "bench.h"

static void manage(int fd, unsigned int op, unsigned int flags, struct bpio_args *args)
{
	memset(args, 0, sizeof(*args));
	args->op = op;
	args->in_flags = flags;
	if (ioctl(fd, BPIO_IOC_MANAGE, args))
		die("BPIO_IOC_MANAGE");
}

/**
 * bypass_send() - one operation; a veto is an error
 * @fd: the file
 * @op: enum bpio_op, one that has no input
 */
void bypass_send(int fd, unsigned int op)
{
	struct bpio_args args;

	manage(fd, op, 0, &args);
	if (op != BPIO_OP_ENABLE && op != BPIO_OP_STREAM_RESUME && op != BPIO_OP_VOLUME_RESUME)
		return;
	if (args.results.filter.status || args.results.storage.status) {
		fprintf(stderr, "bench: refused: %.*s%.*s\n", BPIO_TEXT_MAX,
			args.results.filter.text, BPIO_TEXT_MAX, args.results.storage.text);
		errno = EPERM;
		die("the bypass");
	}
}

/**
 * bypass_enable() - enable the bypass, or say that there is nothing to measure
 * @fd: the file
 */
void bypass_enable(int fd)
{
	struct bpio_args args;

	manage(fd, BPIO_OP_ENABLE, 0, &args);
	if (args.results.filter.status)
		not_available("the bypass is refused: %.*s", args.results.filter.text_len,
			      args.results.filter.text);
	if (args.results.storage.status)
		not_available("the bypass is refused: %.*s", args.results.storage.text_len,
			      args.results.storage.text);
}

/**
 * bypass_reads() - how many reads of the open file took the full bypass
 * @fd: the file, enabled
 */
unsigned long long bypass_reads(int fd)
{
	struct bpio_args args;

	manage(fd, BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE, &args);
	return args.info.reads[BPIO_PATH_FULL];
}

/**
 * bypass_obstacle() - what kept most of the others from it
 * @fd: the file, enabled
 */
const char *bypass_obstacle(int fd)
{
	static char text[32];
	struct bpio_args args;
	int most = 0;

	manage(fd, BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE, &args);
	args.info.reasons[BPIO_REASON_NONE] = 0;
	for (int i = 1; i < BPIO_REASON_MAX; i++)
		if (args.info.reasons[i] > args.info.reasons[most])
			most = i;
	snprintf(text, sizeof(text), "reason %d", most);
	return text;
}
