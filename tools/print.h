/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PRINT_H
#define PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bypassio_filters.h>
#include <linux/bypassio_watch.h>

/* How far an answer of ENABLE or QUERY lets reads bypass; also the exit status */
enum verdict {
	VERDICT_FULL	= 0,
	VERDICT_PARTIAL	= 1,
	VERDICT_NONE	= 2,
};

enum verdict print_verdict_of(const struct bpio_args *args);
void print_verdict(const char *path, enum verdict verdict);
void print_bytes(const __u8 *text, unsigned int len, unsigned int max);
void print_text(const struct bpio_result *result);
void print_refusal(const char *indent, const struct bpio_result *result);
void print_header(const struct bpio_args *args);
void print_result(const char *half, const struct bpio_result *result);
void print_counts(const char *indent, const struct bpio_info *info);
void print_storage(const struct bpio_args *args);

void print_json_bytes(const char *key, const __u8 *text, unsigned int len, unsigned int max);
void print_json_members(const struct bpio_result *result);
void print_json_header(const struct bpio_args *args);
void print_json_result(const char *half, const struct bpio_result *result);
void print_json_info(const struct bpio_args *args);
void print_json_counts(const struct bpio_info *info);
void print_json_verdict(enum verdict verdict);

/* print_pause.c */
bool print_is_paused(bool volume, const struct bpio_args *args);
void print_pause(const char *path, bool volume, const struct bpio_args *args);
void print_json_pause(const char *path, bool volume, const struct bpio_args *args);
void print_blocker(const char *indent, const struct bpio_blocker *blocker);
void print_json_blockers(const struct bpio_blocker *list, size_t count);

/* print_event.c */
void print_event(const struct bpio_event *event);
void print_json_event(const struct bpio_event *event);

/* print_filter.c */
void print_filters(const char *path, const struct bpio_filters *head,
		   const struct bpio_filter_info *list, size_t count);
void print_json_filters(const char *path, const struct bpio_filters *head,
			const struct bpio_filter_info *list, size_t count);

int print_error(const char *path, const char *operation, int err);

#endif /* PRINT_H */
