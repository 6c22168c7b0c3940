// SPDX-License-Identifier: GPL-2.0
/*
 * Hold a lower file so that its blocks, size and content stay put
 *
 * Overview
 *   This is how the kernel protects a program that runs. Between
 *   bpio_hold_take() and bpio_hold_drop() nobody, through our mount or behind
 *   it, can open the lower file for writing, truncate it, or map it writable;
 *   and nobody had it so when the hold was taken. Whoever tries behind our
 *   mount gets ETXTBSY; who comes through it makes us let go first (writer.c).
 *
 * Order of the steps, and what each is for
 *   1. Keep the lower file of one of the handles open. No file is opened for
 *	this: that would break leases, and ask listeners for permission.
 *   2. deny_write_access(). From here there are no writers, so nothing gets
 *	dirty any more, and on file systems with @moves_denied nothing moves.
 *   3. Elsewhere (XFS): take a layout lease. From here whoever wants to change
 *	the blocks of the file calls @owner.broken first.
 *   4. ... except one who had broken the layout before our lease was there and
 *	is not finished. He who replaces blocks holds the inode's rwsem for
 *	writing from before his break until he is done, so if we can have it for
 *	an instant after step 3, he is. We do not wait: if it is taken we give
 *	up for now. (The source of a clone goes on with the rwsem for reading
 *	only, but its blocks stay where they are.)
 *   5. Write out what former writers left dirty in the page cache.
 *
 *   Only now may blocks be asked for.
 *
 * Reads in flight when a layout is broken
 *   After the break the lower file system waits for direct I/O on the inode
 *   (inode_dio_wait()). So a read counts itself there first, then looks whether
 *   the gate is open; @owner.broken closes the gate, then the count is waited
 *   for. One of them sees the other.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "freeze.h"
#include "lowerfs.h"

static enum bpio_reason lease(struct bpio_hold *hold,
			      const struct bpio_lower_fs *fs)
{
	struct inode *inode = file_inode(hold->file);

	if (fs->moves_denied)
		return BPIO_REASON_NONE;
	if (bp_layout_lease(hold->file, &hold->owner))
		return BPIO_REASON_NO_LEASE;
	hold->leased = true;
	if (!inode_trylock_shared(inode))
		return BPIO_REASON_LAYOUT_BROKEN;
	inode_unlock_shared(inode);
	return BPIO_REASON_NONE;
}

static int flush(struct address_space *mapping)
{
	int ret = filemap_write_and_wait(mapping);

	/*
	 * A page is seen to be written a moment before its mark is gone. Both
	 * happen under this lock; reads look at the mark.
	 */
	xa_lock_irq(&mapping->i_pages);
	xa_unlock_irq(&mapping->i_pages);
	return ret;
}

static enum bpio_reason take(struct bpio_hold *hold,
			     const struct bpio_lower_fs *fs)
{
	enum bpio_reason reason = lease(hold, fs);

	if (!reason && flush(hold->file->f_mapping))
		reason = BPIO_REASON_IO_ERROR;
	return reason;
}

/**
 * bpio_hold_take() - freeze a lower file
 * @hold: empty, with @owner and @creds set
 * @lower: the lower file of a handle that is open
 * @fs: what is known about the lower file system
 *
 * Context: Sleeps: writes out the file's dirty pages. The caller holds no lock
 * of the lower file system.
 * Return: BPIO_REASON_NONE, or why not; then @hold is empty again.
 */
enum bpio_reason bpio_hold_take(struct bpio_hold *hold, struct file *lower,
				const struct bpio_lower_fs *fs)
{
	enum bpio_reason reason;
	const struct cred *old;

	if (deny_write_access(lower))
		return BPIO_REASON_WRITER;
	hold->file = get_file(lower);
	hold->leased = false;
	old = override_creds(hold->creds);
	reason = take(hold, fs);
	revert_creds(old);
	if (reason)
		bpio_hold_drop(hold);
	return reason;
}

/**
 * bpio_hold_drop() - let the lower file be changed again
 * @hold: taken; no read that relies on it is in flight
 *
 * Context: Sleeps. Cannot fail. @owner.broken is not called after this.
 */
void bpio_hold_drop(struct bpio_hold *hold)
{
	const struct cred *old;

	if (hold->leased) {
		old = override_creds(hold->creds);
		bp_layout_unlease(hold->file, &hold->owner);
		revert_creds(old);
	}
	allow_write_access(hold->file);
	fput(hold->file);
	hold->file = NULL;
	hold->leased = false;
}
