/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random operations of many threads at once, and readers in the midst of them
 *
 *   rand_main.c  files, threads, and what must be left when all of it is over.
 *   rand_ops.c	  requests on open files that all threads share, right ones and wrong ones:
 *		  any answer but an impossible one will do.
 *   rand_acts.c  short plays with an open file that no other thread has. What others do
 *		  cannot change their outcome: an owned pause lasts until its owner ends it,
 *		  a writer is never kept out.
 *   rand_read.c  readers on enabled handles of their own. Every byte is known: a
 *		  writer only writes what is there already.
 */
#ifndef RAND_H
#define RAND_H

#include <pthread.h>
#include <stdint.h>

#include "uapi_call.h"

#define RAND_FILES	4
#define RAND_BLOCK	4096
#define RAND_BLOCKS	24
#define RAND_SLOTS	20
#define RAND_OPERATORS	8
#define RAND_READERS	4

/* An open file that all threads use. Who closes it waits until nobody does. */
struct rand_slot {
	pthread_rwlock_t lock;
	int fd;			/* -1: closed */
	int direct, directory;
};

struct rand_thread {
	pthread_t id;
	uint64_t x;		/* of the random numbers */
	int watch;		/* descriptor, or -1 */
	uint64_t events;	/* that it wants */
	char *buf;		/* room for RAND_BLOCKS blocks, aligned */
	unsigned int number;
};

struct rand_world {
	const char *dir;
	uint64_t want, done;	/* operations */
	int stop, failed;
	char *data[RAND_FILES];
	struct rand_slot slot[RAND_SLOTS];
	struct rand_thread operator[RAND_OPERATORS], reader[RAND_READERS];
	uint64_t reads[BPIO_PATH_MAX], reasons[BPIO_REASON_MAX];
	uint64_t events;
};

extern struct rand_world world;

#define RAND_LOAD(p)	__atomic_load_n(p, __ATOMIC_RELAXED)
#define RAND_ADD(p, v)	__atomic_fetch_add(p, v, __ATOMIC_RELAXED)

/* rand_main.c */
uint64_t rand_number(struct rand_thread *t, uint64_t below);
/* Opens a file of the mount; RAND_FILES: its directory. -1 after saying why. */
int rand_open(unsigned int file, int flags);
/* Says so and ends all threads; returns -1 */
#define rand_failed(...) ((void)fail(__VA_ARGS__), rand_stop())
int rand_stop(void);

/* rand_ops.c: one request on a shared open file; 0 or -1 */
int rand_op_manage(struct rand_thread *t);
int rand_op_wrong(struct rand_thread *t);
int rand_op_reopen(struct rand_thread *t);
/* NULL, or what is wrong with an answer, whatever the others do */
const char *rand_impossible(const struct bpio_args *a);

/* rand_acts.c: 0 or -1 */
int rand_act_owned_stream(struct rand_thread *t);
int rand_act_owned_volume(struct rand_thread *t);
int rand_act_write(struct rand_thread *t);
int rand_act_watch(struct rand_thread *t);

/* rand_read.c */
void *rand_reader(void *thread);
/* One block, every byte compared; 0 or -1 */
int rand_read_block(struct rand_thread *t, int fd, unsigned int file, unsigned int block);

#endif
