// SPDX-License-Identifier: GPL-2.0
/* The operations as a module sends them: answers, errors, privileges, names, counts. */
#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "caller_call.h"

static int dev, fd;

static int open_file(const char *path)
{
	dev = caller_open();
	fd = open(path, O_RDONLY | O_DIRECT);
	return fd < 0 ? fail_errno("open %s", path) : 0;
}

static const struct {
	unsigned int op, flags;
} all[] = {
	{ BPIO_OP_QUERY, 0 },
	{ BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE },
	{ BPIO_OP_STREAM_PAUSE, 0 },
	{ BPIO_OP_ENABLE, 0 },
	{ BPIO_OP_QUERY, 0 },
	{ BPIO_OP_QUERY, BPIO_IN_SKIP_STORAGE },
	{ BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE },
	{ BPIO_OP_STREAM_PAUSE, BPIO_IN_WHY },
	{ BPIO_OP_STREAM_PAUSE, BPIO_IN_OWNED },
	{ BPIO_OP_QUERY, BPIO_IN_ALL },
	{ BPIO_OP_STREAM_RESUME, 0 },
	{ BPIO_OP_STREAM_RESUME, 0 },
	{ BPIO_OP_VOLUME_PAUSE, BPIO_IN_WHY | BPIO_IN_OWNED },
	{ BPIO_OP_VOLUME_PAUSE, 0 },
	{ BPIO_OP_QUERY, BPIO_IN_ALL },
	{ BPIO_OP_QUERY, 0 },
	{ BPIO_OP_ENABLE, 0 },
	{ BPIO_OP_VOLUME_RESUME, 0 },
	{ BPIO_OP_VOLUME_RESUME, 0 },
	{ BPIO_OP_ENABLE, 0 },
	{ BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE },
	{ BPIO_OP_DISABLE, 0 },
	{ BPIO_OP_DISABLE, 0 },
	{ BPIO_OP_GET_INFO, 0 },
};

#define ALL	(sizeof(all) / sizeof(*all))

static void prepare(struct bpio_args *a, unsigned int op, unsigned int flags)
{
	static const char text[] = "told";

	memset(a, 0, sizeof(*a));
	a->op = op;
	a->in_flags = flags;
	if (!(flags & BPIO_IN_WHY))
		return;
	a->pause.reason = BPIO_REASON_SNAPSHOT;
	a->pause.text_len = sizeof(text) - 1;
	memcpy(a->pause.text, text, sizeof(text) - 1);
}

/* What may differ: who has sent a pause. It must be who it was, and is taken out. */
static int take_name(struct bpio_result *r, const char *who)
{
	if (r->reason != BPIO_REASON_STREAM_PAUSED && r->reason != BPIO_REASON_VOLUME_PAUSED)
		return 0;
	if (r->driver_len != strlen(who) || memcmp(r->driver, who, r->driver_len))
		return fail("paused by '%.*s', wanted '%s'", r->driver_len,
			    (const char *)r->driver, who);
	r->driver_len = 0;
	memset(r->driver, 0, sizeof(r->driver));
	return 0;
}

static int take_names(struct bpio_args *a, const char *who, unsigned int pid)
{
	int bad = 0;

	if (a->in_flags & BPIO_IN_ALL) {
		for (unsigned int i = 0; i < a->blockers.count; i++) {
			struct bpio_blocker *b = &a->blockers.list[i];

			bad |= take_name(&b->result, who);
			if (b->pid != (b->why ? pid : 0))
				bad |= fail("paused by process %u, wanted %u", b->pid, pid);
			b->pid = 0;
		}
		return bad;
	}
	if (a->op == BPIO_OP_GET_INFO) {
		memset(&a->info.reads, 0, sizeof(a->info) - offsetof(struct bpio_info, reads));
		return 0;
	}
	return take_name(&a->results.filter, who) | take_name(&a->results.storage, who);
}

/* By the ioctl if @from_kernel is not set */
static int run_all(const char *path, struct bpio_args *answers, int from_kernel)
{
	int bad = 0, err;

	if (open_file(path))
		return 1;
	for (size_t i = 0; i < ALL; i++) {
		prepare(&answers[i], all[i].op, all[i].flags);
		if (from_kernel)
			err = caller_manage(dev, fd, &answers[i]);
		else
			err = ioctl(fd, BPIO_IOC_MANAGE, &answers[i]) ? -errno : 0;
		if (err)
			bad |= fail("%zu, %s: %s", i, bpio_op_name(all[i].op), strerror(-err));
	}
	close(fd);
	close(dev);
	return bad;
}

