// SPDX-License-Identifier: GPL-2.0
/* Short plays with an open file of one's own, see rand.h. */
#include <fcntl.h>
#include <linux/bypassio_watch.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rand.h"

/* An open file that is enabled. Nobody else can disable it. */
static int open_enabled(unsigned int file)
{
	int fd = rand_open(file, O_RDONLY | O_DIRECT);
	struct bpio_args a;

	if (fd < 0)
		return -1;
	if (!bpio_call(fd, BPIO_OP_ENABLE, 0, &a) && !a.results.filter.status)
		return fd;
	close(fd);
	return rand_failed("enable of one's own: %s", bpio_reason_name(a.results.filter.reason));
}

static int pause_owned(struct rand_thread *t, int fd, unsigned int op)
{
	struct bpio_args a = { .op = op, .in_flags = BPIO_IN_OWNED };

	if (rand_number(t, 2)) {
		a.in_flags |= BPIO_IN_WHY;
		a.pause.reason = BPIO_REASON_SNAPSHOT;
		a.pause.text_len = 3;
		memcpy(a.pause.text, "why", 3);
	}
	if (ioctl(fd, BPIO_IOC_MANAGE, &a))
		return rand_failed("%s: %s", bpio_op_name(op), strerror(errno));
	return 0;
}

/* While the pause lasts, whatever the others send: the flag, and not one read on @never */
static int stays(struct rand_thread *t, int fd, unsigned int file, unsigned int flag,
		 unsigned int never)
{
	struct bpio_info before, after;
	struct bpio_args a;

	if (bpio_counts(fd, &before))
		return rand_stop();
	for (int i = rand_number(t, 8); i >= 0; i--)
		if (rand_read_block(t, fd, file, rand_number(t, RAND_BLOCKS)))
			return -1;
	if (bpio_call(fd, BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE, &a))
		return rand_failed("get-info: %s", strerror(errno));
	after = a.info;
	if (!(a.out_flags & flag) || !(a.out_flags & BPIO_OUT_ENABLED))
		return rand_failed("flags %#x while a pause of one's own lasts", a.out_flags);
	for (unsigned int path = 0; path < BPIO_PATH_MAX; path++)
		if (never & (1u << path) && after.reads[path] != before.reads[path])
			return rand_failed("a read took path %s in spite of a pause",
					   bpio_path_name(path));
	return 0;
}

/* Ends it by a resume on the same open file, or by closing that */
static int owned(struct rand_thread *t, unsigned int pause, unsigned int flag, unsigned int never)
{
	unsigned int file = rand_number(t, RAND_FILES);
	unsigned int resume = pause == BPIO_OP_STREAM_PAUSE ? BPIO_OP_STREAM_RESUME :
							      BPIO_OP_VOLUME_RESUME;
	int fd = open_enabled(file), bad;
	struct bpio_args a;

	if (fd < 0)
		return -1;
	bad = pause_owned(t, fd, pause) || stays(t, fd, file, flag, never);
	if (!bad && rand_number(t, 2) && bpio_call(fd, resume, 0, &a))
		bad = rand_failed("%s: %s", bpio_op_name(resume), strerror(errno));
	close(fd);
	return bad ? -1 : 0;
}

int rand_act_owned_stream(struct rand_thread *t)
{
	return owned(t, BPIO_OP_STREAM_PAUSE, BPIO_OUT_STREAM_PAUSED,
		     1u << BPIO_PATH_FULL | 1u << BPIO_PATH_FILTERS_SKIPPED);
}

int rand_act_owned_volume(struct rand_thread *t)
{
	return owned(t, BPIO_OP_VOLUME_PAUSE, BPIO_OUT_VOLUME_PAUSED,
		     1u << BPIO_PATH_FULL | 1u << BPIO_PATH_LOWER_SKIPPED);
}

/* A writer through the mount is never kept out; it writes what is there */
int rand_act_write(struct rand_thread *t)
{
	unsigned int file = rand_number(t, RAND_FILES), first = rand_number(t, RAND_BLOCKS);
	size_t len = (1 + rand_number(t, RAND_BLOCKS - first)) * RAND_BLOCK;
	int fd = rand_open(file, O_WRONLY | (rand_number(t, 2) ? O_DIRECT : 0));
	off_t at = (off_t)first * RAND_BLOCK;
	ssize_t n;

	if (fd < 0)
		return -1;
	memcpy(t->buf, world.data[file] + at, len);
	n = pwrite(fd, t->buf, len, at);
	close(fd);
	return n == (ssize_t)len ? 0 : rand_failed("write: %zd, %s", n, strerror(errno));
}

static int open_watch(struct rand_thread *t)
{
	struct bpio_watch w = { .flags = BPIO_WATCH_NONBLOCK };
	int fd = rand_open(rand_number(t, RAND_FILES + 1), O_RDONLY);

	if (fd < 0)
		return -1;
	if (rand_number(t, 2))
		w.flags |= BPIO_WATCH_VOLUME;
	w.events = 1 + rand_number(t, (1u << BPIO_EVENT_MAX) - 1);
	t->events = w.events;
	t->watch = ioctl(fd, BPIO_IOC_WATCH, &w);
	close(fd);
	return t->watch < 0 ? rand_failed("watch: %s", strerror(errno)) : 0;
}

static int impossible_event(const struct rand_thread *t, const struct bpio_event *e)
{
	return e->type >= BPIO_EVENT_MAX || !(t->events & (1ull << e->type)) || e->reserved ||
	       e->driver_len > BPIO_DRIVER_MAX || e->reason >= BPIO_REASON_MAX ||
	       e->stream_count > RAND_SLOTS + RAND_OPERATORS + RAND_READERS ||
	       (e->pid && e->pid != (unsigned int)getpid());
}

static int read_watch(struct rand_thread *t)
{
	struct bpio_event e[16];
	ssize_t n = read(t->watch, e, sizeof(e));

	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0 || n % sizeof(*e))
		return rand_failed("read of a watch: %zd, %s", n, strerror(errno));
	for (unsigned int i = 0; i < n / sizeof(*e); i++)
		if (impossible_event(t, &e[i]))
			return rand_failed("event of type %u, reason %u, pid %u, %u enabled",
					   e[i].type, e[i].reason, e[i].pid, e[i].stream_count);
	RAND_ADD(&world.events, n / sizeof(*e));
	return 0;
}

int rand_act_watch(struct rand_thread *t)
{
	if (t->watch < 0)
		return open_watch(t);
	if (rand_number(t, 8))
		return read_watch(t);
	close(t->watch);
	t->watch = -1;
	return 0;
}
