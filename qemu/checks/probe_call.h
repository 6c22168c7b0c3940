/* SPDX-License-Identifier: GPL-2.0 */
/* Commands to bpio_probe.ko, which makes filters. */
#ifndef PROBE_CALL_H
#define PROBE_CALL_H

#include "uapi_call.h"

/* Reads from here on are counted once more: PROBE_HIGH of the module */
#define PROBE_HIGH	(1024 * 1024)

/* One command: 0, or -errno */
int probe(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, but it must succeed: 1 after saying why not */
int probe_must(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "read", "high" and so on, as the filter has counted them; ends the program on failure */
long probe_count(const char *name, const char *what);

#endif
