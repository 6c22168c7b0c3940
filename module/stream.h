/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_STREAM_H
#define BPIO_STREAM_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "count.h"
#include "freeze.h"
#include "gate.h"
#include "pause.h"
#include "state.h"

struct bpio_handle;
struct bpio_map;
struct bpio_volume;
struct bypassfs_inode;
struct inode;

/**
 * struct bpio_stream - bypass state of one inode
 * @gate: reads that go to the disk on their own are inside it
 * @skip: reads of the lower file that no filter sees are inside it; it is
 *	closed while the filter half is paused or blocked
 * @map: G: where the blocks are; NULL unless armed
 * @lower: I: the lower inode
 * @vol: I: the mount
 * @inode: I: the upper inode
 * @polled: polled reads were sent; set once, read without the lock
 * @count_dio: I: reads are counted as direct I/O of the lower inode
 * @state: S: of the storage half, see state.h
 * @reason: S: why the last attempt to arm failed
 * @retry: S: not before this (jiffies) is it tried again
 * @count: S: enabled handles (R18); read without the lock
 * @asking: S: ENABLEs that others have not answered yet
 * @ask_node: V: in bpio_volume.asked while there are any
 * @opens: S: both; read without the lock (R105)
 * @pause_seq: S: number of the last pause
 * @pauses: S: of the filter half
 * @lock: the bypass lock of the stream
 * @skip_lock: one drain of @skip at a time; nothing else is taken under it
 * @refs: A: the inode's, and of those who found it without the inode
 * @hold: S: on the lower file, while armed
 * @handles: S: all handles, enabled or not
 * @retired: V: sums of released handles
 * @round: L: the last attach block that has drained it
 * @armed: B: in writer.c's table while arming and armed
 * @want_pos: bytes; where a read that may not wait found no map
 * @want_len: bytes
 * @work: arms and maps on behalf of a read that may not wait
 * @broken_work: disarms, for who has broken the layout
 *
 * Made by the first ENABLE, gone with the upper inode. I: set when made.
 * S: written under @lock. G: written under @lock with the gate closed and
 * drained; read inside the gate. V: under the volume's lock. B: under the lock
 * of its bucket. L: under the volume's @attaching. A: atomic.
 */
struct bpio_stream {
	struct bpio_gate gate;
	struct bpio_gate skip;
	struct bpio_map *map;
	struct inode *lower;
	struct bpio_volume *vol;
	struct inode *inode;
	bool count_dio;
	bool polled;
	enum bpio_state state;
	enum bpio_reason reason;
	unsigned long retry;
	unsigned int count;
	unsigned int asking;
	struct list_head ask_node;
	unsigned int opens;
	unsigned int pause_seq;
	struct bpio_pauses pauses;
	struct mutex lock;	/* of the S fields */
	struct mutex skip_lock;	/* drains of @skip */
	struct bpio_hold hold;
	refcount_t refs;
	struct list_head handles;
	struct bpio_counts retired;
	unsigned int round;
	struct hlist_node armed;
	u64 want_pos;
	u64 want_len;
	struct work_struct work;
	struct work_struct broken_work;
};

struct bpio_stream *bpio_stream_get(struct inode *inode);
void bpio_stream_free(struct bypassfs_inode *bi);
void bpio_stream_put(struct bpio_stream *st);
bool bpio_stream_attach(struct bpio_stream *st, struct bpio_handle *h,
			struct bpio_handle **slot);
void bpio_stream_detach(struct bpio_stream *st, struct bpio_handle *h);
void bpio_stream_ask(struct bpio_stream *st);
void bpio_stream_answered(struct bpio_stream *st);
enum bpio_reason bpio_stream_enable(struct bpio_stream *st,
				    struct bpio_handle *h);
void bpio_stream_disable(struct bpio_stream *st, struct bpio_handle *h,
			 bool closed);
void bpio_stream_drain_gate(struct bpio_stream *st);
void bpio_stream_drain(struct bpio_stream *st);
void bpio_stream_drain_skip(struct bpio_stream *st);

/* arm.c */
int bpio_arm_init(void);
void bpio_arm_exit(void);
void bpio_stream_prepare(struct bpio_stream *st);
struct file *bpio_stream_lower(struct bpio_stream *st);
enum bpio_reason bpio_stream_arm(struct bpio_stream *st);
void bpio_stream_disarm(struct bpio_stream *st, enum bpio_reason why);
enum bpio_reason bpio_stream_rearm(struct bpio_stream *st, bool nowait);
void bpio_stream_polled(struct bpio_stream *st);
bool bpio_stream_broken(const struct bpio_stream *st);
void bpio_stream_kick(struct bpio_stream *st);
void bpio_stream_pulse(struct delayed_work *work);

/* Read without the lock; the truth is in the gate, for those who enter it */
static inline bool bpio_stream_paused(const struct bpio_stream *st)
{
	return atomic_read(&st->skip.closed) & BPIO_GATE_PAUSED;
}

/* The same for pause or block: why filters have to see what is read, if so */
static inline enum bpio_reason bpio_stream_filtered(const struct bpio_stream *st)
{
	int closed = atomic_read(&st->skip.closed);

	if (likely(!(closed & (BPIO_GATE_PAUSED | BPIO_GATE_BLOCKED))))
		return BPIO_REASON_NONE;
	return closed & BPIO_GATE_PAUSED ? BPIO_REASON_STREAM_PAUSED :
					   BPIO_REASON_ATTACH_BLOCKED;
}

#endif /* BPIO_STREAM_H */
