// SPDX-License-Identifier: GPL-2.0
/* Names for the numbers of the ABI. None returns NULL. */
#define _GNU_SOURCE
#include <stddef.h>
#include <string.h>

#include <linux/bypassio.h>

#include "names.h"

#define STATE_ROW(value, id, name)		{ (value), (name), #id },
#define REASON_ROW(value, id, name, text)	{ (value), (name), (text) },

struct row {
	unsigned int value;
	const char *name;
	const char *text;
};

static const struct row states[] = { BPIO_STATES(STATE_ROW) { 0 } };
static const struct row reasons[] = { BPIO_REASONS(REASON_ROW) { 0 } };

static const char * const ops[BPIO_OP_MAX] = {
	[BPIO_OP_ENABLE]	= "enable",
	[BPIO_OP_DISABLE]	= "disable",
	[BPIO_OP_QUERY]		= "query",
	[BPIO_OP_VOLUME_PAUSE]	= "volume-pause",
	[BPIO_OP_VOLUME_RESUME]	= "volume-resume",
	[BPIO_OP_STREAM_PAUSE]	= "stream-pause",
	[BPIO_OP_STREAM_RESUME]	= "stream-resume",
	[BPIO_OP_GET_INFO]	= "get-info",
};

static const char * const paths[BPIO_PATH_MAX] = {
	[BPIO_PATH_TRADITIONAL]		= "traditional",
	[BPIO_PATH_FILTERS_SKIPPED]	= "filters-skipped",
	[BPIO_PATH_LOWER_SKIPPED]	= "lower-skipped",
	[BPIO_PATH_FULL]		= "full",
};

static const struct {
	unsigned int bit;
	const char *name;
} out_flags[] = {
	{ BPIO_OUT_VOLUME_PAUSED,	"volume-paused" },
	{ BPIO_OUT_STREAM_PAUSED,	"stream-paused" },
	{ BPIO_OUT_ATTACH_BLOCKED,	"attach-blocked" },
	{ BPIO_OUT_STORAGE_COMPATIBLE,	"storage-compatible" },
	{ BPIO_OUT_ENABLED,		"enabled" },
	{ BPIO_OUT_SUSPENDED,		"suspended" },
};

static const struct row *find(const struct row *row, unsigned int value)
{
	static const struct row unknown = { .name = "unknown", .text = "unknown" };

	while (row->name && row->value != value)
		row++;
	return row->name ? row : &unknown;
}

static const char *pick(const char * const *table, unsigned int max, unsigned int i)
{
	return i < max && table[i] ? table[i] : "unknown";
}

/**
 * name_op() - name of an operation
 * @op: enum bpio_op
 *
 * Return: the name, or "unknown".
 */
const char *name_op(unsigned int op)
{
	return pick(ops, BPIO_OP_MAX, op);
}

/**
 * name_path() - name of a read's path
 * @path: enum bpio_path
 *
 * Return: the name, or "unknown".
 */
const char *name_path(unsigned int path)
{
	return pick(paths, BPIO_PATH_MAX, path);
}

/**
 * name_state() - name of a state of the storage half
 * @state: enum bpio_state
 *
 * Return: the name, or "unknown".
 */
const char *name_state(unsigned int state)
{
	return find(states, state)->name;
}

/**
 * name_reason() - stable name of a reason
 * @reason: enum bpio_reason
 *
 * Return: the name, or "unknown".
 */
const char *name_reason(unsigned int reason)
{
	return find(reasons, reason)->name;
}

/**
 * name_reason_text() - the sentence that belongs to a reason
 * @reason: enum bpio_reason
 *
 * Return: the sentence, or "unknown".
 */
const char *name_reason_text(unsigned int reason)
{
	return find(reasons, reason)->text;
}

/**
 * name_out_flag() - name of one bit of bpio_args.out_flags
 * @bit: the bit's value
 *
 * Return: the name, or "unknown".
 */
const char *name_out_flag(unsigned int bit)
{
	for (size_t i = 0; i < sizeof(out_flags) / sizeof(*out_flags); i++)
		if (out_flags[i].bit == bit)
			return out_flags[i].name;
	return "unknown";
}

/**
 * name_errno() - symbol of an error number
 * @err: positive or negative errno
 *
 * Return: for example "EPERM", or "unknown".
 */
const char *name_errno(int err)
{
	const char *name = strerrorname_np(err < 0 ? -err : err);

	return name ? name : "unknown";
}
