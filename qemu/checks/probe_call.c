// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include "probe_call.h"

#define DEVICE	"/dev/bpio_probe"

static int send_text(const char *text)
{
	int fd = open(DEVICE, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		exit(fail_errno(DEVICE));
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int probe(const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return send_text(text);
}

int probe_must(const char *fmt, ...)
{
	char text[512];
	va_list args;
	int err;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	err = send_text(text);
	return err ? fail("%s: %s", text, strerror(-err)) : 0;
}

long probe_count(const char *name, const char *what)
{
	char text[4096] = " ", word[32], *at;
	int fd;
	ssize_t n;

	if (probe("clear") || probe_must("count %s", name))
		exit(1);
	fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		exit(fail_errno(DEVICE));
	close(fd);
	text[n] = 0;
	snprintf(word, sizeof(word), " %s=", what);
	at = strstr(text, word);
	return at ? atol(at + strlen(word)) : 0;
}
