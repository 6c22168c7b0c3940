// SPDX-License-Identifier: GPL-2.0
/* Who is counted: ENABLE and DISABLE over open, dup, fork, close, kill and hard links. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uapi_call.h"

static const char *path;
static unsigned int volume_before;

static int open_direct(const char *name)
{
	int fd = open(name, O_RDONLY | O_DIRECT);

	if (fd < 0) {
		fail_errno("open %s", name);
		exit(1);
	}
	return fd;
}

static int call(int fd, unsigned int op, const char *what)
{
	struct bpio_args a;
	int err = bpio_call(fd, op, 0, &a);

	if (err)
		return fail("%s: %s: %s", what, bpio_op_name(op), strerror(-err));
	if (op == BPIO_OP_ENABLE && a.results.filter.status)
		return fail("%s: enable refused: %s", what,
			    bpio_reason_name(a.results.filter.reason));
	return 0;
}

/* Asked through a handle that is not counted itself */
static int counts_are(unsigned int want, const char *what)
{
	struct bpio_args a;
	int fd = open_direct(path), err;

	err = bpio_call(fd, BPIO_OP_GET_INFO, 0, &a);
	close(fd);
	if (err)
		return fail("%s: get-info: %s", what, strerror(-err));
	if (a.stream_count != want)
		return fail("%s: %u handles are enabled, wanted %u", what, a.stream_count, want);
	if (a.info.volume_count != volume_before + want)
		return fail("%s: %u on the mount, wanted %u", what, a.info.volume_count,
			    volume_before + want);
	return 0;
}

static int is_enabled(int fd, int want, const char *what)
{
	struct bpio_args a;
	int err = bpio_call(fd, BPIO_OP_QUERY, 0, &a);

	if (err)
		return fail("%s: query: %s", what, strerror(-err));
	if (!(a.out_flags & BPIO_OUT_ENABLED) != !want)
		return fail("%s: the handle is %senabled", what, want ? "not " : "");
	return 0;
}

static int idempotence(void)
{
	int a = open_direct(path), b = open_direct(path), bad = 0;

	bad |= call(a, BPIO_OP_DISABLE, "never enabled") || counts_are(0, "never enabled");
	bad |= call(a, BPIO_OP_ENABLE, "first") || counts_are(1, "one handle");
	bad |= call(a, BPIO_OP_ENABLE, "again") || counts_are(1, "enabled twice");
	bad |= is_enabled(a, 1, "the enabled one") || is_enabled(b, 0, "another open file");
	bad |= call(b, BPIO_OP_ENABLE, "second") || counts_are(2, "two handles");
	bad |= call(b, BPIO_OP_QUERY, "query") || counts_are(2, "a query");
	bad |= call(a, BPIO_OP_DISABLE, "first") || counts_are(1, "one disabled");
	bad |= call(a, BPIO_OP_DISABLE, "again") || counts_are(1, "disabled twice");
	bad |= call(a, BPIO_OP_ENABLE, "anew") || counts_are(2, "enabled anew");
	close(a);
	bad |= counts_are(1, "one closed");
	close(b);
	bad |= counts_are(0, "both closed");
	return bad;
}

static int duplicates(void)
{
	int a = open_direct(path), d = dup(a), bad = 0;

	bad |= call(a, BPIO_OP_ENABLE, "enable") || is_enabled(d, 1, "its dup");
	bad |= call(d, BPIO_OP_ENABLE, "dup") || counts_are(1, "enabled through the dup too");
	close(a);
	bad |= counts_are(1, "the first descriptor closed");
	bad |= call(d, BPIO_OP_DISABLE, "dup") || counts_are(0, "disabled through the dup");
	bad |= call(d, BPIO_OP_ENABLE, "dup") || counts_are(1, "enabled through the dup");
	close(d);
	bad |= counts_are(0, "the dup closed");
	return bad;
}

/* @act runs in a child; it ends by itself, or is killed when @kill_it */
static int in_child(int (*act)(int), int arg, int kill_it)
{
	int ready[2], status;
	char c;
	pid_t pid;

	if (pipe(ready))
		return fail_errno("pipe");
	fflush(NULL);
	pid = fork();
	if (!pid) {
		int bad = act(arg);

		if (write(ready[1], bad ? "n" : "y", 1) != 1)
			_exit(1);
		while (kill_it)
			pause();
		_exit(bad);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1 || c != 'y')
		return fail("the child did not do its part");
	close(ready[0]);
	if (kill_it)
		kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid)
		return fail_errno("waitpid");
	return kill_it ? 0 : status;
}

static int child_disables(int fd)
{
	return call(fd, BPIO_OP_DISABLE, "child");
}

static int child_closes(int fd)
{
	return close(fd);
}

static int child_opens(int arg)
{
	int fd = open_direct(path);

	(void)arg;
	return call(fd, BPIO_OP_ENABLE, "child") || counts_are(1, "the child's handle");
}

static int forks(void)
{
	int a = open_direct(path), bad = 0;

	bad |= call(a, BPIO_OP_ENABLE, "parent");
	bad |= in_child(child_closes, a, 0) || counts_are(1, "a child closed its copy");
	bad |= in_child(child_disables, a, 0) || counts_are(0, "a child disabled the handle");
	bad |= is_enabled(a, 0, "disabled by the child");
	close(a);
	bad |= in_child(child_opens, 0, 0) || counts_are(0, "the child ended");
	bad |= in_child(child_opens, 0, 1) || counts_are(0, "the child was killed");
	return bad;
}

static int hard_links(void)
{
	char name[4096];
	int a = open_direct(path), b, bad = 0;

	snprintf(name, sizeof(name), "%s.link", path);
	unlink(name);
	if (link(path, name))
		return fail_errno("link %s", name);
	b = open_direct(name);
	bad |= call(a, BPIO_OP_ENABLE, "name") || call(b, BPIO_OP_ENABLE, "other name");
	bad |= counts_are(2, "two names of one inode");
	unlink(name);
	bad |= counts_are(2, "one name gone");
	close(b);
	close(a);
	bad |= counts_are(0, "both closed");
	return bad;
}

static int handles(int argc, char **argv)
{
	struct bpio_args a;
	int fd;

	if (argc != 2)
		return fail("usage: uapi-handles FILE");
	path = argv[1];
	fd = open_direct(path);
	if (bpio_call(fd, BPIO_OP_GET_INFO, 0, &a))
		return fail("get-info does not work");
	close(fd);
	if (a.stream_count)
		return fail("somebody has this file enabled already");
	volume_before = a.info.volume_count;
	return idempotence() | duplicates() | forks() | hard_links();
}
CHECK("uapi-handles", handles, "FILE: counts of enabled handles over dup, fork, close, kill, link")
