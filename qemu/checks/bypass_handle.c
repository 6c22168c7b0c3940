// SPDX-License-Identifier: GPL-2.0
/*
 * One open file, led through a scenario: each word after the file is a step, and every
 * step is also a check. Bytes are compared with what a second, buffered descriptor of the
 * lower file returns at that moment.
 *
 *	flags=rw|ro|cached	how FILE is opened (first word; default ro: O_RDONLY|O_DIRECT)
 *	enable[=REASON]		the filter half agrees; the storage half says REASON (none)
 *	vetoed=REASON		ENABLE is vetoed by the filter half, the other is not asked
 *	query=FILTER[,STORAGE]	what QUERY answers
 *	disable			DISABLE
 *	read=OFF,LEN,PATH[,REASON]	one pread takes that path for that reason
 *	errno=OFF,LEN,NAME	one pread fails so
 *	reads=PATH		every 64 KiB of the file does
 *	until=PATH		reads the first block until one takes that path, 10 s at most
 *	state=NAME count=N pauses=N flags+=NAME flags-=NAME
 *	stream-pause stream-resume[=REASON] volume-pause volume-resume[=REASON]
 *	run=COMMAND fails=COMMAND	a shell command that must succeed, or fail
 *
 * and those in bypass_steps.c.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "scene.h"

int scene_reason(const char *what, const struct bpio_result *r, const char *want)
{
	if (strcmp(bpio_reason_name(r->reason), want))
		return fail("%s: got reason '%s' (%.*s), wanted '%s'", what,
			    bpio_reason_name(r->reason), r->text_len, (const char *)r->text, want);
	if (!r->status != !strcmp(want, "none"))
		return fail("%s: status %d with reason '%s'", what, r->status, want);
	if (r->status && (!r->driver_len || !r->text_len))
		return fail("%s: refuses without saying who and why", what);
	return 0;
}

static int answers(struct scene *s, unsigned int op, const char *filter, const char *storage)
{
	struct bpio_args a;
	int err = bpio_call(s->fd, op, 0, &a);

	if (err)
		return fail("%s: %s", bpio_op_name(op), strerror(-err));
	return (filter && scene_reason("filter half", &a.results.filter, filter)) ||
	       (storage && scene_reason("storage half", &a.results.storage, storage));
}

static int plain(struct scene *s, unsigned int op)
{
	struct bpio_args a;
	int err = bpio_call(s->fd, op, 0, &a);

	return err ? fail("%s: %s", bpio_op_name(op), strerror(-err)) : 0;
}

/* The path and the reason of the one read between two counts */
static const char *went(const struct bpio_info *before, const struct bpio_info *after,
			const char **reason)
{
	const char *path = "none";

	*reason = "?";
	for (int i = 0; i < BPIO_REASON_MAX; i++)
		if (after->reasons[i] != before->reasons[i])
			*reason = bpio_reason_name(i);
	for (int i = 0; i < BPIO_PATH_MAX; i++)
		if (after->reads[i] != before->reads[i])
			path = bpio_path_name(i);
	return path;
}

int scene_compare(struct scene *s, long off, long n)
{
	int fd = open(s->lower, O_RDONLY);
	long m = fd < 0 ? -1 : pread(fd, s->want, n, off);

	if (fd >= 0)
		close(fd);
	if (m != n)
		return fail("read of %ld at %ld: the lower file gives %ld", n, off, m);
	for (long i = 0; i < n; i++)
		if (s->got[i] != s->want[i])
			return fail("wrong byte at %ld: %02x, the lower file has %02x",
				    off + i, s->got[i], s->want[i]);
	return 0;
}

static int one_read(struct scene *s, long off, long len, const char **path, const char **reason)
{
	struct bpio_info before, after;
	long n;

	memset(s->got, 0xee, len);
	if (bpio_counts(s->fd, &before))
		return 1;
	n = pread(s->fd, s->got, len, off);
	if (n < 0)
		return fail_errno("read of %ld at %ld", len, off);
	if (bpio_counts(s->fd, &after))
		return 1;
	*path = went(&before, &after, reason);
	return scene_compare(s, off, n);
}

static int step_read(struct scene *s, char *arg)
{
	const char *want_path, *want_reason, *path, *reason;
	char *save, *off = strtok_r(arg, ",", &save), *len = strtok_r(NULL, ",", &save);

	want_path = strtok_r(NULL, ",", &save);
	want_reason = strtok_r(NULL, ",", &save);
	if (!off || !len || !want_path || number(len) > STEP_MAX)
		return fail("read=OFF,LEN,PATH[,REASON]");
	if (one_read(s, number(off), number(len), &path, &reason))
		return 1;
	if (strcmp(path, want_path))
		return fail("read at %s took path '%s' (%s), wanted '%s'", off, path, reason,
			    want_path);
	if (want_reason && strcmp(reason, want_reason))
		return fail("read at %s: reason '%s', wanted '%s'", off, reason, want_reason);
	return 0;
}

static int step_errno(struct scene *s, char *arg)
{
	char *save, *off = strtok_r(arg, ",", &save), *len = strtok_r(NULL, ",", &save);
	char *name = strtok_r(NULL, ",", &save);

	if (!name || number(len) > STEP_MAX)
		return fail("errno=OFF,LEN,NAME");
	if (pread(s->fd, s->got, number(len), number(off)) >= 0)
		return fail("read at %s succeeded, wanted %s", off, name);
	if (errno != errno_of(name))
		return fail_errno("read at %s, wanted %s", off, name);
	return 0;
}

