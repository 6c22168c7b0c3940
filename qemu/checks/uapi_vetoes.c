// SPDX-License-Identifier: GPL-2.0
/* What a handle is told that cannot bypass, and single operations for the tests' scripts. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "uapi_call.h"

static int veto_is(int fd, unsigned int op, unsigned int reason, const char *what)
{
	const struct bpio_result *r;
	struct bpio_args a;
	int err = bpio_answer(fd, op, &a);

	if (err)
		return fail("%s: %s: %s", what, bpio_op_name(op), strerror(-err));
	r = &a.results.filter;
	if (!r->status || r->reason != reason)
		return fail("%s: %s: status %d, reason %s, wanted %s", what, bpio_op_name(op),
			    r->status, bpio_reason_name(r->reason), bpio_reason_name(reason));
	if (r->status > 0 || !r->driver_len || !r->text_len)
		return fail("%s: %s: a refusal without errno, driver or text", what,
			    bpio_op_name(op));
	if (a.results.storage.status || a.results.storage.reason)
		return fail("%s: %s: the storage half was asked after a veto", what,
			    bpio_op_name(op));
	if (a.out_flags & BPIO_OUT_ENABLED || a.stream_count)
		return fail("%s: %s: refused, and counted", what, bpio_op_name(op));
	return 0;
}

static int handle_vetoed(const char *path, int flags, unsigned int reason, const char *what)
{
	int fd = open(path, flags), bad;

	if (fd < 0)
		return fail_errno("%s: open %s", what, path);
	bad = veto_is(fd, BPIO_OP_ENABLE, reason, what);
	bad |= veto_is(fd, BPIO_OP_QUERY, reason, what);
	close(fd);
	return bad;
}

static int errno_is(const char *path, int flags, int want, const char *what)
{
	int fd = open(path, flags), bad = 0;
	struct bpio_args a;

	if (fd < 0)
		return fail_errno("%s: open %s", what, path);
	for (unsigned int op = 1; op < BPIO_OP_MAX; op++) {
		int err = -bpio_call(fd, op, 0, &a);

		if (err != want)
			bad |= fail("%s: %s: %s, wanted %s", what, bpio_op_name(op),
				    errno_name(err), errno_name(want));
	}
	close(fd);
	return bad;
}

/* A writer's own handle: the filter half agrees, the storage half waits for its close */
static int writer_suspends(const char *path)
{
	int fd = open(path, O_RDWR | O_DIRECT), bad = 0;
	struct bpio_args a;

	if (fd < 0)
		return fail_errno("open %s", path);
	if (bpio_call(fd, BPIO_OP_ENABLE, 0, &a))
		bad = fail("read-write handle: enable failed");
	else if (a.results.filter.status)
		bad = fail("read-write handle: refused: %s",
			   bpio_reason_name(a.results.filter.reason));
	else if (!a.results.storage.status || a.results.storage.reason != BPIO_REASON_WRITER)
		bad = fail("read-write handle: storage says %s, wanted writer",
			   bpio_reason_name(a.results.storage.reason));
	close(fd);
	return bad;
}

static int vetoes(int argc, char **argv)
{
	char file[4096], fifo[4096];
	int fd, bad = 0;

	if (argc != 2)
		return fail("usage: uapi-vetoes DIRECTORY");
	snprintf(file, sizeof(file), "%s/vetoes.file", argv[1]);
	snprintf(fifo, sizeof(fifo), "%s/vetoes.fifo", argv[1]);
	fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, file, 512) != 512 || fsync(fd) || close(fd))
		return fail_errno("make %s", file);
	unlink(fifo);
	if (mkfifo(fifo, 0644))
		return fail_errno("mkfifo %s", fifo);
	bad |= handle_vetoed(file, O_RDONLY, BPIO_REASON_NOT_DIRECT, "handle without O_DIRECT");
	bad |= handle_vetoed(file, O_WRONLY | O_DIRECT, BPIO_REASON_NOT_READABLE,
			     "write-only handle");
	bad |= handle_vetoed(argv[1], O_RDONLY | O_DIRECTORY, BPIO_REASON_DIRECTORY, "directory");
	bad |= writer_suspends(file);
	bad |= errno_is(file, O_PATH, EBADF, "O_PATH handle");
	bad |= errno_is(fifo, O_RDONLY | O_NONBLOCK, ENOTTY, "fifo");
	unlink(fifo);
	unlink(file);
	return bad;
}
CHECK("uapi-vetoes", vetoes, "DIRECTORY: handles that cannot bypass are told why")

static int not_ours(int argc, char **argv)
{
	int bad = 0;

	if (argc < 2)
		return fail("usage: uapi-enotty PATH...");
	for (int i = 1; i < argc; i++)
		bad |= errno_is(argv[i], O_RDONLY, ENOTTY, argv[i]);
	return bad;
}
CHECK("uapi-enotty", not_ours, "PATH...: on other file systems the ioctl is ENOTTY")

static int one_op(int argc, char **argv)
{
	int fd, want, err, flags = O_RDONLY;
	struct bpio_args a;
	struct stat st;

	if (argc != 4)
		return fail("usage: uapi-op FILE OPERATION ERROR|0");
	want = errno_of(argv[3]);
	if (!stat(argv[1], &st) && S_ISREG(st.st_mode))
		flags |= O_DIRECT;
	fd = open(argv[1], flags);
	if (fd < 0)
		return fail_errno("open %s", argv[1]);
	err = -bpio_call(fd, bpio_op_of(argv[2]), 0, &a);
	close(fd);
	if (err != want)
		return fail("%s %s: %s, wanted %s", argv[2], argv[1], errno_name(err), argv[3]);
	return 0;
}
CHECK("uapi-op", one_op, "FILE OPERATION ERROR: one operation ends so; 0 is success")

/* Answers as hex, without the counters that move by themselves */
static int dump(int argc, char **argv)
{
	static const unsigned int ops[] = {
		BPIO_OP_QUERY, BPIO_OP_ENABLE, BPIO_OP_GET_INFO, BPIO_OP_STREAM_PAUSE,
		BPIO_OP_QUERY, BPIO_OP_STREAM_RESUME, BPIO_OP_VOLUME_PAUSE, BPIO_OP_QUERY,
		BPIO_OP_VOLUME_RESUME, BPIO_OP_DISABLE,
	};
	struct bpio_args a;
	int fd, err;

	if (argc != 2)
		return fail("usage: uapi-dump FILE");
	/* a pause is told in the name of the program that sent it */
	prctl(PR_SET_NAME, "dump");
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	if (fd < 0)
		return fail_errno("open %s", argv[1]);
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		unsigned int scope = ops[i] == BPIO_OP_GET_INFO ? BPIO_IN_SCOPE_HANDLE : 0;

		err = bpio_call(fd, ops[i], scope, &a);
		printf("%s %s", bpio_op_name(ops[i]), errno_name(-err));
		for (size_t b = 0; b < sizeof(a); b++)
			printf("%s%02x", b % 64 ? "" : "\n", ((unsigned char *)&a)[b]);
		putchar('\n');
	}
	close(fd);
	return 0;
}
CHECK("uapi-dump", dump, "FILE: answers as hex, to compare programs of two word sizes (as root)")
