// SPDX-License-Identifier: GPL-2.0
/* Answers of the kernel as text for people. The JSON forms are in print_json.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "print.h"
#include "utf8.h"

/**
 * print_bytes() - a text of somebody else's, fit for a terminal
 * @text: any bytes; what is no character, or a control character, becomes "?"
 * @len: how many
 * @max: how many there can be
 */
void print_bytes(const __u8 *text, unsigned int len, unsigned int max)
{
	size_t n;

	if (len > max)
		len = max;
	for (unsigned int i = 0; i < len; i += n) {
		n = utf8_length(text + i, len - i);
		if (n && !utf8_is_control(text + i, n))
			fwrite(text + i, 1, n, stdout);
		else
			putchar('?');
		if (!n)
			n = 1;
	}
}

/**
 * print_verdict_of() - judge an answer of ENABLE or QUERY
 * @args: the answer
 *
 * Return: how far reads can bypass.
 */
enum verdict print_verdict_of(const struct bpio_args *args)
{
	if (args->results.filter.status)
		return VERDICT_NONE;
	return args->results.storage.status ? VERDICT_PARTIAL : VERDICT_FULL;
}

/**
 * print_verdict() - the first line of "state" and "enable"
 * @path: the file
 * @verdict: how far
 */
void print_verdict(const char *path, enum verdict verdict)
{
	static const char * const texts[] = {
		[VERDICT_FULL]	  = "supported.",
		[VERDICT_PARTIAL] =
			"partially supported: the filters are skipped, the lower file system is not.",
		[VERDICT_NONE]	  = "not supported.",
	};

	printf("Bypass of \"%s\" is %s\n", path, texts[verdict]);
}

/**
 * print_text() - the sentence of a refusal, to the end of the line
 * @result: of the half that refused
 */
void print_text(const struct bpio_result *result)
{
	if (result->text_len)
		print_bytes(result->text, result->text_len, BPIO_TEXT_MAX);
	else
		fputs(name_reason_text(result->reason), stdout);
	puts(result->flags & BPIO_RESULT_CUT ? "..." : "");
}

/**
 * print_refusal() - who refused, and why
 * @indent: goes before each line
 * @result: of the half that refused
 */
void print_refusal(const char *indent, const struct bpio_result *result)
{
	printf("%sStatus: %s (%s)\n", indent, name_errno(result->status),
	       strerror(abs(result->status)));
	printf("%sDriver: ", indent);
	print_bytes(result->driver, result->driver_len, BPIO_DRIVER_MAX);
	printf("\n%sReason: %s: ", indent, name_reason(result->reason));
	print_text(result);
}

static void print_flags(const char *what, unsigned int flags,
			const char *name_of(unsigned int bit))
{
	printf("%s0x%08x", what, flags);
	for (unsigned int bit = 1; bit; bit <<= 1)
		if (flags & bit)
			printf(" %s", name_of(bit));
	putchar('\n');
}

/**
 * print_header() - the fields that every answer has
 * @args: the answer
 */
void print_header(const struct bpio_args *args)
{
	printf("op:            %u (%s)\n", args->op, name_op(args->op));
	print_flags("in_flags:      ", args->in_flags, name_in_flag);
	printf("size:          %u\n", args->size);
	print_flags("out_flags:     ", args->out_flags, name_out_flag);
	printf("state:         %u (%s)\n", args->state, name_state(args->state));
	printf("stream_count:  %u\n", args->stream_count);
	printf("pause_count:   %u\n", args->pause_count);
	printf("volume_pause_count: %u\n", args->volume_pause_count);
}

/**
 * print_result() - all fields of one half's answer
 * @half: "filter" or "storage"
 * @result: the answer
 */
void print_result(const char *half, const struct bpio_result *result)
{
	printf("%s.status: %d%s%s\n", half, result->status, result->status ? " " : "",
	       result->status ? name_errno(result->status) : "");
	printf("%s.reason: %u (%s: %s)\n", half, result->reason, name_reason(result->reason),
	       name_reason_text(result->reason));
	printf("%s.flags:  0x%08x\n", half, result->flags);
	printf("%s.driver: ", half);
	print_bytes(result->driver, result->driver_len, BPIO_DRIVER_MAX);
	printf("\n%s.text:   ", half);
	print_bytes(result->text, result->text_len, BPIO_TEXT_MAX);
	putchar('\n');
}

/**
 * print_counts() - reads by path and by reason
 * @indent: goes before each line
 * @info: the counters
 */
void print_counts(const char *indent, const struct bpio_info *info)
{
	for (unsigned int i = BPIO_PATH_MAX; i-- > 0;)
		printf("%s%-16s %12llu reads %16llu bytes\n", indent, name_path(i),
		       (unsigned long long)info->reads[i], (unsigned long long)info->bytes[i]);
	for (unsigned int i = 1; i < BPIO_REASON_MAX; i++)
		if (info->reasons[i])
			printf("%snot full: %s, %llu reads: %s\n", indent, name_reason(i),
			       (unsigned long long)info->reasons[i], name_reason_text(i));
}

/**
 * print_storage() - the lower file system and its disk
 * @args: an answer of GET_INFO
 */
void print_storage(const struct bpio_args *args)
{
	const struct bpio_info *info = &args->info;

	fputs("    File system:   ", stdout);
	print_bytes(info->fs_name, info->fs_name_len, BPIO_DRIVER_MAX);
	fputs("\n    Disk:          ", stdout);
	print_bytes(info->disk_name, info->disk_name_len, BPIO_DRIVER_MAX);
	printf("\n    Disk driver:   %s\n", args->out_flags & BPIO_OUT_STORAGE_COMPATIBLE ?
	       "bypass compatible" : "not bypass compatible");
	printf("    Block size:    %u bytes\n", info->block_size);
	printf("    Enabled files: %u on this mount\n", info->volume_count);
	printf("    Extents kept:  %llu in %llu bytes (all files: %llu in %llu bytes)\n",
	       (unsigned long long)info->map_extents, (unsigned long long)info->map_bytes,
	       (unsigned long long)info->all_extents, (unsigned long long)info->all_bytes);
}

static const char *advice(int err)
{
	switch (err) {
	case ENOTTY:
		return "the file is not on a bypassfs mount; see mount(8) with -t bypassfs";
	case EPERM:
		return "this needs the file's owner or more; try as root";
	case EACCES:
		return "you may not read this file; try as its owner or as root";
	case ENOENT:
		return "check the path";
	case EINVAL:
		return "bpioctl and the loaded module do not fit together; see bpioctl version";
	case ELOOP:
		return "the path runs through too many symbolic links";
	default:
		return NULL;
	}
}

/**
 * print_error() - say on stderr what failed, and what to do
 * @path: the file
 * @operation: what was tried, a verb
 * @err: positive or negative errno
 *
 * Return: the exit status for errors, 3.
 */
int print_error(const char *path, const char *operation, int err)
{
	const char *hint;

	err = abs(err);
	hint = advice(err);
	fflush(stdout);
	fprintf(stderr, "bpioctl: %s: cannot %s: %s (%s)%s%s\n", path, operation, strerror(err),
		name_errno(err), hint ? ": " : "", hint ? hint : "");
	return 3;
}