static int step_reads(struct scene *s, const char *want)
{
	const char *path, *reason;
	struct stat st;

	if (fstat(s->fd, &st))
		return fail_errno("fstat");
	if (!st.st_size)
		return fail("nothing to read");
	for (long off = 0; off < st.st_size; off += 65536) {
		if (one_read(s, off, 65536, &path, &reason))
			return 1;
		if (strcmp(path, want))
			return fail("read at %ld took path '%s' (%s), wanted '%s'", off, path,
				    reason, want);
	}
	return 0;
}

static int step_until(struct scene *s, const char *want)
{
	const char *path = "none", *reason = "none";
	time_t end = time(NULL) + 10;

	do {
		if (one_read(s, 0, 4096, &path, &reason))
			return 1;
		if (!strcmp(path, want))
			return 0;
		usleep(20000);
	} while (time(NULL) < end);
	return fail("after 10 s reads still take path '%s' (%s), wanted '%s'", path, reason, want);
}

static const struct {
	const char *name;
	unsigned int bit;
} out_flags[] = {
	{ "volume-paused", BPIO_OUT_VOLUME_PAUSED },
	{ "stream-paused", BPIO_OUT_STREAM_PAUSED },
	{ "attach-blocked", BPIO_OUT_ATTACH_BLOCKED },
	{ "storage-compatible", BPIO_OUT_STORAGE_COMPATIBLE },
	{ "enabled", BPIO_OUT_ENABLED },
	{ "suspended", BPIO_OUT_SUSPENDED },
};

static int step_flag(struct scene *s, const char *name, int want)
{
	struct bpio_args a;

	if (bpio_call(s->fd, BPIO_OP_GET_INFO, 0, &a))
		return fail_errno("GET_INFO");
	for (size_t i = 0; i < sizeof(out_flags) / sizeof(*out_flags); i++) {
		if (strcmp(out_flags[i].name, name))
			continue;
		if (!(a.out_flags & out_flags[i].bit) != !want)
			return fail("flag %s is %s", name, want ? "not set" : "set");
		return 0;
	}
	return fail("no flag %s", name);
}

#define STATE_ROW(value, id, name) \
	[value] = (name),
static const char * const states[] = { BPIO_STATES(STATE_ROW) };

static int step_number(struct scene *s, const char *what, const char *arg)
{
	struct bpio_args a;

	if (bpio_call(s->fd, BPIO_OP_GET_INFO, 0, &a))
		return fail_errno("GET_INFO");
	if (!strcmp(what, "state"))
		return strcmp(states[a.state], arg) ?
		       fail("state is %s, wanted %s", states[a.state], arg) : 0;
	if (!strcmp(what, "count"))
		return a.stream_count != number(arg) ?
		       fail("count is %u, wanted %s", a.stream_count, arg) : 0;
	return a.pause_count != number(arg) ?
	       fail("pause count is %u, wanted %s", a.pause_count, arg) : 0;
}

static int step_run(const char *command, int want_success)
{
	int succeeded = !system(command);

	if (succeeded != want_success)
		return fail("%s: '%s'", want_success ? "failed" : "did not fail", command);
	return 0;
}

static int step(struct scene *s, char *word)
{
	char *arg = strchr(word, '='), *comma;
	int ret;

	if (arg)
		*arg++ = 0;
	ret = scene_step(s, word, arg);
	if (ret != SCENE_UNKNOWN)
		return ret;
	if (!strcmp(word, "enable"))
		return answers(s, BPIO_OP_ENABLE, "none", arg ? arg : "none");
	if (!strcmp(word, "vetoed"))
		return answers(s, BPIO_OP_ENABLE, arg, "none");
	if (!strcmp(word, "query") && arg) {
		comma = strchr(arg, ',');
		if (comma)
			*comma++ = 0;
		return answers(s, BPIO_OP_QUERY, arg, comma);
	}
	if (!strcmp(word, "stream-resume") || !strcmp(word, "volume-resume"))
		return answers(s, bpio_op_of(word), NULL, arg);
	if (!strcmp(word, "read") && arg)
		return step_read(s, arg);
	if (!strcmp(word, "errno") && arg)
		return step_errno(s, arg);
	if (!strcmp(word, "reads"))
		return step_reads(s, arg);
	if (!strcmp(word, "until"))
		return step_until(s, arg);
	if (!strcmp(word, "flags+") || !strcmp(word, "flags-"))
		return step_flag(s, arg, word[5] == '+');
	if (!strcmp(word, "state") || !strcmp(word, "count") || !strcmp(word, "pauses"))
		return step_number(s, word, arg);
	if (!strcmp(word, "run") || !strcmp(word, "fails"))
		return step_run(arg, word[0] == 'r');
	return plain(s, bpio_op_of(word));
}

static int lead(int argc, char **argv)
{
	int flags = O_RDONLY | O_DIRECT, i = 3;
	struct scene s;

	if (argc < 4)
		return fail("usage: handle FILE LOWER STEP...");
	if (!strncmp(argv[3], "flags=", 6)) {
		if (!strcmp(argv[3], "flags=rw"))
			flags = O_RDWR | O_DIRECT;
		else if (!strcmp(argv[3], "flags=cached"))
			flags = O_RDONLY;
		i++;
	}
	s.path = argv[1];
	s.lower = argv[2];
	s.fd = open(s.path, flags);
	if (s.fd < 0)
		return fail_errno("%s", s.path);
	s.want = malloc(STEP_MAX);
	if (posix_memalign((void **)&s.got, 4096, STEP_MAX) || !s.want)
		return fail("no memory");
	for (; i < argc; i++) {
		char *word = strdup(argv[i]);

		if (step(&s, word))
			return fail("in step %d: %s", i - 2, argv[i]);
		free(word);
	}
	close(s.fd);
	return 0;
}

CHECK("handle", lead, "FILE LOWER STEP...: lead one open file through a scenario")
