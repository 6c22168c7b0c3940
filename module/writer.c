// SPDX-License-Identifier: GPL-2.0
/*
 * Who writes through a mount always wins
 *
 * Overview
 *   An armed stream denies write access to its lower file. Whoever is about to
 *   need it through one of our mounts (a write open, truncate, chattr, clone,
 *   ...) calls bpio_writer_begin() first, and bpio_writer_end() when he is done
 *   or has got a file open for writing, which from then on keeps the bypass away
 *   by itself.
 *
 *   One lower file can have streams in several mounts, so both the pending
 *   writers and the armed streams are found by the lower inode.
 *
 * Why no writer meets an armed stream
 *   Under the bucket's lock a stream is admitted only if no writer is pending,
 *   and a writer becomes pending before he looks for streams. So a stream is
 *   either in the table when the writer looks, and he disarms it; or it is
 *   refused. It leaves the table only after the write denial is gone.
 *
 * Locking
 *   The bucket's lock is innermost. A writer takes the stream's lock with none
 *   of ours held, and a reference keeps the stream meanwhile; its inode and its
 *   mount may go: then it is not armed any more, and there is nothing to do.
 */
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "stream.h"
#include "writer.h"

#define BUCKET_BITS	7

/**
 * struct bucket - writers and streams whose lower inodes hash alike
 * @lock: protects both lists
 * @writers: pending writers
 * @streams: streams that are armed, or being armed
 */
struct bucket {
	spinlock_t lock;	/* both lists */
	struct hlist_head writers;
	struct hlist_head streams;
};

static struct bucket buckets[1 << BUCKET_BITS];

static struct bucket *bucket_of(const struct inode *lower)
{
	return &buckets[hash_ptr(lower, BUCKET_BITS)];
}

/**
 * bpio_writer_init() - prepare the table
 *
 * Context: Module load.
 */
void bpio_writer_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		spin_lock_init(&buckets[i].lock);
}

static bool writer_pending(struct bucket *b, const struct inode *lower)
{
	struct bpio_writer *w;

	hlist_for_each_entry(w, &b->writers, node)
		if (w->lower == lower)
			return true;
	return false;
}

/**
 * bpio_writer_admit() - may a stream be armed?
 * @st: its lock is held; registered if it may
 *
 * Context: Any but interrupts.
 * Return: false if a writer is pending.
 */
bool bpio_writer_admit(struct bpio_stream *st)
{
	struct bucket *b = bucket_of(st->lower);
	bool admit;

	spin_lock(&b->lock);
	admit = !writer_pending(b, st->lower);
	if (admit)
		hlist_add_head(&st->armed, &b->streams);
	spin_unlock(&b->lock);
	return admit;
}

/**
 * bpio_writer_forget() - a stream is not armed any more
 * @st: its lock is held; registered
 *
 * Context: Any but interrupts.
 */
void bpio_writer_forget(struct bpio_stream *st)
{
	struct bucket *b = bucket_of(st->lower);

	spin_lock(&b->lock);
	hlist_del_init(&st->armed);
	spin_unlock(&b->lock);
}

/* A stream of @lower with a reference, or NULL */
static struct bpio_stream *armed_stream(struct bucket *b, struct inode *lower)
{
	struct bpio_stream *st;

	hlist_for_each_entry(st, &b->streams, armed) {
		if (st->lower == lower) {
			refcount_inc(&st->refs);
			return st;
		}
	}
	return NULL;
}

/**
 * bpio_writer_begin() - make way for a change of a lower file
 * @w: on the caller's stack
 * @lower: the lower inode
 *
 * On return no bypass read of the file is in flight, in any mount, write access
 * to it is not denied by us, and both stay so until bpio_writer_end().
 *
 * Context: Sleeps until the reads in flight are done. The caller holds no lock
 * of the lower file system. Cannot fail.
 */
void bpio_writer_begin(struct bpio_writer *w, struct inode *lower)
{
	struct bucket *b = bucket_of(lower);
	struct bpio_stream *st;

	w->lower = lower;
	spin_lock(&b->lock);
	hlist_add_head(&w->node, &b->writers);
	while ((st = armed_stream(b, lower))) {
		spin_unlock(&b->lock);
		mutex_lock(&st->lock);
		bpio_stream_disarm(st, BPIO_REASON_WRITER);
		mutex_unlock(&st->lock);
		bpio_stream_put(st);
		spin_lock(&b->lock);
	}
	spin_unlock(&b->lock);
}

/**
 * bpio_writer_end() - the change is done
 * @w: as given to bpio_writer_begin()
 *
 * Context: Any but interrupts.
 */
void bpio_writer_end(struct bpio_writer *w)
{
	struct bucket *b = bucket_of(w->lower);

	spin_lock(&b->lock);
	hlist_del(&w->node);
	spin_unlock(&b->lock);
}
