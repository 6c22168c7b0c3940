// SPDX-License-Identifier: GPL-2.0
/* Whose a pause is, and when it ends: of one stream, and of the mount, by the same rules. */
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uapi_call.h"

/* What differs between the two halves */
static const struct half {
	const char *name;
	unsigned int pause, resume, flag, reason;
	int storage;
} halves[] = {
	{ "stream", BPIO_OP_STREAM_PAUSE, BPIO_OP_STREAM_RESUME, BPIO_OUT_STREAM_PAUSED,
	  BPIO_REASON_STREAM_PAUSED, 0 },
	{ "volume", BPIO_OP_VOLUME_PAUSE, BPIO_OP_VOLUME_RESUME, BPIO_OUT_VOLUME_PAUSED,
	  BPIO_REASON_VOLUME_PAUSED, 1 },
};

static const struct half *h;
static const char *path;
static int enabled;	/* an open file that stays enabled */
static int stranger;	/* one that owns nothing */

static int open_one(void)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		exit(fail_errno("%s", path));
	return fd;
}

static unsigned int pauses_of(const struct bpio_args *a)
{
	return h->storage ? a->volume_pause_count : a->pause_count;
}

static int pause_it(int fd, unsigned int flags, const char *text)
{
	struct bpio_args a = { .op = h->pause, .in_flags = flags };

	if (text) {
		a.in_flags |= BPIO_IN_WHY;
		a.pause.reason = BPIO_REASON_SNAPSHOT;
		a.pause.text_len = strlen(text);
		memcpy(a.pause.text, text, strlen(text));
	}
	if (ioctl(fd, BPIO_IOC_MANAGE, &a))
		return fail_errno("%s", bpio_op_name(h->pause));
	return a.out_flags & h->flag ? 0 : fail("%s: not paused", bpio_op_name(h->pause));
}

static int is(const char *what, const unsigned char *got, unsigned int len, const char *want)
{
	if (len == strlen(want) && !memcmp(got, want, len))
		return 0;
	return fail("%s is '%.*s', wanted '%s'", what, len, (const char *)got, want);
}

/* Who is named; "" means nobody */
static int named(const struct bpio_result *r, const char *who, const char *text)
{
	if (!*who)
		return r->status || r->reason || r->driver_len || r->text_len ?
		       fail("'%.*s' is named: %s", r->driver_len, (const char *)r->driver,
			    bpio_reason_name(r->reason)) : 0;
	if (r->status != -EBUSY || r->reason != h->reason)
		return fail("%s, %s; wanted EBUSY, %s", errno_name(-r->status),
			    bpio_reason_name(r->reason), bpio_reason_name(h->reason));
	return is("who", r->driver, r->driver_len, who) ||
	       (text && is("why", r->text, r->text_len, text));
}

/* RESUME on @fd: it goes on in the name of @who, or has ended if that is "" */
static int resume_it(int fd, const char *who, const char *text)
{
	struct bpio_args a;
	int err = bpio_call(fd, h->resume, 0, &a);

	if (err)
		return fail("%s: %s", bpio_op_name(h->resume), strerror(-err));
	if (!(a.out_flags & h->flag) != !*who)
		return fail("%s: %s paused", bpio_op_name(h->resume), *who ? "not" : "still");
	if (!*who && pauses_of(&a))
		return fail("running, after %u pauses", pauses_of(&a));
	return named(h->storage ? &a.results.storage : &a.results.filter, who, text);
}

/* @count: pauses since it last ran */
static int is_paused(unsigned int count)
{
	struct bpio_args a;

	if (bpio_call(stranger, BPIO_OP_GET_INFO, 0, &a))
		return fail_errno("get-info");
	if (!(a.out_flags & h->flag) != !count || pauses_of(&a) != count)
		return fail("flags %#x after %u pauses, wanted %u", a.out_flags, pauses_of(&a),
			    count);
	return 0;
}

static int runs(void)
{
	static char buf[4096] __attribute__((aligned(4096)));
	int took;

	if (is_paused(0))
		return 1;
	took = bpio_read_path(enabled, buf, sizeof(buf), 0);
	return took == BPIO_PATH_FULL ? 0 : fail("a read took path %d", took);
}

static int plain(void)
{
	int a = open_one(), b = open_one(), bad;

	bad = pause_it(a, 0, NULL) || is_paused(1) || resume_it(b, "", NULL) || runs();
	bad = bad || pause_it(a, 0, "one") || pause_it(b, 0, "two") || is_paused(2) ||
	      resume_it(stranger, "", NULL) || runs() || resume_it(stranger, "", NULL) || runs();
	/* It is not his who has sent it */
	bad = bad || pause_it(a, 0, "three");
	close(a);
	bad = bad || is_paused(1) || resume_it(b, "", NULL) || runs();
	close(b);
	return bad;
}

static int owned(void)
{
	int a = open_one(), bad;

	bad = pause_it(a, BPIO_IN_OWNED, "mine") || is_paused(1) ||
	      resume_it(stranger, "checks", "mine") || is_paused(1) ||
	      resume_it(enabled, "checks", "mine") || is_paused(1) || resume_it(a, "", NULL) ||
	      runs();
	bad = bad || pause_it(a, BPIO_IN_OWNED, NULL) || resume_it(stranger, "checks", NULL);
	close(a);
	return bad || runs();
}

