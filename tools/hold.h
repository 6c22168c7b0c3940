/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOLD_H
#define HOLD_H

/**
 * struct hold - what is held while the program waits
 * @path: the file, for messages
 * @fd: its open file
 * @every: seconds between two reports; 0: only when asked
 * @report: prints one; returns an exit status
 */
struct hold {
	const char *path;
	int fd;
	unsigned long long every;
	int (*report)(const char *path, const char *event, int fd);
};

int hold_signals(void);
int hold(const struct hold *hold, int signals);

#endif /* HOLD_H */
