/* SPDX-License-Identifier: GPL-2.0 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

void json_open(const char *key, char bracket);
void json_close(char bracket);
void json_string(const char *key, const char *text);
void json_bytes(const char *key, const unsigned char *text, size_t len);
void json_number(const char *key, unsigned long long value);
void json_signed(const char *key, long long value);
void json_bool(const char *key, bool value);
void json_end(void);

#endif /* JSON_H */
