// SPDX-License-Identifier: GPL-2.0
/* Which bytes are characters. Names and texts of others may be any bytes. */
#include "utf8.h"

/**
 * utf8_length() - bytes of the character that a text begins with
 * @s: the text
 * @len: its bytes, at least 1
 *
 * Return: 1 to 4, or 0 if it begins with no character.
 */
size_t utf8_length(const unsigned char *s, size_t len)
{
	size_t want = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 :
		      s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;

	if (!want || want > len)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return want;
}

/**
 * utf8_is_control() - would a terminal obey this character?
 * @s: the character
 * @n: what utf8_length() said of it
 *
 * Return: true for C0, DEL, and C1, of which U+009B begins an escape sequence.
 */
bool utf8_is_control(const unsigned char *s, size_t n)
{
	if (n == 1)
		return s[0] < 0x20 || s[0] == 0x7f;
	return n == 2 && s[0] == 0xc2 && s[1] < 0xa0;
}
