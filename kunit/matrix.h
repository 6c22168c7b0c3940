/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Each operation in each situation: what it answers, and what it leaves behind
 *
 * One table for two judges: matrix_kunit.c calls what modules call, and the
 * guests' check "matrix" comes by the ioctl. Each cell returns 0: a veto is an
 * answer, and nothing else may fail in any of these states.
 *
 * A situation is made on one open file (O_DIRECT), by MATRIX_DO_* in the order
 * of their bits. The operation is then sent on its target, which is that open
 * file or another.
 */
#ifndef BPIO_MATRIX_H
#define BPIO_MATRIX_H

#include <linux/bypassio.h>
#include <linux/errno.h>

#define MATRIX_DO_ENABLE	0x01
#define MATRIX_DO_DISABLE	0x02
#define MATRIX_DO_STREAM_PAUSE	0x04
#define MATRIX_DO_VOLUME_PAUSE	0x08
#define MATRIX_DO_BLOCK		0x10

/**
 * enum matrix_target - the open file that the operation is sent on
 * @MATRIX_FILE: the one that the situation was made on
 * @MATRIX_AGAIN: another open file of the same inode, never enabled
 * @MATRIX_CACHED: one of another inode, without O_DIRECT
 * @MATRIX_DIR: a directory
 * @MATRIX_ROOT: the root of the mount
 * @MATRIX_TARGETS: how many there are
 */
enum matrix_target {
	MATRIX_FILE,
	MATRIX_AGAIN,
	MATRIX_CACHED,
	MATRIX_DIR,
	MATRIX_ROOT,
	MATRIX_TARGETS,
};

/**
 * enum matrix_storage - what the storage half says
 * @MATRIX_UNASKED: nothing
 * @MATRIX_READY: nothing if the lower file system can be bypassed, else why not
 * @MATRIX_PAUSED: that the mount is paused; if it can be bypassed at all
 */
enum matrix_storage {
	MATRIX_UNASKED,
	MATRIX_READY,
	MATRIX_PAUSED,
};

/* id, name, how it is made, target */
#define MATRIX_SITUATIONS(X)						\
	X(NEVER, "never enabled", 0, FILE)				\
	X(ENABLED, "enabled", MATRIX_DO_ENABLE, FILE)			\
	X(DISABLED, "already disabled",					\
	  MATRIX_DO_ENABLE | MATRIX_DO_DISABLE, FILE)			\
	X(PAUSED, "stream paused",					\
	  MATRIX_DO_ENABLE | MATRIX_DO_STREAM_PAUSE, FILE)		\
	X(PAUSED2, "stream paused, another open file",			\
	  MATRIX_DO_ENABLE | MATRIX_DO_STREAM_PAUSE, AGAIN)		\
	X(VPAUSED, "volume paused",					\
	  MATRIX_DO_ENABLE | MATRIX_DO_VOLUME_PAUSE, FILE)		\
	X(VPAUSED2, "volume paused, another open file",			\
	  MATRIX_DO_ENABLE | MATRIX_DO_VOLUME_PAUSE, AGAIN)		\
	X(BOTH, "stream and volume paused",				\
	  MATRIX_DO_ENABLE | MATRIX_DO_STREAM_PAUSE |			\
	  MATRIX_DO_VOLUME_PAUSE, FILE)					\
	X(BLOCKED, "attach-blocked",					\
	  MATRIX_DO_ENABLE | MATRIX_DO_BLOCK, FILE)			\
	X(BLOCKED2, "attach-blocked, another open file",		\
	  MATRIX_DO_ENABLE | MATRIX_DO_BLOCK, AGAIN)			\
	X(PBLOCKED, "stream paused, then attach-blocked",		\
	  MATRIX_DO_ENABLE | MATRIX_DO_STREAM_PAUSE | MATRIX_DO_BLOCK,	\
	  FILE)								\
	X(DIR, "a directory", MATRIX_DO_ENABLE, DIR)			\
	X(BLOCKED_DIR, "attach-blocked, a directory",			\
	  MATRIX_DO_ENABLE | MATRIX_DO_BLOCK, DIR)			\
	X(ROOT, "the root of the mount", MATRIX_DO_ENABLE, ROOT)	\
	X(CACHED, "a file without O_DIRECT", MATRIX_DO_ENABLE, CACHED)

