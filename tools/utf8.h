/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>

size_t utf8_length(const unsigned char *s, size_t len);
bool utf8_is_control(const unsigned char *s, size_t n);

#endif /* UTF8_H */