/* The same owner again: the new one is instead of the old */
static int owned_twice(void)
{
	int a = open_one(), bad;

	bad = pause_it(a, BPIO_IN_OWNED, "first") || pause_it(a, BPIO_IN_OWNED, "second") ||
	      is_paused(2) || resume_it(stranger, "checks", "second") || is_paused(2) ||
	      resume_it(a, "", NULL) || runs();
	close(a);
	return bad || runs();
}

static int two_owners(void)
{
	int a = open_one(), b = open_one(), bad;

	bad = pause_it(a, BPIO_IN_OWNED, "first") || pause_it(b, BPIO_IN_OWNED, "second") ||
	      resume_it(stranger, "checks", "first") || resume_it(a, "checks", "second") ||
	      is_paused(2) || pause_it(a, BPIO_IN_OWNED, "third") ||
	      resume_it(stranger, "checks", "second");
	close(b);
	bad = bad || is_paused(3) || resume_it(stranger, "checks", "third");
	close(a);
	return bad || runs();
}

static int owned_and_plain(void)
{
	int a = open_one(), bad;

	bad = pause_it(a, BPIO_IN_OWNED, "mine") || pause_it(stranger, 0, "anybody's") ||
	      resume_it(stranger, "checks", "mine") || is_paused(2);
	/* That resume has ended the other one */
	close(a);
	bad = bad || runs();
	a = open_one();
	bad = bad || pause_it(a, BPIO_IN_OWNED, "mine") || pause_it(stranger, 0, "anybody's");
	close(a);
	return bad || is_paused(2) || resume_it(stranger, "", NULL) || runs();
}

/* An open file is closed when its last descriptor is */
static int duplicates(void)
{
	int a = open_one(), d = dup(a), bad, status;
	pid_t pid;

	bad = pause_it(a, BPIO_IN_OWNED, "mine");
	close(a);
	bad = bad || is_paused(1) || resume_it(stranger, "checks", "mine");
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	close(d);
	bad = bad || is_paused(1);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return bad || runs();
}

/* Who has crashed leaves no pause behind, and until then is told by his name */
static int killed(void)
{
	int ready[2], status, bad;
	char c = 'n';
	pid_t pid;

	if (pipe(ready))
		return fail_errno("pipe");
	pid = fork();
	if (!pid) {
		prctl(PR_SET_NAME, "the-owner");
		if (pause_it(open_one(), BPIO_IN_OWNED, "until I die") ||
		    write(ready[1], "y", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	bad = read(ready[0], &c, 1) != 1 || c != 'y' ||
	      resume_it(stranger, "the-owner", "until I die") || is_paused(1);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(ready[0]);
	close(ready[1]);
	return bad || runs();
}

static int blocker_is(const struct bpio_blocker *b, const char *text, unsigned int why)
{
	if (b->result.reason != h->reason || b->why != why || b->pid != (unsigned int)getpid())
		return fail("blocker %s, why %s, process %u", bpio_reason_name(b->result.reason),
			    bpio_reason_name(b->why), b->pid);
	return is("who", b->result.driver, b->result.driver_len, "checks") ||
	       (text && is("why", b->result.text, b->result.text_len, text));
}

/* The list has them all, owners first, with what they have said */
static int listed(void)
{
	int a = open_one(), b = open_one(), bad;
	struct bpio_args l;

	bad = pause_it(stranger, 0, NULL) || pause_it(a, BPIO_IN_OWNED, "mine") ||
	      pause_it(b, BPIO_IN_OWNED, NULL) ||
	      bpio_call(enabled, BPIO_OP_QUERY, BPIO_IN_ALL, &l);
	if (!bad && l.blockers.total != 3)
		bad = fail("%u blockers, wanted 3", l.blockers.total);
	bad = bad || blocker_is(&l.blockers.list[0], "mine", BPIO_REASON_SNAPSHOT) ||
	      blocker_is(&l.blockers.list[1], NULL, BPIO_REASON_OTHER) ||
	      blocker_is(&l.blockers.list[2], NULL, BPIO_REASON_OTHER);
	close(a);
	close(b);
	return bad || resume_it(stranger, "", NULL) || runs();
}

static const struct {
	const char *name;
	int (*fn)(void);
} cases[] = {
	{ "a pause of nobody's", plain },
	{ "a pause with an owner", owned },
	{ "the same owner again", owned_twice },
	{ "two owners", two_owners },
	{ "an owner and nobody", owned_and_plain },
	{ "dup and fork", duplicates },
	{ "an owner that is killed", killed },
	{ "a list of pauses", listed },
};

static int pause_owner(int argc, char **argv)
{
	int bad = 0;

	if (argc != 2)
		return fail("usage: pause-owner FILE");
	path = argv[1];
	stranger = open_one();
	enabled = open(path, O_RDONLY | O_DIRECT);
	if (enabled < 0 || bpio_enable_full(enabled, path))
		return fail("cannot start");
	for (size_t half = 0; half < 2; half++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			h = &halves[half];
			if (cases[i].fn())
				bad = fail("in the case: %s: %s", h->name, cases[i].name);
		}
	}
	return bad;
}

CHECK("pause-owner", pause_owner, "FILE: when pauses end, and who is named until then (as root)")
