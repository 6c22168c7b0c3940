/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that read a file without end, each by an open file of its own. Every word of
 * the file says which block it belongs to and which time it was written (its
 * generation), so a reader sees what it may not see any more.
 */
#ifndef READERS_H
#define READERS_H

#include "uapi_call.h"

#define READERS_BLOCK	4096
#define READERS_MAX	32

struct readers;

/* All of the file, through a write open of its own, until it is on the disk */
int readers_write(const char *path, unsigned int blocks, unsigned int gen);

/* Opens with O_DIRECT, enables, and starts reading; NULL after saying why not */
struct readers *readers_start(const char *path, unsigned int blocks, unsigned int threads);

/* Ends them: 0 if none has seen anything wrong */
int readers_stop(struct readers *r);

/* What may be seen from now on: from the oldest generation to the newest */
void readers_allow(struct readers *r, unsigned int oldest, unsigned int newest);

/* Waits until each has begun and ended one more read, 20 s at most */
int readers_round(struct readers *r);

/* All reads of a round take this path */
int readers_take(struct readers *r, enum bpio_path path);

/* The same, but it may take 20 s until they do */
int readers_until(struct readers *r, enum bpio_path path);

/* For watching them: the descriptor of one */
int readers_fd(struct readers *r, unsigned int n);

#endif
