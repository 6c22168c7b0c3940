// SPDX-License-Identifier: GPL-2.0
/* A watch as a descriptor: what it refuses, who waits and is woken, what does not fit. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "watch_call.h"

#define NONBLOCK	BPIO_WATCH_NONBLOCK
#define load(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v)	__atomic_store_n(p, v, __ATOMIC_SEQ_CST)

static const char *path;
static int fd;	/* what is enabled and disabled */

/* @n events of one type */
static int happen(unsigned int n)
{
	struct bpio_args a;

	while (n--)
		if (bpio_call(fd, BPIO_OP_ENABLE, 0, &a) || bpio_call(fd, BPIO_OP_DISABLE, 0, &a))
			return fail("enable, disable");
	return 0;
}

static int refused(const struct bpio_watch *arg, int want, const char *what)
{
	int w = ioctl(fd, BPIO_IOC_WATCH, arg), got = w < 0 ? errno : 0;

	if (w >= 0)
		close(w);
	return got == want ? 0 : fail("%s: %s, wanted %s", what, errno_name(got), errno_name(want));
}

static int malformed(void)
{
	struct bpio_watch arg;
	int bad = 0;

	for (unsigned int bit = 2; bit < 32; bit++) {
		arg = (struct bpio_watch){ .flags = 1u << bit, .events = 1 };
		bad |= refused(&arg, EINVAL, "a flag");
	}
	for (unsigned int bit = BPIO_EVENT_MAX; bit < 64; bit++) {
		arg = (struct bpio_watch){ .events = 1ull << bit | 1 };
		bad |= refused(&arg, EINVAL, "an event");
	}
	arg = (struct bpio_watch){ .events = 0 };
	bad |= refused(&arg, EINVAL, "no event");
	arg = (struct bpio_watch){ .events = 1, .reserved1 = 1 };
	bad |= refused(&arg, EINVAL, "reserved1");
	arg = (struct bpio_watch){ .events = 1, .reserved2 = 1ull << 63 };
	bad |= refused(&arg, EINVAL, "reserved2");
	bad |= refused(NULL, EFAULT, "no argument");
	bad |= refused((void *)-4096l, EFAULT, "an address of the kernel's");
	return bad;
}

static int no_descriptor(void)
{
	struct rlimit old, none = { 0 };
	int bad;

	if (getrlimit(RLIMIT_NOFILE, &old))
		return fail_errno("getrlimit");
	none.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NOFILE, &none);
	bad = refused(&(struct bpio_watch){ .events = 1 }, EMFILE, "no descriptor is free");
	setrlimit(RLIMIT_NOFILE, &old);
	return bad;
}

static int read_fails(int w, void *buf, size_t len, int want, const char *what)
{
	ssize_t n = read(w, buf, len);

	if (n >= 0)
		return fail("%s: read %zd bytes, wanted %s", what, n, errno_name(want));
	return errno == want ? 0 : fail_errno("%s: wanted %s", what, errno_name(want));
}

static int reads(void)
{
	const size_t one = sizeof(struct bpio_event);
	int w = watch_open(fd, NONBLOCK, WATCH_ONE(ENABLED)), bad = 0;
	struct bpio_event ev[8];

	if (w < 0)
		return fail("no watch");
	if (!(fcntl(w, F_GETFD) & FD_CLOEXEC))
		bad |= fail("not close-on-exec");
	bad |= read_fails(w, ev, sizeof(ev), EAGAIN, "empty");
	bad |= read_fails(w, ev, 0, EINVAL, "no room") | read_fails(w, ev, 1, EINVAL, "one byte");
	bad |= read_fails(w, ev, one - 1, EINVAL, "a byte too few, empty");
	bad |= happen(7) || read_fails(w, ev, one - 1, EINVAL, "a byte too few");
	bad |= read_fails(w, (void *)-4096l, one, EFAULT, "an address of the kernel's");
	memset(ev, 0xee, sizeof(ev));
	if (read(w, ev, one * 2 + one - 1) != (ssize_t)one * 2)
		bad |= fail("room for two and a bit");
	if (*(unsigned char *)&ev[2] != 0xee)
		bad |= fail("an event that does not fit was written");
	/* None was lost to those errors, and the rest comes at once */
	if (read(w, ev, sizeof(ev)) != (ssize_t)one * 5)
		bad |= fail("five are left");
	bad |= read_fails(w, ev, sizeof(ev), EAGAIN, "all are read");
	if (write(w, ev, one) >= 0)
		bad |= fail("it can be written to");
	close(w);
	return bad;
}

static int lost_is(int w, unsigned int want, const char *what)
{
	struct bpio_event ev;

	if (read(w, &ev, sizeof(ev)) != sizeof(ev))
		return fail_errno("%s", what);
	return ev.lost == want ? 0 : fail("%s: %u lost, wanted %u", what, ev.lost, want);
}

