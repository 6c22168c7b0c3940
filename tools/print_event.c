// SPDX-License-Identifier: GPL-2.0
/* Events of a watch, a line each. */
#include <stdio.h>

#include "json.h"
#include "names.h"
#include "print.h"

#define NSEC_PER_SEC	1000000000ULL

/**
 * print_event() - one line for people
 * @event: the event
 */
void print_event(const struct bpio_event *event)
{
	printf("%llu.%06llu ", (unsigned long long)(event->time / NSEC_PER_SEC),
	       (unsigned long long)(event->time % NSEC_PER_SEC / 1000));
	if (event->ino)
		printf("inode %llu ", (unsigned long long)event->ino);
	else
		fputs("mount ", stdout);
	fputs(name_event(event->type), stdout);
	if (event->reason)
		printf(": %s", name_reason(event->reason));
	if (event->driver_len) {
		fputs(", by ", stdout);
		print_bytes(event->driver, event->driver_len, BPIO_DRIVER_MAX);
	}
	if (event->pid)
		printf(event->driver_len ? " (pid %u)" : ", by pid %u", event->pid);
	if (event->ino)
		printf(", enabled %u", event->stream_count);
	printf(", pauses %u", event->pause_count);
	if (event->lost)
		printf(", %u events lost before it", event->lost);
	putchar('\n');
	fflush(stdout);
}

/**
 * print_json_event() - the same as one JSON value
 * @event: the event
 */
void print_json_event(const struct bpio_event *event)
{
	json_open(NULL, '{');
	json_number("time", event->time);
	json_number("ino", event->ino);
	json_string("event", name_event(event->type));
	json_string("reason", name_reason(event->reason));
	json_number("reason_id", event->reason);
	print_json_bytes("driver", event->driver, event->driver_len, BPIO_DRIVER_MAX);
	json_number("pid", event->pid);
	json_number("stream_count", event->stream_count);
	json_number("pause_count", event->pause_count);
	json_number("lost", event->lost);
	json_close('}');
	json_end();
}
