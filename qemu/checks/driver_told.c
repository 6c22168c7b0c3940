// SPDX-License-Identifier: GPL-2.0
/* When volume drivers are told what: counts go from 0 to 1 and back, and nothing else does. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver_call.h"

static int dev;

static int op(int fd, unsigned int op, unsigned int flags)
{
	struct bpio_args a;
	int err = bpio_call(fd, op, flags, &a);

	return err ? fail("%s: %s", bpio_op_name(op), strerror(-err)) : 0;
}

static int queries_are(unsigned int want, const char *what)
{
	const unsigned int got = driver_state(dev, 0).queries;

	return got == want ? 0 : fail("%s: %u times asked with QUERY, wanted %u", what, got, want);
}

static unsigned int times_asked(void)
{
	const struct bpio_voldrv_state s = driver_state(dev, 0);

	return s.enables + s.disables + s.queries;
}

/* Operations that are none of its business, and what is not sent through the mount */
static int not_asked(int fd, const char *lower)
{
	static const unsigned int others[] = {
		BPIO_OP_GET_INFO, BPIO_OP_STREAM_PAUSE, BPIO_OP_VOLUME_PAUSE,
		BPIO_OP_DISABLE,
	};
	const unsigned int before = times_asked();
	struct bpio_args a;
	int below = open(lower, O_RDONLY | O_DIRECT);

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (op(fd, others[i], 0) || times_asked() != before)
			return fail("%s: the driver was asked", bpio_op_name(others[i]));
	for (unsigned int i = 1; i < BPIO_OP_MAX; i++)
		if (bpio_call(below, i, 0, &a) != -ENOTTY || times_asked() != before)
			return fail("%s was sent past the mount", bpio_op_name(i));
	return close(below) || op(fd, BPIO_OP_VOLUME_RESUME, 0);
}

/* In a process of its own, which is killed while its file is enabled */
static int by_another(const char *path)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		int fd = open(path, O_RDONLY | O_DIRECT);

		if (fd < 0 || op(fd, BPIO_OP_ENABLE, 0))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
		return fail("who is killed could not enable");
	return 0;
}

static int of_handles(const char *one, const char *other)
{
	int a = open(one, O_RDONLY | O_DIRECT), b = open(one, O_RDONLY | O_DIRECT);
	int c = open(other, O_RDONLY | O_DIRECT), bad;
	const unsigned int queries = driver_state(dev, 0).queries;

	if (a < 0 || b < 0 || c < 0)
		return fail_errno("open");
	bad = op(a, BPIO_OP_DISABLE, 0) || driver_told(dev, 0, 0, 0) ||
	      op(a, BPIO_OP_ENABLE, 0) || driver_told(dev, 0, 1, 0) ||
	      op(a, BPIO_OP_ENABLE, 0) || op(b, BPIO_OP_ENABLE, 0) ||
	      op(c, BPIO_OP_ENABLE, 0) || op(c, BPIO_OP_QUERY, 0) ||
	      op(a, BPIO_OP_DISABLE, 0) || op(a, BPIO_OP_DISABLE, 0) || close(b) ||
	      driver_told(dev, 0, 1, 0) || queries_are(queries, "neither first nor last") ||
	      op(c, BPIO_OP_DISABLE, 0) ||
	      driver_told(dev, 0, 1, 1) || op(c, BPIO_OP_DISABLE, 0) ||
	      driver_told(dev, 0, 1, 1) || op(c, BPIO_OP_ENABLE, 0) ||
	      driver_told(dev, 0, 2, 1) || close(c) || driver_told(dev, 0, 2, 2) ||
	      op(a, BPIO_OP_ENABLE, 0) || op(a, BPIO_OP_VOLUME_PAUSE, 0) ||
	      op(a, BPIO_OP_VOLUME_RESUME, 0) || driver_told(dev, 0, 3, 2);
	return close(a) || bad;
}

static int told(int argc, char **argv)
{
	unsigned int disk;
	int fd;

	if (argc != 4)
		return fail("usage: driver-told FILE FILE LOWER_FILE");
	dev = driver_open();
	disk = driver_dev(argv[3]);
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	if (fd < 0 || driver_add(dev, 0, OPTED_IN, disk) || driver_add(dev, 1, OPTED_IN, disk + 1))
		return fail("cannot start");
	if (driver_state(dev, 0).units != 1 || driver_state(dev, 1).units)
		return fail("a driver has another device than it claims");
	if (not_asked(fd, argv[3]) || driver_remove(dev, 0) || driver_add(dev, 0, OPTED_IN, disk))
		return 1;
	if (op(fd, BPIO_OP_QUERY, 0) || queries_are(1, "QUERY") ||
	    op(fd, BPIO_OP_QUERY, BPIO_IN_SKIP_STORAGE) || queries_are(1, "the filter half") ||
	    op(fd, BPIO_OP_GET_INFO, 0) || queries_are(1, "GET_INFO") ||
	    driver_told(dev, 0, 0, 0))
		return 1;
	if (of_handles(argv[1], argv[2]) || driver_told(dev, 0, 3, 3) || by_another(argv[1]) ||
	    driver_told(dev, 0, 4, 4) || driver_told(dev, 1, 0, 0))
		return 1;
	/* It leaves an active mount */
	if (op(fd, BPIO_OP_ENABLE, 0) || driver_add(dev, 2, OPTED_IN, 0) ||
	    driver_told(dev, 2, 1, 0) || driver_remove(dev, 2) || driver_told(dev, 2, 1, 1) ||
	    driver_state(dev, 2).units || op(fd, BPIO_OP_DISABLE, 0))
		return 1;
	return driver_told(dev, 0, 5, 5) || driver_told(dev, 2, 1, 1);
}

CHECK("driver-told", told, "FILE FILE LOWER_FILE: ENABLE from 0 to 1, DISABLE from 1 to 0")