static int same(int argc, char **argv)
{
	static struct bpio_args ours[ALL], theirs[ALL];
	int bad = 0;

	if (argc != 2)
		return fail("usage: caller-same FILE");
	if (run_all(argv[1], ours, 0) || run_all(argv[1], theirs, 1))
		return 1;
	for (size_t i = 0; i < ALL; i++) {
		bad |= take_names(&ours[i], "checks", getpid()) ||
		       take_names(&theirs[i], CALLER, 0);
		if (memcmp(&ours[i], &theirs[i], sizeof(ours[i])))
			bad |= fail("%zu, %s with flags %#x: not the same answer", i,
				    bpio_op_name(all[i].op), all[i].flags);
	}
	return bad;
}

CHECK("caller-same", same, "FILE: a module gets the answers that a program gets (as root)")

static int refused(struct bpio_args *a, const char *what)
{
	struct bpio_args before = *a;
	int err = caller_manage(dev, fd, a);

	if (err != -EINVAL)
		return fail("%s: %s, wanted EINVAL", what, errno_name(-err));
	return memcmp(a, &before, sizeof(before)) ? fail("%s: the struct was written", what) : 0;
}

static int malformed(int argc, char **argv)
{
	static const unsigned int no_ops[] = { 0, 9, 10, 0x101, 0x80000001, ~0u };
	struct bpio_args a;
	int bad = 0;

	if (argc != 2)
		return fail("usage: caller-malformed FILE");
	if (open_file(argv[1]))
		return 1;
	for (size_t i = 0; i < sizeof(no_ops) / sizeof(*no_ops); i++) {
		prepare(&a, no_ops[i], 0);
		bad |= refused(&a, "no operation");
	}
	for (unsigned int op = 1; op < BPIO_OP_MAX; op++) {
		for (size_t at = BPIO_ARGS_INPUT - 12; at < BPIO_ARGS_INPUT; at++) {
			prepare(&a, op, 0);
			((char *)&a)[at] = 1;
			bad |= refused(&a, "reserved");
		}
		prepare(&a, op, BPIO_IN_KNOWN + 1);
		bad |= refused(&a, "unknown flag");
		prepare(&a, op, BPIO_IN_WHY | BPIO_IN_ALL);
		bad |= refused(&a, "flags that do not fit");
		prepare(&a, op, 0);
		a.first = 1;
		bad |= refused(&a, "first");
	}
	prepare(&a, BPIO_OP_STREAM_PAUSE, BPIO_IN_WHY);
	a.pause.reason = 0;
	bad |= refused(&a, "a pause without a reason");
	prepare(&a, BPIO_OP_VOLUME_PAUSE, BPIO_IN_WHY);
	a.pause.text[0] = '\n';
	bad |= refused(&a, "a text with a line feed");
	return bad;
}

CHECK("caller-malformed", malformed, "FILE: malformed requests of a module are EINVAL")

