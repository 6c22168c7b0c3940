// SPDX-License-Identifier: GPL-2.0
/* Names for the numbers of the ABI, and back. No name_*() returns NULL. */
#define _GNU_SOURCE
#include <stddef.h>
#include <string.h>

#include <linux/bypassio_filters.h>
#include <linux/bypassio_watch.h>

#include "names.h"

#define STATE_ROW(value, id, name)		{ (value), (name), #id },
#define REASON_ROW(value, id, name, text)	{ (value), (name), (text) },
#define EVENT_ROW(value, id, name)		{ (value), (name), #id },
#define CALL_ROW(value, id, name)		{ (value), (name), #id },

struct row {
	unsigned int value;
	const char *name;
	const char *text;
};

static const struct row states[] = { BPIO_STATES(STATE_ROW) { 0 } };
static const struct row reasons[] = { BPIO_REASONS(REASON_ROW) { 0 } };
static const struct row events[] = { BPIO_EVENTS(EVENT_ROW) { 0 } };
static const struct row calls[] = { BPIO_CALLS(CALL_ROW) { 0 } };

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

static const struct row in_flags[] = {
	{ BPIO_IN_SKIP_STORAGE,		"skip-storage" },
	{ BPIO_IN_SCOPE_HANDLE,		"scope-handle" },
	{ BPIO_IN_SCOPE_STREAM,		"scope-stream" },
	{ BPIO_IN_WHY,			"why" },
	{ BPIO_IN_OWNED,		"owned" },
	{ BPIO_IN_ALL,			"all" },
	{ 0 }
};

static const struct row out_flags[] = {
	{ BPIO_OUT_VOLUME_PAUSED,	"volume-paused" },
	{ BPIO_OUT_STREAM_PAUSED,	"stream-paused" },
	{ BPIO_OUT_ATTACH_BLOCKED,	"attach-blocked" },
	{ BPIO_OUT_STORAGE_COMPATIBLE,	"storage-compatible" },
	{ BPIO_OUT_ENABLED,		"enabled" },
	{ BPIO_OUT_SUSPENDED,		"suspended" },
	{ 0 }
};

static const struct row features[] = {
	{ BPIO_FEATURE_BYPASS,		"bypass" },
	{ BPIO_FEATURE_DATA,		"data" },
	{ 0 }
};

static const struct row *find(const struct row *row, unsigned int value)
{
	static const struct row unknown = { .name = "unknown", .text = "unknown" };

	while (row->name && row->value != value)
		row++;
	return row->name ? row : &unknown;
}

static int number_of(const struct row *row, const char *name)
{
	while (row->name && strcmp(row->name, name))
		row++;
	return row->name ? (int)row->value : -1;
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
 * name_event() - name of what a watch reports
 * @type: enum bpio_event_type
 *
 * Return: the name, or "unknown".
 */
const char *name_event(unsigned int type)
{
	return find(events, type)->name;
}

/**
 * name_call() - name of what a filter sees
 * @type: enum bpio_call_type
 *
 * Return: the name, or "unknown".
 */
const char *name_call(unsigned int type)
{
	return find(calls, type)->name;
}

/**
 * name_feature() - name of what a filter has declared
 * @bit: the bit's value, of bpio_filter_info.features
 *
 * Return: the name, or "unknown".
 */
const char *name_feature(unsigned int bit)
{
	return find(features, bit)->name;
}

/**
 * name_in_flag() - name of one bit of bpio_args.in_flags
 * @bit: the bit's value
 *
 * Return: the name, or "unknown".
 */
const char *name_in_flag(unsigned int bit)
{
	return find(in_flags, bit)->name;
}

/**
 * name_out_flag() - name of one bit of bpio_args.out_flags
 * @bit: the bit's value
 *
 * Return: the name, or "unknown".
 */
const char *name_out_flag(unsigned int bit)
{
	return find(out_flags, bit)->name;
}

/**
 * number_of_op() - the operation of a name
 * @name: as name_op() returns it
 *
 * Return: enum bpio_op, or -1.
 */
int number_of_op(const char *name)
{
	for (int i = 0; i < BPIO_OP_MAX; i++)
		if (ops[i] && !strcmp(ops[i], name))
			return i;
	return -1;
}

/**
 * number_of_reason() - the reason of a name
 * @name: as name_reason() returns it
 *
 * Return: enum bpio_reason, or -1.
 */
int number_of_reason(const char *name)
{
	return number_of(reasons, name);
}

/**
 * number_of_event() - the event of a name
 * @name: as name_event() returns it
 *
 * Return: enum bpio_event_type, or -1.
 */
int number_of_event(const char *name)
{
	return number_of(events, name);
}

/**
 * number_of_in_flag() - the bit of a name
 * @name: as name_in_flag() returns it
 *
 * Return: the bit's value, or -1.
 */
int number_of_in_flag(const char *name)
{
	return number_of(in_flags, name);
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
