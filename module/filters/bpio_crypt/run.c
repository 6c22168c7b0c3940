// SPDX-License-Identifier: GPL-2.0
/*
 * Chunk after chunk, until the file is what it is to be
 */
#include <linux/fs.h>
#include <linux/sched/signal.h>

#include "crypt.h"

/* Small blocks have small attributes, and there the tags must fit */
static unsigned long chunk_size(const struct crypt_io *io)
{
	const struct inode *lower = file_inode(crypt_lower(io));

	return lower->i_sb->s_blocksize < CRYPT_UNIT ? CRYPT_CHUNK / 2 :
						       CRYPT_CHUNK;
}

/* The chunk that comes next, or false if there is none */
static bool next_chunk(struct crypt_io *io, loff_t *lo, loff_t *hi)
{
	struct crypt_head *head = io->cf->head;
	loff_t chunk = chunk_size(io), size = crypt_size(io);
	loff_t behind = crypt_up(size, CRYPT_UNIT);

	if (head->state == BPIO_CRYPT_ENCRYPTING) {
		*lo = head->boundary;
		*hi = min(*lo + chunk, size);
	} else {
		/* It may have become shorter; what is appended is plain */
		if (crypt_is_cipher(head, behind)) {
			head->boundary = behind;
			head->target = behind;
			io->cf->settled = false;
		}
		if (!head->boundary)
			return false;
		*lo = crypt_down(head->boundary - 1, chunk);
		*hi = min_t(loff_t, head->boundary, size);
	}
	return *lo < *hi;
}

static int end(struct crypt_io *io)
{
	struct crypt_head *head = io->cf->head;
	struct file *lower = crypt_lower(io);
	int ret;

	if (head->state == BPIO_CRYPT_DECRYPTING) {
		io->cf->settled = false;
		ret = crypt_head_sync(lower, NULL);
		if (!ret)
			crypt_file_plain(io->cf);
		return ret;
	}
	head->state = BPIO_CRYPT_ENCRYPTED;
	head->boundary = CRYPT_ALL;
	head->target = CRYPT_ALL;
	io->cf->settled = false;
	return crypt_settle(io);
}

/* Those who wait get their turn, and meet a file that they can use */
static int let_others(struct crypt_io *io)
{
	int ret;

	if (!rwsem_is_contended(&io->cf->sem))
		return 0;
	ret = crypt_settle(io);
	up_write(&io->cf->sem);
	cond_resched();
	down_write(&io->cf->sem);
	return ret;
}

/**
 * crypt_run() - convert what is left, in the direction that the head says
 * @io: the file, with keys, for writing
 * @stop: when to stop, besides a signal
 *
 * Context: Sleeps; request held, and sem for writing, which others get in
 * between.
 * Return: 0 or a negative errno; -EINTR if it was stopped.
 */
int crypt_run(struct crypt_io *io, const bool *stop)
{
	loff_t lo, hi;
	int ret, err;

	ret = crypt_settle(io);
	while (!ret && next_chunk(io, &lo, &hi)) {
		ret = crypt_chunk(io, lo, hi);
		if (!ret)
			ret = let_others(io);
		if (!ret && (signal_pending(current) || READ_ONCE(*stop)))
			ret = -EINTR;
	}
	if (!ret)
		return end(io);
	err = crypt_settle(io);
	return err ?: ret;
}
