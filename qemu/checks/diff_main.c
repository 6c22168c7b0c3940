// SPDX-License-Identifier: GPL-2.0
/* The sequence of random steps on two trees; see diff.h */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks.h"
#include "diff.h"

#define TOLERANCE	20	/* seconds; a sequence sets times decades apart */
#define HISTORY		30

static const struct op *const tables[] = { diff_names, diff_data, diff_attrs };
static uint64_t state;
static char history[HISTORY][DIFF_PATH * 2 + 200];

static uint64_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dULL >> 8;
}

void outcome_ret(struct outcome *o, long ret)
{
	o->err = ret < 0 ? errno : 0;
	o->ret = ret;
}

void outcome_fd(struct side *s, int slot, struct outcome *o, int fd)
{
	outcome_ret(o, fd < 0 ? -1 : 0);
	if (fd < 0)
		return;
	if (s->fd[slot] >= 0)
		close(s->fd[slot]);
	s->fd[slot] = fd;
	s->fd_view[slot] = s->behind;
}

void outcome_add(struct outcome *o, const void *data, size_t len)
{
	if (len > sizeof(o->data) - o->len)
		len = sizeof(o->data) - o->len;
	memcpy(o->data + o->len, data, len);
	o->len += len;
}

void outcome_printf(struct outcome *o, const char *format, ...)
{
	char line[600];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	outcome_add(o, line, n);
}

void outcome_stat(struct outcome *o, const struct stat *st)
{
	outcome_printf(o, "mode %o links %u owner %u:%u device %lx size %lld\n", st->st_mode,
		       (unsigned int)st->st_nlink, st->st_uid, st->st_gid,
		       S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode) ? (long)st->st_rdev : 0,
		       S_ISDIR(st->st_mode) ? 0 : (long long)st->st_size);
	o->timed = 1;
	o->times[0] = st->st_atim;
	o->times[1] = st->st_mtim;
	o->times[2] = st->st_ctim;
}

int outcome_times_differ(const struct outcome *a, const struct outcome *b)
{
	for (int i = 0; i < 3; i++)
		if (labs(a->times[i].tv_sec - b->times[i].tv_sec) > TOLERANCE)
			return 1;
	return 0;
}

static void draw_path(char *path)
{
	static const int depths[] = { 0, 0, 0, 0, 1, 1, 1, 2 };
	int depth = depths[rnd() % 8], n = 0;

	while (depth--)
		n += sprintf(path + n, "d%d/", (int)(rnd() % 3));
	switch (rnd() % 60) {
	case 0:
		memset(path + n, 'x', 256);
		path[n + 256] = 0;
		return;
	case 1:
		sprintf(path + n, "n%d/", (int)(rnd() % 5));
		return;
	case 2:
		sprintf(path + n, "d%d/.", (int)(rnd() % 3));
		return;
	case 3:
		sprintf(path + n, "d%d/../n%d", (int)(rnd() % 3), (int)(rnd() % 5));
		return;
	case 4:
		path[n] = 0;
		return;
	}
	if (rnd() % 3 == 0)
		sprintf(path + n, "d%d", (int)(rnd() % 3));
	else
		sprintf(path + n, "n%d", (int)(rnd() % 5));
}

static const struct op *draw_op(void)
{
	const struct op *op;
	size_t t;
	int total = 0, n;

	for (t = 0; t < 3; t++)
		for (op = tables[t]; op->name; op++)
			total += op->weight;
	n = rnd() % total;
	for (t = 0; t < 3; t++)
		for (op = tables[t]; op->name; op++) {
			n -= op->weight;
			if (n < 0)
				return op;
		}
	abort();
}

static void become(uid_t uid)
{
	if (seteuid(0) || setegid(0) || (uid && (setegid(uid) || seteuid(uid))))
		abort();
	/* or /proc/self is for root alone */
	prctl(PR_SET_DUMPABLE, 1);
}

static void run(const struct op *op, struct side *s, const struct step *st, struct outcome *o)
{
	o->ret = o->err = o->timed = 0;
	o->len = 0;
	s->behind = st->behind;
	s->root = s->view[st->behind];
	if (fchdir(s->root))
		abort();
	op->run(s, st, o);
	o->err = o->ret < 0 ? o->err : 0;
}

