/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every short sequence of operations, compared with an automaton
 *
 * THE PARTS
 *   seq_model.c  the automaton: what the manual (linux/bypassio.h) says must be answered.
 *		  Pure: it knows no file and makes no call.
 *   seq_drive.c  does the steps of one sequence on a real file.
 *   seq_compare.c  compares all that can be seen after each.
 *   seq_run.c	  makes file and handles, and starts anew after a difference.
 *   seq_main.c   goes through all sequences, each from a new scene.
 *   seq_walk.c   goes through all in one go, with nothing undone in between; seq_order.c finds
 *		  the order of steps that this takes.
 *
 * THE STEPS
 *   Eight operations on each of two handles, two O_DIRECT opens of one file, and three that
 *   no handle takes part in. Two of those are toggles: to open a writer or close it, to map
 *   a page of the file or unmap it. The third punches a hole into block 1, and a second
 *   punch finds it there; in a walk, which has no end to put things back at, it fills it. So
 *   19 steps can follow each other in any order.
 *
 * HOW MANY SEQUENCES, AND WHY NO MORE
 *   - The two handles are made alike: where they come from nothing tells A from B. So
 *     sequences come in pairs that differ by the names of the handles alone. Of each pair
 *     the one is left out whose first step on a handle is on B.
 *   - A sequence is compared after each step, so one of length L checks all that it begins
 *     with. What follows a whole sequence, the reads at its end, are steps themselves: of
 *     a shorter one they are checked where the longer one goes on with reads. So only those
 *     of length L are run, and all shorter ones are within them.
 *   With S(L) sequences that name a handle and 3^L that do not:
 *     S(1) = 8, S(L+1) = 19 S(L) + 8 * 3^L
 *
 *     L	sequences
 *     1	11
 *     2	185
 *     3	3443
 *     4	65201
 *     5	1238171
 *     6	23523305
 */
#ifndef SEQ_H
#define SEQ_H

#include <stdint.h>

#include <linux/bypassio.h>

enum seq_op {
	SEQ_ENABLE, SEQ_DISABLE, SEQ_QUERY, SEQ_STREAM_PAUSE, SEQ_STREAM_RESUME,
	SEQ_VOLUME_PAUSE, SEQ_VOLUME_RESUME, SEQ_READ, SEQ_HANDLE_OPS,
	/* A step is an operation on A, the same number and this more on B, or one of these */
	SEQ_WRITER = 2 * SEQ_HANDLE_OPS, SEQ_MAP, SEQ_PUNCH, SEQ_STEPS,
	/* Only where a hole must go again: a walk, or a list of steps */
	SEQ_FILL = SEQ_STEPS
};

#define SEQ_HANDLES	2
#define SEQ_MAX_LENGTH	8
#define SEQ_BLOCK	4096
#define SEQ_BLOCKS	8	/* of the file */
#define SEQ_HOLE	1	/* the block that is punched */
#define SEQ_FIXED	5	/* the block that never is */

/* The layout of the end of struct bpio_info */
struct seq_counts {
	uint64_t reads[BPIO_PATH_MAX];
	uint64_t bytes[BPIO_PATH_MAX];
	uint64_t reasons[BPIO_REASON_MAX];
};

/* What an ENABLE, a QUERY or a RESUME answers: a reason for each half */
struct seq_answer {
	unsigned int filter, storage;
};

/* The way of a read */
struct seq_way {
	unsigned int path, reason;
};

/* The part of struct bpio_args that every operation answers with */
struct seq_header {
	uint32_t out_flags, state, stream_count, pause_count, volume_pause_count;
};

struct seq_model {
	int enabled[SEQ_HANDLES];
	int counting[SEQ_HANDLES];	/* was enabled once: before, it has no counters */
	int armed, writer, mapped, hole;
	int paused, volume_paused;
	unsigned int pauses, volume_pauses;
	struct seq_counts handle[SEQ_HANDLES];
	/* These two go on counting from one sequence to the next */
	struct seq_counts stream, mount;
};

/* seq_model.c */
void seq_model_begin(struct seq_model *m);
/* Any of the eight but SEQ_READ */
struct seq_answer seq_model_ioctl(struct seq_model *m, enum seq_op op, int handle);
struct seq_way seq_model_read(struct seq_model *m, int handle, unsigned int block);
/* An enabled read met somebody else who had the stream at that moment */
void seq_model_met(struct seq_model *m, int handle);
/* SEQ_WRITER, SEQ_MAP, SEQ_PUNCH, SEQ_FILL */
void seq_model_file(struct seq_model *m, unsigned int step);
void seq_model_close(struct seq_model *m, int handle);
/* What a handle is told; -1: one that was never enabled, and is neither A nor B */
struct seq_header seq_model_header(const struct seq_model *m, int handle);
unsigned int seq_model_volume_count(const struct seq_model *m);
/* The errno that goes with a reason, or 0 */
int seq_model_status(unsigned int reason);
void seq_model_print(const struct seq_model *m);

/* seq_run.c */
struct seq_drive;
struct seq_drive *seq_new(const char *path);
void seq_free(struct seq_drive *d);
/* Runs one sequence and puts everything back: 0, 1 for a difference, -1 to give up */
int seq_run(struct seq_drive *d, const unsigned char *steps, unsigned int length);
/* The same in parts: what is not zero at the end of the steps is a difference or an error */
int seq_begin(struct seq_drive *d, const unsigned char *steps, unsigned int length);
int seq_end(struct seq_drive *d, int differs);
/* Reads that met somebody else at the stream, and were sent once more */
unsigned int seq_met(const struct seq_drive *d);

/* seq_order.c: so many sequences are there, those that differ by the handles' names as one */
uint64_t seq_count(unsigned int length);
/* Each of them is in it once: it has length - 1 steps more */
unsigned char *seq_order(unsigned int length, uint64_t seed);
/* As a number, its steps being the digits: the one of the two that is counted */
unsigned int seq_alike(unsigned int word, unsigned int length);

/* seq_main.c: as "A.enable" or "punch" */
const char *seq_step_name(unsigned int step);

#endif
