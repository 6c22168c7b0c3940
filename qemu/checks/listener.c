// SPDX-License-Identifier: GPL-2.0
/*
 * A listener of fanotify on the lower file, which allows and forbids reads by turns: each read of
 * an enabled handle hears of it at once, however recently another was allowed.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include "read_uring.h"
#include "uapi_call.h"

#define LEN	4096
#define TURNS	50

static int listening;
static volatile int forbid, asked;

static void *answer(void *arg)
{
	struct fanotify_event_metadata events[16], *event;
	struct fanotify_response response;
	ssize_t len;

	(void)arg;
	for (;;) {
		len = read(listening, events, sizeof(events));
		if (len <= 0)
			return NULL;
		for (event = events; FAN_EVENT_OK(event, len); event = FAN_EVENT_NEXT(event, len)) {
			response.fd = event->fd;
			response.response = forbid ? FAN_DENY : FAN_ALLOW;
			asked++;
			if (write(listening, &response, sizeof(response)) != sizeof(response))
				return NULL;
			close(event->fd);
		}
	}
}

static ssize_t read_by(struct read_uring *u, int fd, int kind, void *buf)
{
	ssize_t n;

	if (kind >= 0)
		return read_uring_read(u, kind, buf, LEN, 0);
	n = pread(fd, buf, LEN, 0);
	return n < 0 ? -errno : n;
}

static int listen_to(const char *path)
{
	pthread_t thread;

	listening = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
	if (listening < 0 ||
	    fanotify_mark(listening, FAN_MARK_ADD, FAN_ACCESS_PERM, AT_FDCWD, path))
		return fail_errno("fanotify on %s", path);
	return pthread_create(&thread, NULL, answer, NULL) ? fail("no thread") : 0;
}

static int listener(int argc, char **argv)
{
	struct read_uring *u;
	struct bpio_info info;
	void *buf;
	int fd, was;
	ssize_t n;

	if (argc != 3 || posix_memalign(&buf, LEN, LEN))
		return fail("listener FILE LOWER");
	/* A kernel may look for listeners when the file is opened, and then no more */
	if (listen_to(argv[2]))
		return 1;
	fd = open(argv[2], O_RDONLY);
	if (fd < 0 || pread(fd, buf, LEN, 0) != LEN)
		return fail_errno("%s", argv[2]);
	close(fd);
	if (!asked)
		return fail("nobody hears of reads of the lower file itself");
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	if (fd < 0)
		return fail_errno("%s", argv[1]);
	u = read_uring_new(fd);
	if (!u)
		return fail_errno("a ring");
	if (bpio_enable_full(fd, argv[1]))
		return 1;
	for (int i = 0; i < TURNS; i++)
		for (int kind = -1; kind <= READ_URING_FIXED; kind++) {
			forbid = 0;
			was = asked;
			n = read_by(u, fd, kind, buf);
			if (n != LEN || asked == was)
				return fail("way %d, allowed: %zd, asked %d times", kind, n,
					    asked - was);
			forbid = 1;
			was = asked;
			n = read_by(u, fd, kind, buf);
			if (n != -EPERM || asked != was + 1)
				return fail("way %d, forbidden: %zd, asked %d times", kind, n,
					    asked - was);
		}
	if (bpio_counts(fd, &info))
		return 1;
	if (info.reads[BPIO_PATH_FULL] >= TURNS)
		return 0;
	bpio_print_counts("allowed", &info);
	return fail("reads do not bypass, so nothing was tested");
}

CHECK("listener", listener, "FILE LOWER: who listens to the lower file can forbid reads")
