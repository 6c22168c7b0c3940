/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a kernel that found something wrong writes in its log. One list for init, which
 * judges the whole boot, and for the check that runs after each test.
 */
#ifndef REPORTS_H
#define REPORTS_H

#include <string.h>

static const char * const reports[] = {
	"WARNING:", "BUG:", "Oops", "KASAN:", "UBSAN:", "KFENCE:", "ODEBUG:", "INFO: task",
	"INFO: rcu", "rcu: INFO:", "soft lockup", "hard LOCKUP", "general protection fault",
	"unable to handle", "possible recursive locking", "circular locking",
	"inconsistent lock state", "suspicious RCU", "bad unlock balance", "held lock freed",
	"lock held when returning", "DEBUG_LOCKS_WARN_ON", "turning off the locking",
	"sleeping function called", "refcount_t:", "list_add corruption", "list_del corruption",
};

/* The report that a line of the log contains, or NULL */
static inline const char *report_in(const char *line)
{
	for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++)
		if (strstr(line, reports[i]))
			return reports[i];
	return NULL;
}

#endif
