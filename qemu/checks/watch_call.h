/* SPDX-License-Identifier: GPL-2.0 */
/* A descriptor that tells of changes, and what is expected of it. */
#ifndef WATCH_CALL_H
#define WATCH_CALL_H

#include <linux/bypassio_watch.h>

#include "caller_call.h"

#define WATCH_ALL	((1ull << BPIO_EVENT_MAX) - 1)
#define WATCH_ONE(id)	(1ull << BPIO_EVENT_##id)

/* BPIO_IOC_WATCH: a descriptor or -errno */
int watch_open(int fd, unsigned int flags, unsigned long long events);

/* All events that watch_expect() has read */
#define WATCH_LOG	128
extern struct bpio_event watch_log[WATCH_LOG];
extern unsigned int watch_logged;

/* What an event must be; @pid: 0 is 0, else that process */
struct watch_want {
	unsigned int type, reason, count, pauses, pid;
	const char *driver;
};

/* The next event, which is there or comes within 10 s, is this; says why and returns 1 if not */
int watch_expect(int w, unsigned long ino, const struct watch_want *want);

/* No event is there */
int watch_quiet(int w, const char *what);

#define EXPECT(w, ino, id, ...)							\
	watch_expect(w, ino, &(struct watch_want){ BPIO_EVENT_##id, __VA_ARGS__ })

const char *watch_event_name(unsigned int type);

#endif
