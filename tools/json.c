// SPDX-License-Identifier: GPL-2.0
/*
 * JSON on stdout, one value per program run or per line (json_end()). A key of NULL
 * is for members of arrays. Bytes that are not UTF-8 become U+FFFD: a file name may
 * be any bytes, JSON may not.
 */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

static bool need_comma;

static void quoted(const unsigned char *s, size_t len)
{
	size_t n;

	putchar('"');
	for (size_t i = 0; i < len; i += n) {
		n = utf8_length(s + i, len - i);
		if (!n) {
			fputs("\\ufffd", stdout);
			n = 1;
		} else if (s[i] == '"' || s[i] == '\\') {
			printf("\\%c", s[i]);
		} else if (utf8_is_control(s + i, n)) {
			/* Of two bytes, 0xc2 and itself */
			printf("\\u%04x", s[i + n - 1]);
		} else {
			fwrite(s + i, 1, n, stdout);
		}
	}
	putchar('"');
}

static void begin(const char *key)
{
	if (need_comma)
		putchar(',');
	need_comma = true;
	if (key) {
		quoted((const unsigned char *)key, strlen(key));
		putchar(':');
	}
}

/**
 * json_open() - begin an object or an array
 * @key: member name, or NULL
 * @bracket: '{' or '['
 */
void json_open(const char *key, char bracket)
{
	begin(key);
	putchar(bracket);
	need_comma = false;
}

/**
 * json_close() - end what json_open() began
 * @bracket: '}' or ']'
 */
void json_close(char bracket)
{
	putchar(bracket);
	need_comma = true;
}

/**
 * json_bytes() - a string of known length
 * @key: member name, or NULL
 * @text: what
 * @len: bytes of @text
 */
void json_bytes(const char *key, const unsigned char *text, size_t len)
{
	begin(key);
	quoted(text, len);
}

/**
 * json_string() - a terminated string
 * @key: member name, or NULL
 * @text: what; NULL gives null
 */
void json_string(const char *key, const char *text)
{
	begin(key);
	if (text)
		quoted((const unsigned char *)text, strlen(text));
	else
		fputs("null", stdout);
}

/**
 * json_number() - an unsigned number
 * @key: member name, or NULL
 * @value: what
 */
void json_number(const char *key, unsigned long long value)
{
	begin(key);
	printf("%llu", value);
}

/**
 * json_signed() - a signed number
 * @key: member name, or NULL
 * @value: what
 */
void json_signed(const char *key, long long value)
{
	begin(key);
	printf("%lld", value);
}

/**
 * json_bool() - true or false
 * @key: member name, or NULL
 * @value: what
 */
void json_bool(const char *key, bool value)
{
	begin(key);
	fputs(value ? "true" : "false", stdout);
}

/** json_end() - the value is complete: a line ends here */
void json_end(void)
{
	putchar('\n');
	fflush(stdout);
	need_comma = false;
}
