// SPDX-License-Identifier: GPL-2.0
/* What init judges when the tests are over: modules, memory, log and taint. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "init.h"
#include "reports.h"

/*
 * Out-of-tree, unsigned, and KUnit's own mark; and the one for distributions, by which Debian
 * tells that fanotify was asked for permission. Anything else is a report.
 */
#define TAINT_ALLOWED ((1UL << 12) | (1UL << 13) | (1UL << 16) | (1UL << 18))

/* Every module of ours must go, whatever the tests did to it. */
void unload_modules(void)
{
	char buf[65536], *line, *save;
	int left, removed;

	do {
		left = removed = 0;
		read_file("/proc/modules", buf, sizeof(buf));
		for (line = strtok_r(buf, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			line[strcspn(line, " ")] = 0;
			if (strncmp(line, "bypassfs", 8) && strncmp(line, "bpio_", 5) &&
			    !strstr(line, "_kunit"))
				continue;
			if (!syscall(SYS_delete_module, line, O_NONBLOCK))
				removed++;
			else
				left++;
		}
	} while (left && removed);
	if (left)
		red("%d modules do not unload: %s", left, strerror(errno));
}

/* Objects count once they are five seconds old and two scans agree. */
void scan_leaks(void)
{
	static char buf[1 << 16];
	const char *leak = "/sys/kernel/debug/kmemleak";

	if (access(leak, F_OK))
		return;
	sleep(6);
	write_file(leak, "scan");
	write_file(leak, "scan");
	if (read_file(leak, buf, sizeof(buf)) > 0) {
		printf("%s\n", buf);
		red("kmemleak: %.300s", buf);
	}
}

void check_log(void)
{
	char buf[8192], *text;
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK), found = 0;
	ssize_t n;

	if (fd < 0)
		red("cannot read the kernel log");
	for (;;) {
		n = read(fd, buf, sizeof(buf) - 1);
		if (n < 0 && errno == EPIPE) {
			red("the kernel log was overrun");
			continue;
		}
		if (n <= 0)
			break;
		buf[n] = 0;
		text = strchr(buf, ';');
		if (text && report_in(text) && found++ < 10) {
			text[strcspn(text, "\n")] = 0;
			red("kernel report: %.300s", text + 1);
		}
	}
	close(fd);
	read_file("/proc/sys/kernel/tainted", buf, sizeof(buf));
	if (!buf[0] || strtoul(buf, NULL, 10) & ~TAINT_ALLOWED)
		red("the kernel is tainted: %.20s", buf);
}
