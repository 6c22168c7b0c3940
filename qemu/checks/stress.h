/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The self-checking stress: what readers and actors share.
 *
 * Processes share one mapping. Files are slots 0 to N-1; slot s is the file "sN" of the
 * stack's directory. A block's sectors each say which slot, which identity (the slot's
 * file is replaced now and then), which block, which generation.
 *
 * WHICH GENERATIONS A READ MAY RETURN
 *
 * Each change of a block gives it a higher generation: an even one for data, an odd one
 * for zeros (hole, truncation), so chosen that lo and hi tell whether there were zeros
 * in between. Whoever changes a block holds the slot's lock, stores the
 * new generation in begun[], makes the system call, and stores it in done[] when that has
 * returned. A reader loads done[] before its read (lo) and begun[] after it (hi).
 *   - A generation under lo had been replaced by a call that returned before the read
 *     started: to see it is stale.
 *   - A generation over hi was not begun when the read had ended: to see it means that
 *     the data are not of this read.
 *   - If lo == hi, nothing changed the block meanwhile, and all its sectors must be lo.
 *   - Otherwise each sector may be of any generation from lo to hi: a direct read is not
 *     atomic against a write, on no Linux file system.
 * So each sector must be in lo..hi, which is exact when nobody writes. The loads and
 * stores are acquire and release, and a system call lies between them.
 * Who writes to a mapping stores words and not sectors: if map_begun and map_done say that
 * one did so over a read, it is each word that must be in lo..hi.
 *
 * The same with two counters for the size: done == begun over a read means that the size
 * did not change, and then the length of the answer must fit. Over a collapse or insert,
 * which moves blocks to another place of the same file, the sectors need only be this
 * file's. When the slot's file was replaced (an odd or another sequence number) the
 * arrays belong to the new file: what the reader's old handle returns must still be of
 * the old identity, that is, of its own inode.
 */
#ifndef STRESS_H
#define STRESS_H

#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>

#define BLOCK		4096
#define SECTOR		512
#define SECTORS		(BLOCK / SECTOR)
#define MAX_BLOCKS	256
#define MAX_SLOTS	128
#define MAX_READ	64	/* blocks */
#define OWNER		1000

#define MAGIC		0x5354524553532121ull
#define FOREIGN		0x464f524549474e21ull
#define STAMP		0xa5a5a5a5a5a5a5a5ull

struct tag {
	uint64_t magic;
	uint32_t slot, block;
	uint64_t id;
	uint32_t gen, sector;
	uint64_t sum;
};

struct slot {
	pthread_mutex_t lock;		/* of whoever changes the file */
	uint32_t replace_seq;		/* odd: being replaced */
	uint64_t id;
	uint32_t size_begun, size_done;
	uint32_t blocks;		/* of the file, when the two are equal */
	uint32_t shift_begun, shift_done;
	uint32_t map_begun, map_done;
	uint32_t wants_replacing;	/* it shares blocks */
	uint32_t holes;			/* some generation is odd */
	uint32_t begun[MAX_BLOCKS], done[MAX_BLOCKS];
};

enum actor_id {
	ACTOR_WRITE, ACTOR_MMAP, ACTOR_TRUNCATE, ACTOR_PUNCH, ACTOR_SHIFT, ACTOR_REPLACE,
	ACTOR_CLONE, ACTOR_DEDUPE, ACTOR_BEHIND, ACTOR_DEFRAG, ACTOR_CHATTR, ACTOR_FREEZE,
	ACTOR_FILL, ACTORS
};

struct actor_count {
	uint64_t done, busy, refused;	/* operations, ETXTBSY, not supported */
};

struct shared {
	const char *upper, *lower;
	unsigned int slots, blocks, pace_ms;
	uint64_t seed, want_reads, deadline;
	uint32_t stop, failed, wants_space;
	uint64_t reads, bytes, checked, loose, unenabled, opens;
	uint64_t paths[4], reasons[64];
	uint64_t next_id;
	struct actor_count actors[ACTORS];
	struct slot slot[MAX_SLOTS];
};

extern struct shared *sh;

#define load(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define store(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define add(p, v)	__atomic_fetch_add(p, v, __ATOMIC_RELAXED)

/* stress_tags.c */
void stress_fill(void *block, unsigned int slot, uint64_t id, unsigned int at, uint32_t gen);
int stress_is_zero(const void *sector);
/* NULL, or what is wrong with one sector. lo > hi: only the identity is checked. */
const char *stress_sector(const void *sector, unsigned int slot, uint64_t id, unsigned int block,
			  unsigned int index, uint32_t lo, uint32_t hi);
/* Whether each word of a sector is of one of these generations; lo > hi: no stranger's sector */
int stress_mixed(const void *sector, unsigned int slot, uint64_t id, unsigned int block,
		 unsigned int index, uint32_t lo, uint32_t hi);
void stress_dump(const void *block);
/* The generation after this one, of data or of zeros */
uint32_t stress_data_gen(uint32_t gen);
uint32_t stress_zero_gen(uint32_t gen);

/* stress_tools.c */
uint64_t stress_random(uint64_t *x);
uint64_t stress_now_ms(void);
void stress_nap(unsigned int ms);
int stress_failed(const char *who, const char *what);
void stress_path(char *path, const char *dir, unsigned int slot);
struct slot *stress_lock(uint64_t *x, unsigned int *index);
void stress_unlock(struct slot *s);
/* Writes data of a new generation into blocks of an open file; 0 or -1 */
int stress_write(int fd, struct slot *s, unsigned int first, unsigned int count);
/* Brackets of a change that leaves zeros, done by the caller between the two */
void stress_begin_zero(struct slot *s, unsigned int first, unsigned int count);
void stress_end(struct slot *s, unsigned int first, unsigned int count);
/* Fills all holes and brings the file to its full size */
int stress_heal(const char *dir, struct slot *s, unsigned int index);
/* A new file of a slot's data under a temporary name, of the identity and generations given */
int stress_make(const char *path, unsigned int index, uint64_t id, const uint32_t *gens,
		unsigned int blocks);
/* After ENOSPC: asks the one who fills the disk to make room, waits for it */
void stress_want_space(void);

/* stress_read.c */
int stress_reader(unsigned int number);

/* stress_actors.c, stress_share.c, stress_behind.c: one round each; 0, or -1 to end */
int stress_act_write(uint64_t *x);
int stress_act_mmap(uint64_t *x);
int stress_act_truncate(uint64_t *x);
int stress_act_punch(uint64_t *x);
int stress_act_shift(uint64_t *x);
int stress_act_replace(uint64_t *x);
int stress_act_clone(uint64_t *x);
int stress_act_dedupe(uint64_t *x);
int stress_act_behind(uint64_t *x);
int stress_act_defrag(uint64_t *x);
int stress_act_chattr(uint64_t *x);
int stress_act_freeze(uint64_t *x);
int stress_act_fill(uint64_t *x);

#endif
