/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PRINT_H
#define PRINT_H

#include <stdbool.h>

#include <linux/bypassio.h>

/* How far an answer of ENABLE or QUERY lets reads bypass; also the exit status */
enum verdict {
	VERDICT_FULL	= 0,
	VERDICT_PARTIAL	= 1,
	VERDICT_NONE	= 2,
};

enum verdict print_verdict_of(const struct bpio_args *args);
void print_verdict(const char *path, enum verdict verdict);
void print_refusal(const char *indent, const struct bpio_result *result);
void print_header(const struct bpio_args *args);
void print_result(const char *half, const struct bpio_result *result);
void print_counts(const char *indent, const struct bpio_info *info);
void print_storage(const struct bpio_args *args);

void print_json_header(const struct bpio_args *args);
void print_json_result(const char *half, const struct bpio_result *result);
void print_json_info(const struct bpio_args *args);
void print_json_counts(const struct bpio_info *info);
void print_json_verdict(enum verdict verdict);

int print_error(const char *path, const char *operation, int err);

#endif /* PRINT_H */