/* Neither operations nor counts nor blocks are for files of other file systems */
static int is_foreign(const char *path)
{
	struct bpio_args a;
	unsigned int count = 1;
	long at_ptr = 0;
	int bad = 0;

	fd = open(path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fail_errno("%s", path);
	for (unsigned int op = 0; op <= BPIO_OP_MAX; op++) {
		int err = caller_call(dev, fd, op, 0, &a);

		if (err != -ENOTTY)
			bad |= fail("%s: operation %u: %s", path, op, errno_name(-err));
	}
	if (caller_count(dev, fd, &count, &at_ptr) || count || at_ptr != -1)
		bad |= fail("%s: open count %u, by pointer %ld", path, count, at_ptr);
	if (caller_block(dev, fd, CALLER) != -EINVAL)
		bad |= fail("%s: was blocked", path);
	close(fd);
	return bad;
}

static int foreign(int argc, char **argv)
{
	int bad = 0;

	dev = caller_open();
	for (int i = 1; i < argc; i++)
		bad |= is_foreign(argv[i]);
	return argc < 2 ? fail("usage: caller-foreign PATH...") : bad;
}

CHECK("caller-foreign", foreign, "PATH...: a module gets nothing out of other file systems")

/* As a user who is nobody: his ioctl may not, what a module does for him may */
static int unprivileged(int argc, char **argv)
{
	static const unsigned int ops[] = {
		BPIO_OP_STREAM_PAUSE, BPIO_OP_STREAM_RESUME, BPIO_OP_VOLUME_PAUSE,
		BPIO_OP_VOLUME_RESUME,
	};
	struct bpio_args a;
	int bad = 0;

	if (argc != 2)
		return fail("usage: caller-unprivileged FILE");
	if (open_file(argv[1]) || bpio_enable_full(fd, argv[1]))
		return 1;
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		const unsigned int on_mount = ops[i] == BPIO_OP_VOLUME_PAUSE;

		if (bpio_call(fd, ops[i], 0, &a) != -EPERM)
			bad |= fail("%s: this user may", bpio_op_name(ops[i]));
		if (caller_call(dev, fd, ops[i], 0, &a))
			bad |= fail("%s: a module may not", bpio_op_name(ops[i]));
		if (a.pause_count != !i || a.volume_pause_count != on_mount)
			bad |= fail("%s: %u pauses, %u of the mount", bpio_op_name(ops[i]),
				    a.pause_count, a.volume_pause_count);
	}
	return bad;
}

CHECK("caller-unprivileged", unprivileged, "FILE: what the user may not, a module may")

static int count_is(int on, unsigned int want, long want_ptr, const char *what)
{
	unsigned int count;
	long at_ptr;
	int err = caller_count(dev, on, &count, &at_ptr);

	if (err)
		return fail("%s: %s", what, strerror(-err));
	if (count != want || at_ptr != want_ptr)
		return fail("%s: open count %u, by pointer %ld; wanted %u, %ld", what, count,
			    at_ptr, want, want_ptr);
	return 0;
}

static int open_count(int argc, char **argv)
{
	int dir, other, bad;

	if (argc != 3)
		return fail("usage: caller-count FILE DIRECTORY");
	if (open_file(argv[1]))
		return 1;
	dir = open(argv[2], O_RDONLY);
	other = open(argv[1], O_RDONLY | O_DIRECT);
	bad = count_is(dir, 0, -1, "a directory") | count_is(fd, 0, -1, "before any ENABLE");
	bad |= bpio_enable_full(fd, argv[1]) || count_is(other, 1, 1, "ENABLE");
	bad |= bpio_enable_full(fd, argv[1]) || count_is(other, 1, 1, "ENABLE again");
	bad |= bpio_enable_full(other, argv[1]) || count_is(fd, 2, 2, "another");
	bad |= bpio_call(fd, BPIO_OP_DISABLE, 0, &(struct bpio_args){}) ||
	       count_is(fd, 1, 1, "DISABLE");
	bad |= bpio_call(fd, BPIO_OP_DISABLE, 0, &(struct bpio_args){}) ||
	       count_is(fd, 1, 1, "DISABLE again");
	bad |= bpio_enable_full(fd, argv[1]) || count_is(fd, 2, 2, "ENABLE anew");
	close(other);
	bad |= count_is(fd, 1, 1, "close");
	other = open(argv[1], O_RDONLY);
	close(fd);
	bad |= count_is(other, 0, 0, "the last close");
	return bad;
}

CHECK("caller-count", open_count, "FILE DIRECTORY: the open count that modules read")

static int block_once(int argc, char **argv)
{
	int err;

	if (argc != 2)
		return fail("usage: caller-block FILE");
	if (open_file(argv[1]))
		return 1;
	err = caller_block(dev, fd, CALLER);
	return err ? fail("block: %s", strerror(-err)) : 0;
}

CHECK("caller-block", block_once, "FILE: blocks its mount and lets go of it at once")

static int hold(int argc, char **argv)
{
	int err;

	if (argc != 2)
		return fail("usage: caller-hold FILE");
	if (open_file(argv[1]))
		return 1;
	err = caller_block(dev, fd, CALLER);
	if (err)
		return fail("block: %s", strerror(-err));
	close(fd);
	puts("blocked");
	fflush(stdout);
	pause();
	return 0;
}

CHECK("caller-hold", hold, "FILE: blocks its mount until killed")