/* Both views of one tree agree on a name, to the nanosecond. */
static int views_agree(struct side *s, const char *path)
{
	struct stat sb[2];
	int ret[2], err[2];

	for (int i = 0; i < 2; i++) {
		ret[i] = fstatat(s->view[i], path, &sb[i], AT_SYMLINK_NOFOLLOW);
		err[i] = ret[i] ? errno : 0;
	}
	if (ret[0] != ret[1] || err[0] != err[1])
		return fail("%s: %s: %s through the mount, %s below it", s->name, path,
			    errno_name(err[0]), errno_name(err[1]));
	if (ret[0])
		return 0;
	/* the device is the one thing that is not the same */
	sb[0].st_dev = sb[1].st_dev;
	if (memcmp(&sb[0], &sb[1], sizeof(sb[0])))
		return fail("%s: %s: stat differs through the mount and below it", s->name, path);
	return 0;
}

static int one(int n, struct side *a, struct side *b, int behind)
{
	static const uid_t users[] = { 0, 0, 0, 0, 0, 1000, 1000, 1001 };
	static struct outcome oa, ob;
	const struct op *op = draw_op();
	struct step st;
	uid_t uid = users[rnd() % 8];

	for (int i = 0; i < DIFF_RND; i++)
		st.rnd[i] = rnd();
	draw_path(st.path[0]);
	draw_path(st.path[1]);
	st.slot = rnd() % DIFF_FDS;
	st.other = rnd() % DIFF_FDS;
	st.behind = behind && rnd() % 4 == 0;
	umask(rnd() % 4 ? 022 : rnd() % 01000);

	become(uid);
	run(op, a, &st, &oa);
	run(op, b, &st, &ob);
	become(0);
	snprintf(history[n % HISTORY], sizeof(history[0]),
		 "%d: %s%s uid %u slots %d %d paths %s %s: %ld %s, %ld %s", n, op->name,
		 st.behind ? " (below)" : "", uid, st.slot, st.other, st.path[0], st.path[1],
		 oa.ret, errno_name(oa.err), ob.ret, errno_name(ob.err));

	if (oa.ret != ob.ret || oa.err != ob.err)
		return fail("results differ");
	if (oa.len != ob.len || memcmp(oa.data, ob.data, oa.len))
		return fail("what was returned differs, %zu and %zu bytes: %.300s / %.300s",
			    oa.len, ob.len, (char *)oa.data, (char *)ob.data);
	if (oa.timed && outcome_times_differ(&oa, &ob))
		return fail("times differ: %ld %ld %ld / %ld %ld %ld", oa.times[0].tv_sec,
			    oa.times[1].tv_sec, oa.times[2].tv_sec, ob.times[0].tv_sec,
			    ob.times[1].tv_sec, ob.times[2].tv_sec);
	return views_agree(a, st.path[0]) | views_agree(b, st.path[0]) |
	       views_agree(a, st.path[1]) | views_agree(b, st.path[1]);
}

static int open_side(struct side *s, const char *name, const char *top, const char *below)
{
	s->name = name;
	s->view[0] = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->view[1] = open(below, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < DIFF_FDS; i++)
		s->fd[i] = -1;
	if (s->view[0] < 0 || s->view[1] < 0)
		return fail_errno("%s", s->view[0] < 0 ? top : below);
	return 0;
}

static int diff(int argc, char **argv)
{
	static struct side a, b;
	int n, count, behind, bad = 0;
	gid_t shared = 1002;

	if (argc != 7)
		return fail("wrong number of arguments");
	if (open_side(&a, "stack", argv[1], argv[2]) || open_side(&b, "plain", argv[3], argv[3]))
		return 1;
	state = number(argv[4]) * 0x9e3779b97f4a7c15ULL + 1;
	count = number(argv[5]);
	behind = !strcmp(argv[6], "both");
	setgroups(1, &shared);
	/* a pipe may be without readers */
	signal(SIGPIPE, SIG_IGN);
	for (n = 0; n < count && !bad; n++)
		bad = one(n, &a, &b, behind);
	if (bad)
		for (int i = n > HISTORY ? n - HISTORY : 0; i < n; i++)
			fprintf(stderr, "%s\n", history[i % HISTORY]);
	/* in this order: a walk sets access times, of both */
	if (!bad && diff_trees(a.view[0], b.view[0], 0))
		bad = fail("at the end: the stack and the plain tree");
	if (!bad && diff_trees(a.view[0], a.view[1], 1))
		bad = fail("at the end: the mount and the directory below it");
	if (!bad)
		printf("%d steps, seed %s: no difference\n", n, argv[4]);
	return bad;
}

CHECK("diff", diff,
      "TOP LOWER PLAIN SEED COUNT top|both: random steps on TOP, mounted over LOWER, and PLAIN")
