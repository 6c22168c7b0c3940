/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_ALTITUDE_H
#define BPIO_ALTITUDE_H

#include <linux/types.h>

/* Bytes of the longest altitude, with the terminating 0 */
#define BPIO_ALTITUDE_MAX	32

bool bpio_altitude_valid(const char *altitude);
int bpio_altitude_cmp(const char *a, const char *b);

#endif /* BPIO_ALTITUDE_H */
