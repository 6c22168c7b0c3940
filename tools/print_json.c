// SPDX-License-Identifier: GPL-2.0
/* Answers of the kernel as members of the JSON object that is open. */
#include <stdio.h>

#include "json.h"
#include "names.h"
#include "print.h"

/**
 * print_json_verdict() - member "bypass"
 * @verdict: how far reads can bypass
 */
void print_json_verdict(enum verdict verdict)
{
	static const char * const names[] = {
		[VERDICT_FULL]	  = "full",
		[VERDICT_PARTIAL] = "partial",
		[VERDICT_NONE]	  = "none",
	};

	json_string("bypass", names[verdict]);
}

/**
 * print_json_header() - the fields that every answer has
 * @args: the answer
 */
void print_json_header(const struct bpio_args *args)
{
	json_string("op", name_op(args->op));
	json_number("in_flags", args->in_flags);
	json_number("size", args->size);
	json_open("out_flags", '[');
	for (unsigned int bit = 1; bit; bit <<= 1)
		if (args->out_flags & bit)
			json_string(NULL, name_out_flag(bit));
	json_close(']');
	json_string("state", name_state(args->state));
	json_number("stream_count", args->stream_count);
	json_number("pause_count", args->pause_count);
	json_number("volume_pause_count", args->volume_pause_count);
}

/**
 * print_json_bytes() - a name or text as the kernel answers it
 * @key: member name
 * @text: any bytes
 * @len: how many
 * @max: how many there can be
 */
void print_json_bytes(const char *key, const __u8 *text, unsigned int len, unsigned int max)
{
	json_bytes(key, text, len < max ? len : max);
}

/**
 * print_json_members() - what a result holds, in the object that is open
 * @result: the answer
 */
void print_json_members(const struct bpio_result *result)
{
	json_signed("status", result->status);
	json_string("errno", result->status ? name_errno(result->status) : NULL);
	json_string("reason", name_reason(result->reason));
	json_number("reason_id", result->reason);
	json_string("reason_text", name_reason_text(result->reason));
	print_json_bytes("driver", result->driver, result->driver_len, BPIO_DRIVER_MAX);
	print_json_bytes("text", result->text, result->text_len, BPIO_TEXT_MAX);
	json_bool("text_cut", result->flags & BPIO_RESULT_CUT);
}

/**
 * print_json_result() - one half's answer
 * @half: "filter" or "storage"
 * @result: the answer
 */
void print_json_result(const char *half, const struct bpio_result *result)
{
	json_open(half, '{');
	print_json_members(result);
	json_close('}');
}

/**
 * print_json_counts() - members "reads", "bytes" and "not_full"
 * @info: the counters
 */
void print_json_counts(const struct bpio_info *info)
{
	json_open("reads", '{');
	for (unsigned int i = 0; i < BPIO_PATH_MAX; i++)
		json_number(name_path(i), info->reads[i]);
	json_close('}');
	json_open("bytes", '{');
	for (unsigned int i = 0; i < BPIO_PATH_MAX; i++)
		json_number(name_path(i), info->bytes[i]);
	json_close('}');
	json_open("not_full", '{');
	for (unsigned int i = 1; i < BPIO_REASON_MAX; i++)
		if (info->reasons[i])
			json_number(name_reason(i), info->reasons[i]);
	json_close('}');
}

/**
 * print_json_info() - what GET_INFO answers
 * @args: the answer
 */
void print_json_info(const struct bpio_args *args)
{
	const struct bpio_info *info = &args->info;

	json_open("info", '{');
	json_number("volume_count", info->volume_count);
	json_number("block_size", info->block_size);
	print_json_bytes("fs", info->fs_name, info->fs_name_len, BPIO_DRIVER_MAX);
	print_json_bytes("disk", info->disk_name, info->disk_name_len, BPIO_DRIVER_MAX);
	json_bool("storage_compatible", args->out_flags & BPIO_OUT_STORAGE_COMPATIBLE);
	json_number("map_extents", info->map_extents);
	json_number("map_bytes", info->map_bytes);
	json_number("all_extents", info->all_extents);
	json_number("all_bytes", info->all_bytes);
	print_json_counts(info);
	json_close('}');
}
