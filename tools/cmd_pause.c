// SPDX-License-Identifier: GPL-2.0
/*
 * bpioctl pause: pause the filter half of a file, or the storage half of its mount
 *
 * With --hold the pause belongs to an open file of ours. The kernel ends it when
 * that is closed, however this program ends. What is left then is asked on a
 * second open file.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "hold.h"
#include "json.h"
#include "kapi.h"
#include "names.h"
#include "option.h"
#include "print.h"
#include "utf8.h"

static bool json, stream, volume, own;

static void show(const char *path, const char *event, const struct bpio_args *args)
{
	if (json) {
		json_open(NULL, '{');
		json_string("event", event);
		print_json_pause(path, volume, args);
		json_close('}');
		json_end();
	} else if (!strcmp(event, "ignored")) {
		printf("Pause of \"%s\" is ignored: no open file has the bypass enabled.\n", path);
	} else {
		print_pause(path, volume, args);
	}
	fflush(stdout);
}

static int report(const char *path, const char *event, int fd)
{
	struct bpio_args args;
	int err;

	err = kapi_manage(fd, BPIO_OP_QUERY, BPIO_IN_SKIP_STORAGE, &args);
	if (err)
		return print_error(path, "get the state of the file", err);
	show(path, event, &args);
	return EXIT_OK;
}

static int send_pause(int fd, const struct bpio_pause *why, struct bpio_args *args)
{
	memset(args, 0, sizeof(*args));
	args->op = volume ? BPIO_OP_VOLUME_PAUSE : BPIO_OP_STREAM_PAUSE;
	if (own)
		args->in_flags |= BPIO_IN_OWNED;
	if (why->reason) {
		args->in_flags |= BPIO_IN_WHY;
		args->pause = *why;
	}
	return kapi_send(fd, args);
}

static int pause_one(const char *path, int fd, const struct bpio_pause *why)
{
	struct bpio_args args;
	bool paused;
	int err;

	err = send_pause(fd, why, &args);
	if (err)
		return print_error(path, "pause the bypass", err);
	paused = print_is_paused(volume, &args);
	/* Not paused, but enabled, or a mount: somebody has resumed it meanwhile */
	show(path, paused || volume || args.stream_count ? "paused" : "ignored", &args);
	return paused ? EXIT_OK : EXIT_UNDONE;
}

/* Takes over @fd */
static int pause_and_hold(const char *path, int fd, const struct bpio_pause *why)
{
	struct hold what = { .path = path, .report = report };
	int status, signals;

	what.fd = kapi_open(path, true, NULL);
	if (what.fd < 0) {
		close(fd);
		return print_error(path, "open", what.fd);
	}
	signals = hold_signals();
	if (signals < 0) {
		status = print_error(path, "take signals", signals);
		goto out_close;
	}
	status = pause_one(path, fd, why);
	if (!status) {
		status = hold(&what, signals);
		close(fd);
		fd = -1;
		if (report(path, "ended", what.fd))
			status = EXIT_ERROR;
	}
	close(signals);
out_close:
	close(what.fd);
	if (fd >= 0)
		close(fd);
	return status;
}

static int get_why(const char *reason, const char *text, struct bpio_pause *why)
{
	int number = number_of_reason(reason ? reason : "other");
	size_t len = text ? strlen(text) : 0;

	memset(why, 0, sizeof(*why));
	if (!reason && !text)
		return 0;
	if (number <= BPIO_REASON_NONE) {
		fprintf(stderr, "bpioctl: pause: no reason \"%s\"; see bpioctl(8)\n", reason);
		return -EINVAL;
	}
	if (len > BPIO_TEXT_MAX) {
		fprintf(stderr, "bpioctl: pause: --text takes at most %d bytes\n", BPIO_TEXT_MAX);
		return -EINVAL;
	}
	for (size_t i = 0, n; i < len; i += n ?: 1) {
		const unsigned char *s = (const unsigned char *)text + i;

		n = utf8_length(s, len - i);
		if (utf8_is_control(s, n)) {
			fputs("bpioctl: pause: --text takes no control characters\n", stderr);
			return -EINVAL;
		}
	}
	why->reason = number;
	why->text_len = len;
	if (len)
		memcpy(why->text, text, len);
	return 0;
}

int cmd_pause(int argc, char **argv)
{
	const char *reason = NULL, *text = NULL;
	const struct option_spec specs[] = {
		{ .name = "--json", .flag = &json },
		{ .name = "--stream", .flag = &stream },
		{ .name = "--volume", .flag = &volume },
		{ .name = "--hold", .flag = &own },
		{ .name = "--reason", .text = &reason },
		{ .name = "--text", .text = &text },
		{ }
	};
	struct bpio_pause why;
	int fd, status;

	argc = option_parse(argc, argv, specs);
	if (argc < 0 || get_why(reason, text, &why))
		return EXIT_ERROR;
	if (argc != 2 || (stream && volume)) {
		fputs("bpioctl: pause needs one path, and one of --stream, --volume at most\n",
		      stderr);
		return EXIT_ERROR;
	}
	fd = kapi_open(argv[1], true, NULL);
	if (fd < 0)
		return print_error(argv[1], "open", fd);
	if (own)
		return pause_and_hold(argv[1], fd, &why);
	status = pause_one(argv[1], fd, &why);
	close(fd);
	return status;
}
