// SPDX-License-Identifier: GPL-2.0
/* bpioctl watch: changes of state as they come */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "kapi.h"
#include "names.h"
#include "option.h"
#include "print.h"

#define FOREVER		(~0ULL)
#define LONGEST		(365 * 86400ULL)	/* seconds */

static bool json, volume;

static unsigned long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* How many events can be read: 0 when the time is over, or -errno */
static int wait_until(int fd, unsigned long long end)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	unsigned long long now, left;
	int n;

	for (;;) {
		now = now_ms();
		left = end > now ? end - now : 0;
		n = poll(&pollfd, 1, end == FOREVER ? -1 : left < 60000 ? (int)left : 60000);
		if (n > 0 || (!n && left < 60000))
			return n;
		if (n < 0 && errno != EINTR)
			return -errno;
	}
}

/* True when no more are wanted */
static bool show(const struct bpio_event *events, size_t n, unsigned long long *left)
{
	for (size_t i = 0; i < n; i++) {
		if (json)
			print_json_event(&events[i]);
		else
			print_event(&events[i]);
		if (ferror(stdout) || (*left && !--*left))
			return true;
	}
	return false;
}

static int follow(const char *path, int fd, unsigned long long count, unsigned long long end)
{
	struct bpio_event events[16];
	ssize_t got;
	int n;

	for (;;) {
		n = wait_until(fd, end);
		if (n < 0)
			return print_error(path, "wait for events", n);
		if (!n)
			return count ? EXIT_UNDONE : EXIT_OK;
		got = read(fd, events, sizeof(events));
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return print_error(path, "read events", errno);
		if (got > 0 && show(events, got / sizeof(*events), &count))
			return EXIT_OK;
	}
}

static int watch(const char *path, unsigned int events, unsigned long long count,
		 unsigned long long timeout)
{
	int file, fd, status;

	file = kapi_open(path, false, NULL);
	if (file < 0)
		return print_error(path, "open", file);
	fd = kapi_watch(file, volume, events);
	close(file);
	if (fd < 0)
		return print_error(path, "watch the bypass", fd);
	status = follow(path, fd, count, timeout == FOREVER ? FOREVER : now_ms() + timeout * 1000);
	close(fd);
	return status;
}

static int bit_of_event(const char *name)
{
	int number = number_of_event(name);

	return number < 0 ? -1 : 1 << number;
}

int cmd_watch(int argc, char **argv)
{
	unsigned long long count = 0, timeout = FOREVER;
	unsigned int events = (1U << BPIO_EVENT_MAX) - 1;
	const char *names = NULL;
	const struct option_spec specs[] = {
		{ .name = "--json", .flag = &json },
		{ .name = "--volume", .flag = &volume },
		{ .name = "--events", .text = &names },
		{ .name = "--count", .number = &count },
		{ .name = "--timeout", .number = &timeout },
		{ }
	};

	argc = option_parse(argc, argv, specs);
	if (argc < 0 || (names && option_set(argv[0], "event", names, bit_of_event, &events)))
		return EXIT_ERROR;
	if (argc != 2) {
		fputs("bpioctl: watch needs one path\n", stderr);
		return EXIT_ERROR;
	}
	if (timeout != FOREVER && timeout > LONGEST) {
		fputs("bpioctl: watch: --timeout takes at most a year\n", stderr);
		return EXIT_ERROR;
	}
	return watch(argv[1], events, count, timeout);
}
