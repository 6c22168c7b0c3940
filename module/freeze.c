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
 *   1. Somebody's lease on the file? Then stay away: our open would break it.
 *   2. Open the file on our own account, with the rights of who mounted.
 *   3. deny_write_access(). From here there are no writers, so nothing gets
 *	dirty any more, and on file systems with @moves_denied nothing moves.
 *   4. Elsewhere (XFS): take a layout lease. From here whoever wants to change
 *	the blocks of the file calls @owner.broken first.
 *   5. ... except one who had broken the layout before our lease was there and
 *	is not finished. He holds the inode's rwsem from before his break until
 *	his change is done, so who has held it for an instant after step 4 has
 *	waited for him. We do not wait: if it is taken we give up for now.
 *   6. Write out what former writers left dirty in the page cache.
 *
 *   Only now may blocks be asked for.
 *
 * Reads in flight when a layout is broken
 *   After the break the lower file system waits for direct I/O on the inode
 *   (inode_dio_wait()). So a read counts itself there first, then looks whether
 *   the gate is open; @owner.broken closes the gate, then the count is waited
 *   for. One of them sees the other.
 */
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/pagemap.h>

#include "compat/compat.h"
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

static enum bpio_reason take(struct bpio_hold *hold, const struct path *path,
			     const struct bpio_lower_fs *fs)
{
	struct inode *inode = d_inode(path->dentry);
	enum bpio_reason reason;
	struct file *file;

	if (bp_has_user_lease(inode))
		return BPIO_REASON_NO_LEASE;
	file = dentry_open(path, O_RDONLY | O_LARGEFILE | O_NONBLOCK,
			   current_cred());
	if (IS_ERR(file))
		return PTR_ERR(file) == -ENOMEM ? BPIO_REASON_NO_MEMORY :
						  BPIO_REASON_IO_ERROR;
	if (deny_write_access(file)) {
		__fput_sync(file);
		return BPIO_REASON_WRITER;
	}
	hold->file = file;
	hold->leased = false;

	reason = lease(hold, fs);
	if (!reason && filemap_write_and_wait(inode->i_mapping))
		reason = BPIO_REASON_IO_ERROR;
	if (reason)
		bpio_hold_drop(hold);
	return reason;
}

/**
 * bpio_hold_take() - freeze a lower file
 * @hold: empty, with @owner set
 * @path: the lower file
 * @creds: of who mounted
 * @fs: what is known about the lower file system
 *
 * Context: Sleeps: opens the file and writes out its dirty pages. The caller
 * holds no lock of the lower file system.
 * Return: BPIO_REASON_NONE, or why not; then @hold is empty again.
 */
enum bpio_reason bpio_hold_take(struct bpio_hold *hold,
				const struct path *path,
				const struct cred *creds,
				const struct bpio_lower_fs *fs)
{
	const struct cred *old = override_creds(creds);
	enum bpio_reason reason = take(hold, path, fs);

	revert_creds(old);
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
	if (hold->leased)
		bp_layout_unlease(hold->file, &hold->owner);
	allow_write_access(hold->file);
	/* At once: a file left open would refuse a lease to who waits for us */
	__fput_sync(hold->file);
	hold->file = NULL;
	hold->leased = false;
}
