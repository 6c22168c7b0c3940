// SPDX-License-Identifier: GPL-2.0
/* What the kernel said since this was last asked. */
#include <fcntl.h>
#include <unistd.h>
#include "../reports.h"
#include "checks.h"

static int kernel_reports(int argc, char **argv)
{
	unsigned long long seq, last = 0;
	char buf[8192], *text;
	int fd, found = 0;
	ssize_t n;
	FILE *f;

	if (argc != 2)
		return fail("usage: kernel-reports FILE");
	f = fopen(argv[1], "r");
	if (f) {
		if (fscanf(f, "%llu", &last) != 1)
			last = 0;
		fclose(f);
	}
	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fail_errno("open /dev/kmsg");
	for (;;) {
		n = read(fd, buf, sizeof(buf) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			break;
		buf[n] = 0;
		text = strchr(buf, ';');
		if (!text || sscanf(buf, "%*u,%llu", &seq) != 1 || seq < last)
			continue;
		last = seq + 1;
		text[strcspn(text, "\n")] = 0;
		if (report_in(text) && found++ < 3)
			printf("%s\n", text + 1);
	}
	close(fd);
	f = fopen(argv[1], "w");
	if (!f || fprintf(f, "%llu\n", last) < 0 || fclose(f))
		return fail_errno("write %s", argv[1]);
	return found ? 1 : 0;
}
CHECK("kernel-reports", kernel_reports,
      "FILE: the log has no report since the last call; FILE keeps the place")