static int overflow(void)
{
	int w = watch_open(fd, NONBLOCK, WATCH_ONE(ENABLED)), bad;
	int wide = watch_open(fd, NONBLOCK, WATCH_ONE(DISABLED));

	bad = happen(BPIO_WATCH_ROOM + 72);
	for (unsigned int i = 0; i < BPIO_WATCH_ROOM && !bad; i++)
		bad = lost_is(w, 0, "one that has found room");
	bad = bad || watch_quiet(w, "the others are lost") || happen(2) ||
	      lost_is(w, 72, "the next") || lost_is(w, 0, "the one after");
	/* Full again; room for one: what comes then tells of those before */
	bad = bad || happen(BPIO_WATCH_ROOM + 5) || lost_is(w, 0, "the oldest") || happen(1);
	for (unsigned int i = 0; i < BPIO_WATCH_ROOM - 1 && !bad; i++)
		bad = lost_is(w, 0, "one of the room");
	bad = bad || lost_is(w, 5, "the one that found room again");
	/* Who has not read at all keeps the oldest */
	for (unsigned int i = 0; i < BPIO_WATCH_ROOM && !bad; i++)
		bad = lost_is(wide, 0, "one of who has not read");
	close(w);
	close(wide);
	return bad;
}

/* A thread that waits for one event, by read() or by poll() first */
struct waiter {
	pthread_t thread;
	int w, polls, begun, got, err;
	struct bpio_event ev;
};

static void *wait_fn(void *arg)
{
	struct waiter *t = arg;
	struct pollfd p = { .fd = t->w, .events = POLLIN };

	store(&t->begun, 1);
	if (t->polls && poll(&p, 1, 30000) != 1)
		t->err = ETIMEDOUT;
	else if (read(t->w, &t->ev, sizeof(t->ev)) != sizeof(t->ev))
		t->err = errno;
	store(&t->got, 1);
	return NULL;
}

static int start_waiting(struct waiter *t)
{
	if (t->w < 0 || pthread_create(&t->thread, NULL, wait_fn, t))
		return fail("no watch, or no thread");
	while (!load(&t->begun))
		usleep(1000);
	usleep(200000);
	return load(&t->got) ? fail("did not wait") : 0;
}

static int was_woken(struct waiter *t, const char *what)
{
	for (int i = 0; i < 10000 && !load(&t->got); i++)
		usleep(1000);
	if (!load(&t->got))
		return fail("%s: is not woken", what);
	pthread_join(t->thread, NULL);
	return t->err || t->ev.type != BPIO_EVENT_ENABLED ?
	       fail("%s: %s, event %s", what, errno_name(t->err), watch_event_name(t->ev.type)) : 0;
}

static int waits(void)
{
	struct waiter reader = { .w = watch_open(fd, 0, WATCH_ONE(ENABLED)) };
	struct waiter poller = { .w = watch_open(fd, 0, WATCH_ONE(ENABLED)), .polls = 1 };
	struct waiter closed = { .w = watch_open(fd, 0, WATCH_ONE(ENABLED)) };
	int bad = start_waiting(&reader) || start_waiting(&poller) || start_waiting(&closed);

	/* Who waits has the watch open, whatever becomes of the descriptor */
	if (close(closed.w))
		bad |= fail_errno("close");
	bad = bad || happen(1) || was_woken(&reader, "read") || was_woken(&poller, "poll") ||
	      was_woken(&closed, "its descriptor is closed");
	close(reader.w);
	close(poller.w);
	return bad;
}

static void ignore(int sig)
{
	(void)sig;
}

static int interrupted(void)
{
	struct sigaction act = { .sa_handler = ignore };
	int w = watch_open(fd, 0, WATCH_ONE(ENABLED)), bad, status;
	struct bpio_event ev;
	pid_t pid;

	sigaction(SIGALRM, &act, NULL);
	alarm(1);
	bad = read_fails(w, &ev, sizeof(ev), EINTR, "a signal");
	fcntl(w, F_SETFL, O_NONBLOCK);
	bad |= read_fails(w, &ev, sizeof(ev), EAGAIN, "told not to wait later");
	fcntl(w, F_SETFL, 0);
	pid = fork();
	if (!pid)
		_exit(read(w, &ev, sizeof(ev)) == sizeof(ev));
	usleep(300000);
	kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
		bad |= fail("a reader that waits is not killed");
	bad |= happen(1) || lost_is(w, 0, "after all that");
	close(w);
	return bad;
}

/* It is not the open file that it was made with, which is closed as any other */
static int outlives(void)
{
	int file = open(path, O_RDONLY | O_DIRECT), w, bad;
	struct bpio_args a;

	w = watch_open(file, NONBLOCK, WATCH_ONE(ENABLED) | WATCH_ONE(DISABLED));
	bad = bpio_call(file, BPIO_OP_ENABLE, 0, &a) || lost_is(w, 0, "enabled") ||
	      watch_quiet(w, "enabled");
	close(file);
	bad = bad || lost_is(w, 0, "its file is closed") || watch_quiet(w, "closed") || happen(1) ||
	      lost_is(w, 0, "enabled by another") || lost_is(w, 0, "disabled by another");
	close(w);
	return bad;
}

static const struct {
	const char *name;
	int (*fn)(void);
} cases[] = {
	{ "malformed", malformed }, { "no descriptor", no_descriptor }, { "reads", reads },
	{ "overflow", overflow }, { "waits", waits }, { "interrupted", interrupted },
	{ "outlives", outlives },
};

static int watch_limits(int argc, char **argv)
{
	int bad = 0;

	if (argc != 2)
		return fail("usage: watch-limits FILE");
	path = argv[1];
	fd = open(path, O_RDONLY | O_DIRECT);
	if (fd < 0)
		return fail_errno("%s", path);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (cases[i].fn())
			bad = fail("in the case: %s", cases[i].name);
	return bad;
}

CHECK("watch-limits", watch_limits, "FILE: a watch as a descriptor")
