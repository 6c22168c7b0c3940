// SPDX-License-Identifier: GPL-2.0
/*
 * Altitudes: decimal numbers of any precision, kept as text (R76)
 */
#include <linux/ctype.h>
#include <linux/string.h>

#include "altitude.h"
#include "compat/kunit.h"

static size_t digits(const char *s)
{
	size_t n = 0;

	while (isdigit(s[n]))
		n++;
	return n;
}

/**
 * bpio_altitude_valid() - is it a number that we understand?
 * @altitude: terminated, or NULL
 *
 * Context: Any.
 * Return: true for digits, at most one point between them, that fit.
 */
bool bpio_altitude_valid(const char *altitude)
{
	const char *s = altitude;

	if (!s || strnlen(s, BPIO_ALTITUDE_MAX) == BPIO_ALTITUDE_MAX ||
	    !digits(s))
		return false;
	s += digits(s);
	if (*s == '.') {
		s++;
		if (!digits(s))
			return false;
		s += digits(s);
	}
	return !*s;
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_altitude_valid);

static int cmp_whole(const char *a, const char *b)
{
	size_t na, nb;

	while (*a == '0')
		a++;
	while (*b == '0')
		b++;
	na = digits(a);
	nb = digits(b);
	if (na != nb)
		return na < nb ? -1 : 1;
	return strncmp(a, b, na);
}

static const char *fraction(const char *s)
{
	s += digits(s);
	return *s ? s + 1 : s;
}

/* What is not there is 0 */
static int cmp_fraction(const char *a, const char *b)
{
	char x, y;

	while (*a || *b) {
		x = *a ? *a++ : '0';
		y = *b ? *b++ : '0';
		if (x != y)
			return x - y;
	}
	return 0;
}

/**
 * bpio_altitude_cmp() - compare two altitudes
 * @a: valid
 * @b: valid
 *
 * Context: Any.
 * Return: less than, equal to or greater than 0, as @a is lower, the same, or
 * higher. "5", "05" and "5.0" are the same.
 */
int bpio_altitude_cmp(const char *a, const char *b)
{
	return cmp_whole(a, b) ?: cmp_fraction(fraction(a), fraction(b));
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_altitude_cmp);