/*
 * situation, operation: filter half's reason, storage half, flags, enabled open
 * files of the target's inode, its pauses, the mount's pauses; and the path that
 * a read of MATRIX_FILE takes afterwards
 *
 * Flags: E enabled, U suspended, S stream paused, V volume paused, A attach
 * blocked.
 */
#define MATRIX_CELLS(X)							\
	X(NEVER, ENABLE, NONE, READY, "E", 1, 0, 0, FULL)		\
	X(NEVER, DISABLE, NONE, UNASKED, "", 0, 0, 0, TRADITIONAL)	\
	X(NEVER, QUERY, NONE, READY, "", 0, 0, 0, TRADITIONAL)		\
	X(NEVER, STREAM_PAUSE, NONE, UNASKED, "", 0, 0, 0, TRADITIONAL)	\
	X(NEVER, STREAM_RESUME, NONE, READY, "", 0, 0, 0, TRADITIONAL)	\
	X(NEVER, VOLUME_PAUSE, NONE, UNASKED, "V", 0, 0, 1, TRADITIONAL) \
	X(NEVER, VOLUME_RESUME, NONE, READY, "", 0, 0, 0, TRADITIONAL)	\
	X(NEVER, GET_INFO, NONE, UNASKED, "", 0, 0, 0, TRADITIONAL)	\
									\
	X(ENABLED, ENABLE, NONE, READY, "E", 1, 0, 0, FULL)		\
	X(ENABLED, DISABLE, NONE, UNASKED, "", 0, 0, 0, TRADITIONAL)	\
	X(ENABLED, QUERY, NONE, READY, "E", 1, 0, 0, FULL)		\
	X(ENABLED, STREAM_PAUSE, NONE, UNASKED, "ES", 1, 1, 0,		\
	  LOWER_SKIPPED)						\
	X(ENABLED, STREAM_RESUME, NONE, READY, "E", 1, 0, 0, FULL)	\
	X(ENABLED, VOLUME_PAUSE, NONE, UNASKED, "EUV", 1, 0, 1,		\
	  FILTERS_SKIPPED)						\
	X(ENABLED, VOLUME_RESUME, NONE, READY, "E", 1, 0, 0, FULL)	\
	X(ENABLED, GET_INFO, NONE, UNASKED, "E", 1, 0, 0, FULL)		\
									\
	X(DISABLED, ENABLE, NONE, READY, "E", 1, 0, 0, FULL)		\
	X(DISABLED, DISABLE, NONE, UNASKED, "", 0, 0, 0, TRADITIONAL)	\
	X(DISABLED, QUERY, NONE, READY, "", 0, 0, 0, TRADITIONAL)	\
	X(DISABLED, STREAM_PAUSE, NONE, UNASKED, "", 0, 0, 0,		\
	  TRADITIONAL)							\
	X(DISABLED, STREAM_RESUME, NONE, READY, "", 0, 0, 0,		\
	  TRADITIONAL)							\
	X(DISABLED, VOLUME_PAUSE, NONE, UNASKED, "V", 0, 0, 1,		\
	  TRADITIONAL)							\
	X(DISABLED, VOLUME_RESUME, NONE, READY, "", 0, 0, 0,		\
	  TRADITIONAL)							\
	X(DISABLED, GET_INFO, NONE, UNASKED, "", 0, 0, 0, TRADITIONAL)	\
									\
	X(PAUSED, ENABLE, NONE, READY, "ES", 1, 1, 0, LOWER_SKIPPED)	\
	X(PAUSED, DISABLE, NONE, UNASKED, "", 0, 0, 0, TRADITIONAL)	\
	X(PAUSED, QUERY, NONE, READY, "ES", 1, 1, 0, LOWER_SKIPPED)	\
	X(PAUSED, STREAM_PAUSE, NONE, UNASKED, "ES", 1, 2, 0,		\
	  LOWER_SKIPPED)						\
	X(PAUSED, STREAM_RESUME, NONE, READY, "E", 1, 0, 0, FULL)	\
	X(PAUSED, VOLUME_PAUSE, NONE, UNASKED, "EUSV", 1, 1, 1,		\
	  TRADITIONAL)							\
	X(PAUSED, VOLUME_RESUME, NONE, READY, "ES", 1, 1, 0,		\
	  LOWER_SKIPPED)						\
	X(PAUSED, GET_INFO, NONE, UNASKED, "ES", 1, 1, 0,		\
	  LOWER_SKIPPED)						\
									\
	X(PAUSED2, ENABLE, NONE, READY, "ES", 2, 1, 0, LOWER_SKIPPED)	\
	X(PAUSED2, DISABLE, NONE, UNASKED, "S", 1, 1, 0, LOWER_SKIPPED)	\
	X(PAUSED2, QUERY, NONE, READY, "S", 1, 1, 0, LOWER_SKIPPED)	\
	X(PAUSED2, STREAM_PAUSE, NONE, UNASKED, "S", 1, 2, 0,		\
	  LOWER_SKIPPED)						\
	X(PAUSED2, STREAM_RESUME, NONE, READY, "", 1, 0, 0, FULL)	\
	X(PAUSED2, VOLUME_PAUSE, NONE, UNASKED, "SV", 1, 1, 1,		\
	  TRADITIONAL)							\
	X(PAUSED2, VOLUME_RESUME, NONE, READY, "S", 1, 1, 0,		\
	  LOWER_SKIPPED)						\
	X(PAUSED2, GET_INFO, NONE, UNASKED, "S", 1, 1, 0,		\
	  LOWER_SKIPPED)						\
									\
	X(VPAUSED, ENABLE, NONE, PAUSED, "EUV", 1, 0, 1,		\
	  FILTERS_SKIPPED)						\
	X(VPAUSED, DISABLE, NONE, UNASKED, "V", 0, 0, 1, TRADITIONAL)	\
	X(VPAUSED, QUERY, NONE, PAUSED, "EUV", 1, 0, 1,			\
	  FILTERS_SKIPPED)						\
	X(VPAUSED, STREAM_PAUSE, NONE, UNASKED, "EUSV", 1, 1, 1,	\
	  TRADITIONAL)							\
	X(VPAUSED, STREAM_RESUME, NONE, PAUSED, "EUV", 1, 0, 1,		\
	  FILTERS_SKIPPED)						\
	X(VPAUSED, VOLUME_PAUSE, NONE, UNASKED, "EUV", 1, 0, 2,		\
	  FILTERS_SKIPPED)						\
	X(VPAUSED, VOLUME_RESUME, NONE, READY, "EU", 1, 0, 0, FULL)	\
	X(VPAUSED, GET_INFO, NONE, UNASKED, "EUV", 1, 0, 1,		\
	  FILTERS_SKIPPED)						\
									\
	X(VPAUSED2, ENABLE, NONE, PAUSED, "EUV", 2, 0, 1,		\
	  FILTERS_SKIPPED)						\
	X(VPAUSED2, DISABLE, NONE, UNASKED, "V", 1, 0, 1,		\
	  FILTERS_SKIPPED)						\
	X(VPAUSED2, QUERY, NONE, PAUSED, "V", 1, 0, 1, FILTERS_SKIPPED)	\
	X(VPAUSED2, STREAM_PAUSE, NONE, UNASKED, "SV", 1, 1, 1,		\
	  TRADITIONAL)							\
	X(VPAUSED2, STREAM_RESUME, NONE, PAUSED, "V", 1, 0, 1,		\
	  FILTERS_SKIPPED)						\
	X(VPAUSED2, VOLUME_PAUSE, NONE, UNASKED, "V", 1, 0, 2,		\
	  FILTERS_SKIPPED)						\
	X(VPAUSED2, VOLUME_RESUME, NONE, READY, "", 1, 0, 0, FULL)	\
	X(VPAUSED2, GET_INFO, NONE, UNASKED, "V", 1, 0, 1,		\
	  FILTERS_SKIPPED)						\
									\
	X(BOTH, ENABLE, NONE, PAUSED, "EUSV", 1, 1, 1, TRADITIONAL)	\
	X(BOTH, DISABLE, NONE, UNASKED, "V", 0, 0, 1, TRADITIONAL)	\
	X(BOTH, QUERY, NONE, PAUSED, "EUSV", 1, 1, 1, TRADITIONAL)	\
	X(BOTH, STREAM_PAUSE, NONE, UNASKED, "EUSV", 1, 2, 1,		\
	  TRADITIONAL)							\
	X(BOTH, STREAM_RESUME, NONE, PAUSED, "EUV", 1, 0, 1,		\
	  FILTERS_SKIPPED)						\
	X(BOTH, VOLUME_PAUSE, NONE, UNASKED, "EUSV", 1, 1, 2,		\
	  TRADITIONAL)							\
	X(BOTH, VOLUME_RESUME, NONE, READY, "EUS", 1, 1, 0,		\
	  LOWER_SKIPPED)						\
	X(BOTH, GET_INFO, NONE, UNASKED, "EUSV", 1, 1, 1, TRADITIONAL)	\
									\
	X(BLOCKED, ENABLE, ATTACH_BLOCKED, UNASKED, "EA", 1, 0, 0,	\
	  LOWER_SKIPPED)						\
	X(BLOCKED, DISABLE, NONE, UNASKED, "A", 0, 0, 0, TRADITIONAL)	\
	X(BLOCKED, QUERY, ATTACH_BLOCKED, UNASKED, "EA", 1, 0, 0,	\
	  LOWER_SKIPPED)						\
	X(BLOCKED, STREAM_PAUSE, NONE, UNASKED, "ESA", 1, 1, 0,		\
	  LOWER_SKIPPED)						\
	X(BLOCKED, STREAM_RESUME, NONE, READY, "EA", 1, 0, 0,		\
	  LOWER_SKIPPED)						\
	X(BLOCKED, VOLUME_PAUSE, NONE, UNASKED, "EUVA", 1, 0, 1,	\
	  TRADITIONAL)							\
	X(BLOCKED, VOLUME_RESUME, NONE, READY, "EA", 1, 0, 0,		\
	  LOWER_SKIPPED)						\
	X(BLOCKED, GET_INFO, NONE, UNASKED, "EA", 1, 0, 0,		\
	  LOWER_SKIPPED)						\
									\
	X(BLOCKED2, ENABLE, ATTACH_BLOCKED, UNASKED, "A", 1, 0, 0,	\
	  LOWER_SKIPPED)						\
	X(BLOCKED2, DISABLE, NONE, UNASKED, "A", 1, 0, 0,		\
	  LOWER_SKIPPED)						\
	X(BLOCKED2, QUERY, ATTACH_BLOCKED, UNASKED, "A", 1, 0, 0,	\
	  LOWER_SKIPPED)						\
	X(BLOCKED2, STREAM_PAUSE, NONE, UNASKED, "SA", 1, 1, 0,		\
	  LOWER_SKIPPED)						\
	X(BLOCKED2, STREAM_RESUME, NONE, READY, "A", 1, 0, 0,		\
	  LOWER_SKIPPED)						\
	X(BLOCKED2, VOLUME_PAUSE, NONE, UNASKED, "VA", 1, 0, 1,		\
	  TRADITIONAL)							\
	X(BLOCKED2, VOLUME_RESUME, NONE, READY, "A", 1, 0, 0,		\
	  LOWER_SKIPPED)						\
	X(BLOCKED2, GET_INFO, NONE, UNASKED, "A", 1, 0, 0,		\
	  LOWER_SKIPPED)						\
									\
	X(PBLOCKED, ENABLE, ATTACH_BLOCKED, UNASKED, "ESA", 1, 1, 0,	\
	  LOWER_SKIPPED)						\
	X(PBLOCKED, DISABLE, NONE, UNASKED, "A", 0, 0, 0, TRADITIONAL)	\
	X(PBLOCKED, QUERY, ATTACH_BLOCKED, UNASKED, "ESA", 1, 1, 0,	\
	  LOWER_SKIPPED)						\
	X(PBLOCKED, STREAM_PAUSE, NONE, UNASKED, "ESA", 1, 2, 0,	\
	  LOWER_SKIPPED)						\
	X(PBLOCKED, STREAM_RESUME, ATTACH_BLOCKED, READY, "ESA", 1, 1, 0, \
	  LOWER_SKIPPED)						\
	X(PBLOCKED, VOLUME_PAUSE, NONE, UNASKED, "EUSVA", 1, 1, 1,	\
	  TRADITIONAL)							\
	X(PBLOCKED, VOLUME_RESUME, NONE, READY, "ESA", 1, 1, 0,		\
	  LOWER_SKIPPED)						\
	X(PBLOCKED, GET_INFO, NONE, UNASKED, "ESA", 1, 1, 0,		\
	  LOWER_SKIPPED)						\
									\
	X(DIR, ENABLE, DIRECTORY, UNASKED, "", 0, 0, 0, FULL)		\
	X(DIR, DISABLE, NONE, UNASKED, "", 0, 0, 0, FULL)		\
	X(DIR, QUERY, DIRECTORY, UNASKED, "", 0, 0, 0, FULL)		\
	X(DIR, STREAM_PAUSE, NONE, UNASKED, "", 0, 0, 0, FULL)		\
	X(DIR, STREAM_RESUME, NONE, UNASKED, "", 0, 0, 0, FULL)		\
	X(DIR, VOLUME_PAUSE, NONE, UNASKED, "V", 0, 0, 1,		\
	  FILTERS_SKIPPED)						\
	X(DIR, VOLUME_RESUME, NONE, UNASKED, "", 0, 0, 0, FULL)		\
	X(DIR, GET_INFO, NONE, UNASKED, "", 0, 0, 0, FULL)		\
									\
	X(BLOCKED_DIR, ENABLE, ATTACH_BLOCKED, UNASKED, "A", 0, 0, 0,	\
	  LOWER_SKIPPED)						\
	X(BLOCKED_DIR, DISABLE, NONE, UNASKED, "A", 0, 0, 0,		\
	  LOWER_SKIPPED)						\
	X(BLOCKED_DIR, QUERY, ATTACH_BLOCKED, UNASKED, "A", 0, 0, 0,	\
	  LOWER_SKIPPED)						\
	X(BLOCKED_DIR, STREAM_PAUSE, NONE, UNASKED, "A", 0, 0, 0,	\
	  LOWER_SKIPPED)						\
	X(BLOCKED_DIR, STREAM_RESUME, NONE, UNASKED, "A", 0, 0, 0,	\
	  LOWER_SKIPPED)						\
	X(BLOCKED_DIR, VOLUME_PAUSE, NONE, UNASKED, "VA", 0, 0, 1,	\
	  TRADITIONAL)							\
	X(BLOCKED_DIR, VOLUME_RESUME, NONE, UNASKED, "A", 0, 0, 0,	\
	  LOWER_SKIPPED)						\
	X(BLOCKED_DIR, GET_INFO, NONE, UNASKED, "A", 0, 0, 0,		\
	  LOWER_SKIPPED)						\
									\
	X(ROOT, ENABLE, DIRECTORY, UNASKED, "", 0, 0, 0, FULL)		\
	X(ROOT, DISABLE, NONE, UNASKED, "", 0, 0, 0, FULL)		\
	X(ROOT, QUERY, DIRECTORY, UNASKED, "", 0, 0, 0, FULL)		\
	X(ROOT, STREAM_PAUSE, NONE, UNASKED, "", 0, 0, 0, FULL)		\
	X(ROOT, STREAM_RESUME, NONE, UNASKED, "", 0, 0, 0, FULL)	\
	X(ROOT, VOLUME_PAUSE, NONE, UNASKED, "V", 0, 0, 1,		\
	  FILTERS_SKIPPED)						\
	X(ROOT, VOLUME_RESUME, NONE, UNASKED, "", 0, 0, 0, FULL)	\
	X(ROOT, GET_INFO, NONE, UNASKED, "", 0, 0, 0, FULL)		\
									\
	X(CACHED, ENABLE, NOT_DIRECT, UNASKED, "", 0, 0, 0, FULL)	\
	X(CACHED, DISABLE, NONE, UNASKED, "", 0, 0, 0, FULL)		\
	X(CACHED, QUERY, NOT_DIRECT, UNASKED, "", 0, 0, 0, FULL)	\
	X(CACHED, STREAM_PAUSE, NONE, UNASKED, "", 0, 0, 0, FULL)	\
	X(CACHED, STREAM_RESUME, NONE, READY, "", 0, 0, 0, FULL)	\
	X(CACHED, VOLUME_PAUSE, NONE, UNASKED, "V", 0, 0, 1,		\
	  FILTERS_SKIPPED)						\
	X(CACHED, VOLUME_RESUME, NONE, READY, "", 0, 0, 0, FULL)	\
	X(CACHED, GET_INFO, NONE, UNASKED, "", 0, 0, 0, FULL)

