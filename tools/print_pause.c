// SPDX-License-Identifier: GPL-2.0
/* Pauses, and all that stands in the way of a bypass, as text and as JSON. */
#include <stdio.h>

#include "json.h"
#include "names.h"
#include "print.h"

/**
 * print_is_paused() - was it paused when the kernel answered?
 * @volume: the mount, or else the inode
 * @args: any answer
 *
 * Return: true if so.
 */
bool print_is_paused(bool volume, const struct bpio_args *args)
{
	return args->out_flags & (volume ? BPIO_OUT_VOLUME_PAUSED : BPIO_OUT_STREAM_PAUSED);
}

/**
 * print_pause() - one sentence on whether it is paused
 * @path: the file
 * @volume: the mount, or else the inode
 * @args: any answer
 */
void print_pause(const char *path, bool volume, const struct bpio_args *args)
{
	bool paused = print_is_paused(volume, args);

	printf("Bypass of %s\"%s\" is %s", volume ? "the mount of " : "", path,
	       paused ? "paused: " : "not paused");
	if (paused)
		fputs(volume ? "reads go through the lower file system" :
		      "reads go through the filters", stdout);
	printf(" (pauses: %u", volume ? args->volume_pause_count : args->pause_count);
	if (!volume)
		printf(", enabled open files: %u", args->stream_count);
	puts(").");
}

/**
 * print_json_pause() - the same as members of the object that is open
 * @path: the file
 * @volume: the mount, or else the inode
 * @args: any answer
 */
void print_json_pause(const char *path, bool volume, const struct bpio_args *args)
{
	json_string("path", path);
	json_string("scope", volume ? "volume" : "stream");
	json_bool("paused", print_is_paused(volume, args));
	print_json_header(args);
}

static const char *half_of(const struct bpio_blocker *blocker)
{
	switch (blocker->half) {
	case BPIO_HALF_FILTER:
		return "filter";
	case BPIO_HALF_STORAGE:
		return "storage";
	default:
		return "unknown";
	}
}

/**
 * print_blocker() - a line on one that stands in the way
 * @indent: goes before it
 * @blocker: which half, who, why
 */
void print_blocker(const char *indent, const struct bpio_blocker *blocker)
{
	const struct bpio_result *result = &blocker->result;

	printf("%s%s: ", indent, half_of(blocker));
	print_bytes(result->driver, result->driver_len, BPIO_DRIVER_MAX);
	if (blocker->pid)
		printf(" (pid %u)", blocker->pid);
	printf(": %s", name_reason(result->reason));
	if (blocker->why)
		printf(" (%s)", name_reason(blocker->why));
	fputs(": ", stdout);
	print_text(result);
}

/**
 * print_json_blockers() - member "blockers"
 * @list: they
 * @count: how many
 */
void print_json_blockers(const struct bpio_blocker *list, size_t count)
{
	json_open("blockers", '[');
	for (size_t i = 0; i < count; i++) {
		json_open(NULL, '{');
		json_string("half", half_of(&list[i]));
		print_json_members(&list[i].result);
		json_string("why", list[i].why ? name_reason(list[i].why) : NULL);
		json_number("pid", list[i].pid);
		json_close('}');
	}
	json_close(']');
}
