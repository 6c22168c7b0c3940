// SPDX-License-Identifier: GPL-2.0
/* The filters of a mount, as a table and as JSON. */
#include <stdio.h>

#include "json.h"
#include "names.h"
#include "print.h"

/* Whoever is in a filter for longer is told of on a line of his own */
#define LONG_MS		1000

#define INDENT		"    "

/* "yes": it says so; "auto": it sees neither reads nor writes */
static const char *bypass_of(const struct bpio_filter_info *filter)
{
	if (filter->flags & BPIO_FILTER_BLOCKS)
		return "blocks";
	if (filter->flags & BPIO_FILTER_AUTO_OPTED_IN)
		return "auto";
	return filter->flags & BPIO_FILTER_OPTED_IN ? "yes" : "unknown";
}

static const char *state_of(const struct bpio_filter_info *filter)
{
	if (filter->flags & BPIO_FILTER_LEAVING)
		return "leaving";
	return filter->flags & BPIO_FILTER_ATTACHED ? "attached" : "attaching";
}

static void print_padded(const __u8 *text, unsigned int len, unsigned int max, int width)
{
	print_bytes(text, len, max);
	printf("%*s", len < (unsigned int)width ? width - (int)len : 0, "");
}

/* Returns how many characters it has printed */
static int print_features(unsigned int features)
{
	const char *comma = "";
	int len = 0;

	for (unsigned int bit = 1; bit; bit <<= 1) {
		if (features & bit) {
			len += printf("%s%s", comma, name_feature(bit));
			comma = ",";
		}
	}
	return len ? len : printf("none");
}

static void print_calls(unsigned long long calls)
{
	const char *comma = "";

	for (unsigned int type = 0; type < 64; type++) {
		if (calls >> type & 1) {
			printf("%s%s", comma, name_call(type));
			comma = ",";
		}
	}
	putchar('\n');
}

static void print_seconds(unsigned long long ms)
{
	printf("%llu.%llu s", ms / 1000, ms % 1000 / 100);
}

/* What is unusual, a line each */
static void print_remarks(const struct bpio_filter_info *filter)
{
	if (filter->flags & BPIO_FILTER_LEAVING) {
		fputs(INDENT INDENT "leaving for ", stdout);
		print_seconds(filter->leaving_ms);
		puts(": waits for calls in progress");
	} else if (!(filter->flags & BPIO_FILTER_ATTACHED)) {
		puts(INDENT INDENT "attaching: waits for calls in progress");
	}
	if (filter->inside && filter->oldest_ms > LONG_MS) {
		fputs(INDENT INDENT "inside for ", stdout);
		print_seconds(filter->oldest_ms);
		printf(": %s of pid %u\n", name_call(filter->oldest_type), filter->oldest_pid);
	}
}

static int widest(const struct bpio_filter_info *list, size_t count, bool of_name)
{
	int width = of_name ? 16 : 12;

	for (size_t i = 0; i < count; i++) {
		int len = of_name ? list[i].name_len : list[i].altitude_len;

		if (len > width)
			width = len;
	}
	return width;
}

static void print_table(const struct bpio_filter_info *list, size_t count)
{
	int altitude = widest(list, count, false), name = widest(list, count, true), len;

	printf(INDENT "%-*s %-*s %-11s  %-7s %8s %8s %6s  %s\n", altitude, "ALTITUDE", name,
	       "NAME", "FEATURES", "BYPASS", "VETOES", "PAUSES", "INSIDE", "CALLS");
	for (const struct bpio_filter_info *f = list; f < list + count; f++) {
		fputs(INDENT, stdout);
		print_padded(f->altitude, f->altitude_len, BPIO_ALTITUDE_LEN_MAX, altitude + 1);
		print_padded(f->name, f->name_len, BPIO_DRIVER_MAX, name + 1);
		len = print_features(f->features);
		printf("%*s  %-7s %8llu %8llu %6u  ", len < 11 ? 11 - len : 0, "", bypass_of(f),
		       (unsigned long long)f->vetoes, (unsigned long long)f->pauses, f->inside);
		print_calls(f->calls);
		print_remarks(f);
	}
}

/**
 * print_filters() - a table for people, and what is unusual
 * @path: of the file that was asked
 * @head: an answer; its list is not looked at
 * @list: all filters
 * @count: how many
 */
void print_filters(const char *path, const struct bpio_filters *head,
		   const struct bpio_filter_info *list, size_t count)
{
	printf("%s: ", path);
	if (!count) {
		puts("no filters");
	} else {
		printf("%zu filter%s, the highest first; features of all: ", count,
		       count == 1 ? "" : "s");
		print_features(head->features);
		putchar('\n');
		print_table(list, count);
	}
	if (head->out_flags & BPIO_FILTERS_IGNORE_FEATURES)
		puts(INDENT "ignore_features is on: filters that attach now block the bypass");
}

static void json_features(unsigned int features)
{
	json_open("features", '[');
	for (unsigned int bit = 1; bit; bit <<= 1)
		if (features & bit)
			json_string(NULL, name_feature(bit));
	json_close(']');
}

static void json_oldest(const struct bpio_filter_info *filter)
{
	if (!filter->inside) {
		json_string("oldest", NULL);
		return;
	}
	json_open("oldest", '{');
	json_string("call", name_call(filter->oldest_type));
	json_number("pid", filter->oldest_pid);
	json_number("ms", filter->oldest_ms);
	json_close('}');
}

static void json_filter(const struct bpio_filter_info *filter)
{
	json_open(NULL, '{');
	print_json_bytes("altitude", filter->altitude, filter->altitude_len,
			 BPIO_ALTITUDE_LEN_MAX);
	print_json_bytes("name", filter->name, filter->name_len, BPIO_DRIVER_MAX);
	json_features(filter->features);
	json_open("calls", '[');
	for (unsigned int type = 0; type < 64; type++)
		if (filter->calls >> type & 1)
			json_string(NULL, name_call(type));
	json_close(']');
	json_string("state", state_of(filter));
	json_string("bypass", bypass_of(filter));
	json_number("vetoes", filter->vetoes);
	json_number("pauses", filter->pauses);
	json_number("inside", filter->inside);
	json_oldest(filter);
	json_number("leaving_ms", filter->leaving_ms);
	json_close('}');
}

/**
 * print_json_filters() - the same as one JSON value
 * @path: of the file that was asked
 * @head: an answer; its list is not looked at
 * @list: all filters
 * @count: how many
 */
void print_json_filters(const char *path, const struct bpio_filters *head,
			const struct bpio_filter_info *list, size_t count)
{
	json_open(NULL, '{');
	json_string("path", path);
	json_number("total", count);
	json_features(head->features);
	json_bool("ignore_features", head->out_flags & BPIO_FILTERS_IGNORE_FEATURES);
	json_open("filters", '[');
	for (size_t i = 0; i < count; i++)
		json_filter(&list[i]);
	json_close(']');
	json_close('}');
	json_end();
}
