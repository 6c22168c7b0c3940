// SPDX-License-Identifier: GPL-2.0
/*
 * More steps for an open file that is led through a scenario (bypass_handle.c):
 *
 *	direct cached		O_DIRECT is switched on, or off
 *	write=OFF,LEN		one pwrite of new bytes; the lower file has them then
 *	start=OFF,LEN join	a child reads through the same open file; wait for it
 *	filters-only[=REASON]	what QUERY answers when it leaves the storage half out
 *	enable-skip=REASON	ENABLE with that flag: the storage half says REASON all the same
 *	mounted=N		open files of the mount that are enabled
 *	agree			QUERY and ENABLE give the same answer, to the last byte
 *	close			closes the file; nothing but run= may follow
 */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scene.h"

static pid_t child;

static int range(char *arg, long *off, long *len)
{
	char *save, *first = arg ? strtok_r(arg, ",", &save) : NULL;
	char *second = first ? strtok_r(NULL, ",", &save) : NULL;

	if (!second || number(second) > STEP_MAX)
		return fail("wanted OFF,LEN");
	*off = number(first);
	*len = number(second);
	return 0;
}

static int set_direct(struct scene *s, int direct)
{
	int flags = fcntl(s->fd, F_GETFL);

	flags = direct ? flags | O_DIRECT : flags & ~O_DIRECT;
	return fcntl(s->fd, F_SETFL, flags) ? fail_errno("F_SETFL") : 0;
}

static int step_write(struct scene *s, char *arg)
{
	struct bpio_info before, after;
	static unsigned char next;
	long off, len;

	if (range(arg, &off, &len) || bpio_counts(s->fd, &before))
		return 1;
	next += 7;
	for (long i = 0; i < len; i++)
		s->got[i] = next + i % 251;
	if (pwrite(s->fd, s->got, len, off) != len)
		return fail_errno("write of %ld at %ld", len, off);
	if (bpio_counts(s->fd, &after))
		return 1;
	if (memcmp(before.reads, after.reads, sizeof(before.reads)))
		return fail("a write was counted as a read");
	return scene_compare(s, off, len);
}

static int step_start(struct scene *s, char *arg)
{
	long off, len, n;

	if (range(arg, &off, &len))
		return 1;
	fflush(NULL);
	child = fork();
	if (child < 0)
		return fail_errno("fork");
	if (child)
		return 0;
	n = pread(s->fd, s->got, len, off);
	_exit(n < 0 ? fail_errno("child's read") : scene_compare(s, off, n));
}

static int step_join(void)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		return fail_errno("waitpid");
	return status ? fail("the child's read went wrong") : 0;
}

static int filters_only(struct scene *s, const char *want)
{
	struct bpio_args a;
	int err = bpio_call(s->fd, BPIO_OP_QUERY, BPIO_IN_SKIP_STORAGE, &a);

	if (err)
		return fail("query: %s", strerror(-err));
	return scene_reason("filter half", &a.results.filter, want ? want : "none") ||
	       scene_reason("storage half, not asked", &a.results.storage, "none");
}

static int enable_skip(struct scene *s, const char *want)
{
	struct bpio_args a;
	int err = bpio_call(s->fd, BPIO_OP_ENABLE, BPIO_IN_SKIP_STORAGE, &a);

	if (err)
		return fail("enable: %s", strerror(-err));
	return scene_reason("filter half", &a.results.filter, "none") ||
	       scene_reason("storage half", &a.results.storage, want ? want : "none");
}

static int mounted(struct scene *s, const char *want)
{
	struct bpio_args a;
	int err = bpio_call(s->fd, BPIO_OP_GET_INFO, 0, &a);

	if (err)
		return fail("get-info: %s", strerror(-err));
	return a.info.volume_count == number(want) ? 0 :
	       fail("%u enabled on the mount, wanted %s", a.info.volume_count, want);
}

static int agree(struct scene *s)
{
	struct bpio_args q, e;
	int err = bpio_call(s->fd, BPIO_OP_QUERY, 0, &q);

	if (!err)
		err = bpio_call(s->fd, BPIO_OP_ENABLE, 0, &e);
	if (err)
		return fail("query or enable: %s", strerror(-err));
	if (!memcmp(&q.results, &e.results, sizeof(q.results)))
		return 0;
	return fail("QUERY says %s and %s, ENABLE says %s and %s",
		    bpio_reason_name(q.results.filter.reason),
		    bpio_reason_name(q.results.storage.reason),
		    bpio_reason_name(e.results.filter.reason),
		    bpio_reason_name(e.results.storage.reason));
}

int scene_step(struct scene *s, const char *word, char *arg)
{
	if (!strcmp(word, "direct") || !strcmp(word, "cached"))
		return set_direct(s, word[0] == 'd');
	if (!strcmp(word, "write"))
		return step_write(s, arg);
	if (!strcmp(word, "start"))
		return step_start(s, arg);
	if (!strcmp(word, "join"))
		return step_join();
	if (!strcmp(word, "filters-only"))
		return filters_only(s, arg);
	if (!strcmp(word, "enable-skip"))
		return enable_skip(s, arg);
	if (!strcmp(word, "mounted") && arg)
		return mounted(s, arg);
	if (!strcmp(word, "agree"))
		return agree(s);
	if (!strcmp(word, "close"))
		return close(s->fd) ? fail_errno("close") : 0;
	return SCENE_UNKNOWN;
}
