// SPDX-License-Identifier: GPL-2.0
/*
 * Hold an open file until the end of standard input, SIGINT, SIGTERM or SIGHUP
 *
 * SIGUSR1, and time if that is asked for, print a report meanwhile.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "hold.h"
#include "print.h"

/**
 * hold_signals() - from now on they wait for hold()
 *
 * Return: a descriptor for hold(), or -errno.
 */
int hold_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int next_report_ms(const struct timespec *start, unsigned long long every)
{
	struct timespec now;
	unsigned long long passed;

	if (!every)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &now);
	passed = (now.tv_sec - start->tv_sec) * 1000ULL + now.tv_nsec / 1000000 -
		 start->tv_nsec / 1000000;
	return every * 1000 - passed % (every * 1000);
}

/**
 * hold() - wait
 * @hold: what is held
 * @signals: from hold_signals()
 *
 * Return: exit status: 0, or of an error that was printed.
 */
int hold(const struct hold *hold, int signals)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	struct timespec start;
	char drop[256];
	int n;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		n = poll(fds, 2, next_report_ms(&start, hold->every));
		if (n < 0 && errno != EINTR)
			return print_error(hold->path, "wait", errno);
		if (!n && hold->report(hold->path, "held", hold->fd))
			return EXIT_ERROR;
		if (n <= 0)
			continue;
		if (fds[1].revents) {
			if (read(signals, &info, sizeof(info)) != sizeof(info))
				return print_error(hold->path, "read a signal", EIO);
			if (info.ssi_signo != SIGUSR1)
				return EXIT_OK;
			if (hold->report(hold->path, "held", hold->fd))
				return EXIT_ERROR;
		}
		if (fds[0].revents && read(STDIN_FILENO, drop, sizeof(drop)) <= 0)
			return EXIT_OK;
	}
}
