/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_REASON_H
#define BPIO_REASON_H

#include <linux/compiler.h>
#include <linux/types.h>

#include <linux/bypassio.h>

int bpio_reason_errno(enum bpio_reason reason);
bool bpio_reason_known(u32 reason);
const char *bpio_reason_name(enum bpio_reason reason);
int bpio_refuse_as(struct bpio_result *result, int status,
		   enum bpio_reason reason, const char *text,
		   const char *driver);
bool bpio_name_valid(const char *name, const char *module);
void bpio_refuse(struct bpio_result *result, enum bpio_reason reason,
		 const char *driver);
size_t bpio_utf8_cut(const char *text, size_t max);

#endif /* BPIO_REASON_H */
