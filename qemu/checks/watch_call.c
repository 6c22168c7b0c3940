// SPDX-License-Identifier: GPL-2.0
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "watch_call.h"

#define EVENT_NAME(value, id, name) \
	[value] = (name),

static const char * const names[BPIO_EVENT_MAX] = { BPIO_EVENTS(EVENT_NAME) };

const char *watch_event_name(unsigned int type)
{
	return type < BPIO_EVENT_MAX ? names[type] : "unknown";
}

int watch_open(int fd, unsigned int flags, unsigned long long events)
{
	struct bpio_watch arg = { .flags = flags, .events = events };
	int w = ioctl(fd, BPIO_IOC_WATCH, &arg);

	return w < 0 ? -errno : w;
}

static int fields_are(const struct bpio_event *ev, unsigned long ino, const struct watch_want *want)
{
	struct timespec now;
	int bad = 0;

	clock_gettime(CLOCK_BOOTTIME, &now);
	if (ev->reason != want->reason)
		bad |= fail("reason %s, wanted %s", bpio_reason_name(ev->reason),
			    bpio_reason_name(want->reason));
	if (ev->ino != ino)
		bad |= fail("inode %llu, wanted %lu", (unsigned long long)ev->ino, ino);
	if (ev->stream_count != want->count || ev->pause_count != want->pauses)
		bad |= fail("%u enabled, %u pauses; wanted %u, %u", ev->stream_count,
			    ev->pause_count, want->count, want->pauses);
	if (ev->pid != want->pid)
		bad |= fail("process %u, wanted %u", ev->pid, want->pid);
	if (ev->driver_len != strlen(want->driver) ||
	    memcmp(ev->driver, want->driver, ev->driver_len))
		bad |= fail("by '%.*s', wanted '%s'", (int)ev->driver_len,
			    (const char *)ev->driver, want->driver);
	for (unsigned int i = ev->driver_len; i < BPIO_DRIVER_MAX; i++)
		if (ev->driver[i])
			return fail("not zero behind the name");
	if (ev->lost || ev->reserved)
		bad |= fail("%u lost, reserved %u", ev->lost, ev->reserved);
	if (!ev->time || ev->time > now.tv_sec * 1000000000ull + now.tv_nsec)
		bad |= fail("time %llu is not past", (unsigned long long)ev->time);
	return bad;
}

struct bpio_event watch_log[WATCH_LOG];
unsigned int watch_logged;

int watch_expect(int w, unsigned long ino, const struct watch_want *want)
{
	struct pollfd p = { .fd = w, .events = POLLIN };
	struct bpio_event ev;
	int bad;

	if (poll(&p, 1, 10000) != 1 || p.revents != POLLIN)
		return fail("no event, wanted %s", watch_event_name(want->type));
	if (read(w, &ev, sizeof(ev)) != sizeof(ev))
		return fail_errno("read, wanted %s", watch_event_name(want->type));
	if (ev.type != want->type)
		return fail("event %s (%s), wanted %s", watch_event_name(ev.type),
			    bpio_reason_name(ev.reason), watch_event_name(want->type));
	if (watch_logged < WATCH_LOG)
		watch_log[watch_logged++] = ev;
	bad = fields_are(&ev, ino, want);
	return bad ? fail("in the event: %s", watch_event_name(ev.type)) : 0;
}

int watch_quiet(int w, const char *what)
{
	struct pollfd p = { .fd = w, .events = POLLIN };
	struct bpio_event ev;

	if (!poll(&p, 1, 0))
		return 0;
	if (read(w, &ev, sizeof(ev)) != sizeof(ev))
		return fail_errno("%s: read", what);
	return fail("%s: event %s (%s)", what, watch_event_name(ev.type),
		    bpio_reason_name(ev.reason));
}
