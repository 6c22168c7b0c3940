// SPDX-License-Identifier: GPL-2.0
/*
 * Many processes at once on a few names, through the mount and below it: nothing can be said about
 * each result, but nobody may hang, and in the end both views are the same tree.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checks.h"
#include "diff.h"

static const struct op *const tables[] = { diff_names, diff_data, diff_attrs };
static unsigned long long state;

static unsigned long long rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dULL >> 8;
}

static void draw_path(char *path)
{
	int n = 0;

	for (int depth = rnd() % 3; depth > 0; depth--)
		n += sprintf(path + n, "d%d/", (int)(rnd() % 3));
	sprintf(path + n, "%c%d", rnd() % 3 ? 'n' : 'd', (int)(rnd() % 3));
}

static void worker(struct side *s, int seconds)
{
	static struct outcome o;
	time_t end = time(NULL) + seconds;
	struct step st;

	while (time(NULL) < end) {
		const struct op *op = tables[rnd() % 3];
		int n = rnd() % 8;

		while (n-- > 0 && op[1].name)
			op++;
		for (int i = 0; i < DIFF_RND; i++)
			st.rnd[i] = rnd();
		draw_path(st.path[0]);
		draw_path(st.path[1]);
		st.slot = rnd() % DIFF_FDS;
		st.other = rnd() % DIFF_FDS;
		s->behind = rnd() % 4 == 0;
		s->root = s->view[s->behind];
		o.len = 0;
		if (fchdir(s->root))
			_exit(2);
		op->run(s, &st, &o);
	}
	_exit(0);
}

static int race(int argc, char **argv)
{
	static struct side s;
	int workers, seconds, i, status, bad = 0;

	if (argc != 6)
		return 1;
	s.view[0] = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s.view[1] = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (i = 0; i < DIFF_FDS; i++)
		s.fd[i] = -1;
	workers = number(argv[3]);
	seconds = number(argv[4]);
	umask(0);
	/* a pipe may be without readers */
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < workers; i++)
		if (!fork()) {
			state = (number(argv[5]) * 100 + i + 1) * 0x9e3779b97f4a7c15ULL;
			worker(&s, seconds);
		}
	while (wait(&status) > 0)
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			bad = fail("a worker ended with %x", status);
	return bad || diff_trees(s.view[0], s.view[1], 1);
}

CHECK("stack-race", race, "TOP LOWER WORKERS SECONDS SEED: all at once, then both are the same")

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

/* Looks up a name all the time, until it is told to stop. */
static int walk(int argc, char **argv)
{
	struct stat st;

	signal(SIGTERM, on_term);
	while (!stop)
		for (int i = 1; i < argc; i++)
			stat(argv[i], &st);
	return 0;
}

CHECK("stack-walk", walk, "PATH...: look them up until killed")

/* What is being made and moved keeps its name in the eyes of those who use it. */
static int moving(int argc, char **argv)
{
	char link[400], name[400], other[400], proc[60];
	int i, n, fd, count;

	if (argc != 5)
		return 1;
	count = number(argv[4]);
	snprintf(name, sizeof(name), "%s/new", argv[1]);
	snprintf(other, sizeof(other), "%s/other", argv[1]);
	for (i = 0; i < count; i++) {
		const char *now = i % 3 ? name : other;

		fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			return fail_errno("%s", name);
		if (now == other && rename(name, other))
			return fail_errno("rename");
		snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
		n = readlink(proc, link, sizeof(link) - 1);
		link[n < 0 ? 0 : n] = 0;
		if (strcmp(link, now))
			return fail("made or moved %s, and it is %s", now, link);
		close(fd);
		if (unlink(now))
			return fail_errno("unlink %s", now);
		if (mkdir(name, 0700) || rename(name, other) || rename(other, name) ||
		    rmdir(name))
			return fail_errno("directory");
		/* full of mounts, perhaps */
		if (rename(argv[2], argv[3]) || rename(argv[3], argv[2]))
			return fail_errno("%s, %s", argv[2], argv[3]);
	}
	return 0;
}

CHECK("stack-moving", moving,
      "DIRECTORY FROM TO COUNT: make and move names in it, and FROM, and see whether they hold")