#define MATRIX_SITUATION_ID(id, name, steps, target)	MATRIX_IN_##id,

enum matrix_situation_id {
	MATRIX_SITUATIONS(MATRIX_SITUATION_ID)
	MATRIX_SITUATIONS_NR,
};

/**
 * struct matrix_situation - how to get into it
 * @name: for people
 * @steps: MATRIX_DO_*
 * @target: what the operation is sent on
 */
struct matrix_situation {
	const char *name;
	unsigned int steps;
	enum matrix_target target;
};

#define MATRIX_SITUATION_ROW(id, name, steps, target)			\
	[MATRIX_IN_##id] = { (name), (steps), MATRIX_##target },

static const struct matrix_situation matrix_situations[] = {
	MATRIX_SITUATIONS(MATRIX_SITUATION_ROW)
};

/**
 * struct matrix_cell - one row of MATRIX_CELLS()
 * @in: the situation
 * @op: the operation
 * @filter: reason of the filter half
 * @storage: what the storage half says
 * @flags: letters
 * @count: enabled open files of the target's inode
 * @pauses: of that inode
 * @volume_pauses: of the mount
 * @path: of a read of MATRIX_FILE afterwards
 */
struct matrix_cell {
	enum matrix_situation_id in;
	enum bpio_op op;
	enum bpio_reason filter;
	enum matrix_storage storage;
	const char *flags;
	unsigned int count;
	unsigned int pauses;
	unsigned int volume_pauses;
	enum bpio_path path;
};

#define MATRIX_CELL_ROW(in, op, filter, storage, flags, count, pauses,	\
			volume_pauses, path)				\
	{ MATRIX_IN_##in, BPIO_OP_##op, BPIO_REASON_##filter,		\
	  MATRIX_##storage, (flags), (count), (pauses), (volume_pauses),	\
	  BPIO_PATH_##path },

static const struct matrix_cell matrix_cells[] = {
	MATRIX_CELLS(MATRIX_CELL_ROW)
};

/* The out_flags that letters stand for */
static inline unsigned int matrix_flags(const char *letters)
{
	unsigned int flags = 0;

	for (; *letters; letters++) {
		switch (*letters) {
		case 'E':
			flags |= BPIO_OUT_ENABLED;
			break;
		case 'U':
			flags |= BPIO_OUT_SUSPENDED;
			break;
		case 'S':
			flags |= BPIO_OUT_STREAM_PAUSED;
			break;
		case 'V':
			flags |= BPIO_OUT_VOLUME_PAUSED;
			break;
		case 'A':
			flags |= BPIO_OUT_ATTACH_BLOCKED;
			break;
		}
	}
	return flags;
}

/* Is it one that answers with struct bpio_results? */
static inline int matrix_has_results(enum bpio_op op)
{
	return op == BPIO_OP_ENABLE || op == BPIO_OP_QUERY ||
	       op == BPIO_OP_VOLUME_RESUME || op == BPIO_OP_STREAM_RESUME;
}

/* The status that classes each reason of this table */
static inline int matrix_status(enum bpio_reason reason)
{
	switch (reason) {
	case BPIO_REASON_NONE:
		return 0;
	case BPIO_REASON_DIRECTORY:
		return -EISDIR;
	case BPIO_REASON_NOT_DIRECT:
		return -EINVAL;
	case BPIO_REASON_VOLUME_PAUSED:
		return -EBUSY;
	default:
		return -EOPNOTSUPP;
	}
}

/*
 * Sent once more it answers the same and leaves the same behind, but for a pause
 * that is counted; was this one?
 */
static inline int matrix_counts(const struct matrix_cell *cell)
{
	return cell->op == BPIO_OP_VOLUME_PAUSE ? cell->volume_pauses != 0 :
	       cell->op == BPIO_OP_STREAM_PAUSE && cell->pauses;
}

#endif /* BPIO_MATRIX_H */
