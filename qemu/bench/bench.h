/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <sys/types.h>

#define ALIGN		4096UL
#define DEPTH		32

/**
 * struct job - one measurement
 * @path: what is read
 * @block: bytes per read
 * @span: reads are random in that many bytes from the start
 * @reads: in one round
 * @rounds: of which the median is told
 * @warm_up: reads before the first round
 * @buffered: through the page cache, all of which is filled first
 * @enable: enable the file's bypass, and want every measured read on the full one
 * @uring: 32 reads with one io_uring_enter(); else pread()
 * @registered: with a registered file and buffer
 * @polled: and IORING_SETUP_IOPOLL
 */
struct job {
	const char *path;
	unsigned long block, span, reads, rounds, warm_up;
	bool buffered, enable, uring, registered, polled;
};

/* Nanoseconds, which under -icount shift=0 are instructions */
unsigned long long now(void);
void die(const char *what) __attribute__((noreturn));
/* The figure is not there, for the reason printed; no error of the bench */
void not_available(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
int by_value(const void *a, const void *b);

void bypass_send(int fd, unsigned int op);
void bypass_enable(int fd);
unsigned long long bypass_reads(int fd);
const char *bypass_obstacle(int fd);

struct ring;
struct ring *ring_new(int fd, const struct job *job);
/* All of them in flight at once; what they returned is checked */
void ring_read(struct ring *ring, const off_t *offsets, unsigned int count);
void ring_queue(struct ring *ring, off_t offset, unsigned int slot);
void ring_submit(struct ring *ring, unsigned int wait_for);
/* A finished read's slot, or -1 */
int ring_take(struct ring *ring);

int measure(const struct job *job);
int show_clock(void);
int show_latencies(const char *path);
int show_pause(const char *path);
int scatter(const char *path, unsigned long span);

#endif
