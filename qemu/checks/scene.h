/* SPDX-License-Identifier: GPL-2.0 */
/* One open file that is led through a scenario: see the steps in bypass_handle.c. */
#ifndef SCENE_H
#define SCENE_H

#include "uapi_call.h"

#define STEP_MAX	(4u << 20)

struct scene {
	const char *path;
	const char *lower;
	int fd;
	unsigned char *got;
	unsigned char *want;
};

/* The n bytes in got are what a buffered descriptor of the lower file returns at off */
int scene_compare(struct scene *s, long off, long n);

/* A half's answer: REASON, with all that goes with it */
int scene_reason(const char *what, const struct bpio_result *r, const char *want);

#define SCENE_UNKNOWN	(-1)

/* Steps that only some tests need: 0 right, 1 wrong, SCENE_UNKNOWN no such step */
int scene_step(struct scene *s, const char *word, char *arg);

#endif
