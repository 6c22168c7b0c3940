/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one header for modules beside bypassfs; it brings caller.h, context.h and
 * volume_driver.h along
 *
 * FILTERS
 *
 * A filter stands in the path of what programs do to regular files of a mount.
 * It fills in a struct bpio_filter, registers it when its module is loaded and
 * unregisters it when that is unloaded, which is possible at any time. In
 * between it is attached to each mount that does not decline (@attach), one
 * struct bpio_instance for each.
 *
 *	open(), read(), ...                         BPIO_CALL_* type
 *	   |    pre            post  ^
 *	   v   360000 audit          |     highest altitude: nearest to programs
 *	   |   325000.3 scan         |
 *	   v   140000 crypt          |     lowest: nearest to the lower file system
 *	lower file system, or the disk
 *
 * On the way down each pre callback says what is next: go on, go on and tell
 * my post callback, or that this filter has completed the call itself, with
 * @ret; then nobody below sees it. The post callbacks of those above
 * see the result, and may change it.
 *
 * A filter that has neither a read nor a write callback cannot miss anything,
 * and so supports the bypass. Any other has to say so (BPIO_FEATURE_BYPASS).
 * If it does not, no read of a mount skips filters as long as it is attached.
 *
 * WHAT A FILTER SEES
 *
 * All calls of each type that it has a callback for, from the return of
 * bpio_filter_register() until bpio_filter_unregister() is called, of which
 * none is under way any more when that returns. Except for reads that bypass:
 * of those some, all or none (R22), and to change that it vetoes or pauses.
 * Reads and writes through a mapping are not seen, but mmap() is, and can be
 * refused. Blocks are not shared (reflink, dedupe) between files of a
 * mount with a filter of reads or writes: that is told as EOPNOTSUPP.
 *
 * To register one that sees reads or writes waits for those that are under way,
 * and so for the user whose memory they fault in.
 *
 * Who reads or writes asynchronously waits, if a filter has callbacks for it:
 * io_uring sends a thread to do so, AIO completes within io_submit(), and what
 * may not wait (RWF_NOWAIT) returns -EAGAIN.
 *
 * With BPIO_FEATURE_DATA reads and writes come with their bytes in kernel
 * memory, @rw.data, in pieces of at most BPIO_DATA_MAX, which nobody else can
 * change meanwhile: to be looked at or replaced, a write's in pre, a read's in
 * post (@ret bytes of it).
 *
 * CALLBACKS
 *
 * They sleep as they like, but in BPIO_CALL_MMAP must not touch user memory
 * (the mm is locked, and the mapping is there only after post). They may send
 * operations on any file (bpio_manage_below()), read and write below themselves
 * (bpio_read_below()), and open files. They must not register, unregister,
 * attach or detach any filter, which wait for callbacks. What has an instance
 * as its argument may also be called outside of callbacks, between @attach and
 * the return of @detach. @ret of open, setattr, fallocate, mmap and fsync is 0
 * or a negative errno, of read and write bytes or a negative errno; release
 * cannot fail.
 *
 * OPERATIONS OF THE BYPASS
 *
 * All eight come by like anything else, whoever sends them. ENABLE and QUERY
 * can be vetoed in pre, with bpio_veto() and nothing else. In post,
 * bpio_agreed() tells whether all below have agreed: only then something is
 * enabled (R28). The others cannot be refused, and what a callback returns for
 * them only says whether it wants its post callback. A RESUME is preceded by a
 * QUERY (R63).
 *
 * A module that changes a file under its readers does so in this order (R60):
 * see that later ENABLEs and QUERYs are vetoed, look at bpio_open_count(), and
 * if it is not 0 send STREAM_PAUSE; change the file; and when it may be
 * bypassed again, veto no more and send STREAM_RESUME. An ENABLE counts before
 * anybody is asked: so it either meets the veto, or is counted.
 */
#ifndef BPIO_FILTER_H
#define BPIO_FILTER_H

#include <linux/path.h>
#include <linux/types.h>
#include <linux/xattr.h>

#include <linux/bypassio_filters.h>

#include "caller.h"
#include "context.h"
#include "volume_driver.h"

struct cred;
struct dentry;
struct file;
struct iattr;
struct inode;
struct iov_iter;
struct kiocb;
struct module;
struct super_block;
struct vm_area_struct;

/* What filters keep with a lower file is under such names; not on the mount */
#define BPIO_XATTR_PREFIX	XATTR_TRUSTED_PREFIX "bpio_"

/* Bytes that BPIO_FEATURE_DATA shows at a time */
#define BPIO_DATA_MAX	(256UL * 1024)

/**
 * struct bpio_call - one call on its way down and up
 * @type: which
 * @inode: the inode it is about, of the mount: a regular file, and for the
 *	operations of the bypass also anything else
 * @file: the open file, of the mount; not opened yet in pre of BPIO_CALL_OPEN.
 *	NULL for BPIO_CALL_SETATTR by name, for a QUERY without a program that
 *	asks, and for operations that a filter sends without.
 * @ret: in post what those below have returned; pre sets it to complete the
 *	call. More than @rw.len counts as @rw.len.
 * @rw: of BPIO_CALL_READ and _WRITE
 * @rw.pos: bytes; where this piece begins. For a write with IOCB_APPEND the
 *	lower file system decides that later.
 * @rw.len: bytes that are wanted
 * @rw.iocb: the request, synchronous
 * @rw.iter: the buffer. A filter that completes the call itself advances it,
 *	and the position in @rw.iocb, as ->read_iter() and ->write_iter() do.
 * @rw.data: with BPIO_FEATURE_DATA the bytes of it, else NULL
 * @setattr: of BPIO_CALL_SETATTR
 * @fallocate: of BPIO_CALL_FALLOCATE
 * @mmap: of BPIO_CALL_MMAP
 * @fsync: of BPIO_CALL_FSYNC
 * @manage: of the operations of the bypass; not to be written to
 * @at: the core's
 */
struct bpio_call {
	enum bpio_call_type type;
	struct inode *inode;
	struct file *file;
	long ret;
	union {
		struct {
			loff_t pos;
			size_t len;
			struct kiocb *iocb;
			struct iov_iter *iter;
			void *data;
		} rw;
		struct {
			struct dentry *dentry;
			const struct iattr *attr;
		} setattr;
		struct {
			int mode;
			loff_t offset;
			loff_t len;
		} fallocate;
		struct {
			struct vm_area_struct *vma;
		} mmap;
		struct {
			loff_t start;
			loff_t end;
			bool datasync;
		} fsync;
		struct {
			struct bpio_args *args;
		} manage;
	};
	struct bpio_instance *at;
};

/**
 * enum bpio_next - what a pre callback wants to happen
 * @BPIO_NEXT: go on; do not call my post callback
 * @BPIO_NEXT_POST: go on, and call it afterwards
 * @BPIO_DONE: do not go on, bpio_call.ret is what is returned. My post callback
 *	is not called, those of the filters above are. Open and mmap can only be
 *	refused so, release and the operations of the bypass not at all.
 */
enum bpio_next {
	BPIO_NEXT,
	BPIO_NEXT_POST,
	BPIO_DONE,
};

/* A filter without pre callback for a type has its post callback called */
typedef enum bpio_next (*bpio_pre_fn)(struct bpio_instance *inst,
				      struct bpio_call *call, void **cookie);
typedef void (*bpio_post_fn)(struct bpio_instance *inst,
			     struct bpio_call *call, void *cookie);

/**
 * struct bpio_filter - a filter
 * @name: what users are told: the name of the module, or, if it registers
 *	several, "name.suffix"; at most BPIO_DRIVER_MAX bytes
 * @altitude: where it stands: a decimal number, like "325000" or "325000.3",
 *	that no other filter has (R76). The higher, the nearer to programs.
 * @features: BPIO_FEATURE_* (R68)
 * @attach: NULL, or may set @inst's private data with bpio_instance_set(), or
 *	decline with a negative errno (-EOPNOTSUPP: not a mount for me)
 * @detach: NULL, or the opposite: no callback runs or will run, and all
 *	contexts of this instance are freed
 * @pre: by type; NULL is not called and costs nothing
 * @post: by type; likewise
 */
struct bpio_filter {
	const char *name;
	const char *altitude;
	unsigned int features;
	int (*attach)(struct bpio_instance *inst);
	void (*detach)(struct bpio_instance *inst);
	bpio_pre_fn pre[BPIO_CALL_MAX];
	bpio_post_fn post[BPIO_CALL_MAX];
};

/**
 * bpio_filter_register_as() - what bpio_filter_register() calls
 * @filter: see there
 * @module: name of the module that it is in
 *
 * Context: See there.
 * Return: See there.
 */
int bpio_filter_register_as(const struct bpio_filter *filter,
			    const char *module);

/**
 * bpio_filter_register() - stand in the path (R68 to R73, R76)
 * @filter: as it is until bpio_filter_unregister()
 *
 * It is attached to all mounts there are, and to those that come. A mount that
 * it declines goes without it. If it does not support the bypass, no read that
 * skips filters is in flight on return.
 *
 * Context: Sleeps until reads and writes in flight are done. Not from a
 * callback.
 * Return: 0; -EINVAL for a name that is not the module's, an altitude that is
 * no number, unknown features, or no callbacks; -EEXIST for a name or an
 * altitude that another has. The kernel log says which.
 */
#define bpio_filter_register(filter)	\
	bpio_filter_register_as(filter, KBUILD_MODNAME)

/**
 * bpio_filter_unregister() - the opposite
 * @filter: registered
 *
 * On return none of its callbacks runs or will run. Its contexts are dropped, its
 * pauses of inodes ended, and what it has vetoed is asked again (R73).
 *
 * Context: Sleeps until calls in progress have returned, also those of other
 * filters of the same mounts. Not from a callback. Cannot fail.
 */
void bpio_filter_unregister(const struct bpio_filter *filter);

/**
 * bpio_filter_attach() - attach a filter to a mount that it is not at
 * @filter: registered
 * @sb: super block of a bypassfs mount, which the caller keeps
 *
 * Context: As bpio_filter_register().
 * Return: 0; -EINVAL if it is not registered or @sb not of bypassfs; -EEXIST if
 * it is there; -ENOSPC if too many are; -ENOMEM; or what its @attach says.
 */
int bpio_filter_attach(const struct bpio_filter *filter,
		       struct super_block *sb);

/**
 * bpio_filter_detach() - take a filter from one mount
 * @filter: as in bpio_filter_attach()
 * @sb: likewise
 *
 * Context: As bpio_filter_unregister().
 * Return: 0; -EINVAL if @sb is not of bypassfs; -ENOENT if it is not there.
 */
int bpio_filter_detach(const struct bpio_filter *filter,
		       struct super_block *sb);

/**
 * bpio_instance_set() - note something of the filter's own
 * @inst: of the filter
 * @private: it
 *
 * Context: Any; who sets it while callbacks run has a lock of his own.
 */
void bpio_instance_set(struct bpio_instance *inst, void *private);

/**
 * bpio_instance_get() - what was noted; NULL if nothing was
 * @inst: of the filter
 *
 * Context: Any.
 * Return: it.
 */
void *bpio_instance_get(const struct bpio_instance *inst);

/**
 * bpio_instance_filter() - which filter an instance is of
 * @inst: the instance
 *
 * Context: Any.
 * Return: as it was registered.
 */
const struct bpio_filter *
bpio_instance_filter(const struct bpio_instance *inst);

/**
 * bpio_instance_sb() - the mount that an instance is at
 * @inst: the instance
 *
 * Context: Any.
 * Return: its super block, for as long as the instance is there.
 */
struct super_block *bpio_instance_sb(const struct bpio_instance *inst);

/**
 * bpio_veto() - refuse an ENABLE, or foresee it in a QUERY (R77 to R83)
 * @call: of pre of BPIO_CALL_ENABLE or BPIO_CALL_QUERY
 * @status: a negative errno
 * @reason: any but BPIO_REASON_NONE
 * @text: why, a sentence in English, for people; what is over BPIO_TEXT_MAX
 *	bytes is cut
 *
 * Who has vetoed is the filter, by its name. Nobody below is asked any more;
 * return BPIO_DONE. The tracepoint bpio_filter_veto tells.
 *
 * Context: May sleep.
 * Return: 0; -EOPNOTSUPP for another call, or in post; -EINVAL if an argument
 * is none of those, and then nothing is vetoed: a filter that can do no more
 * sets bpio_call.ret to it and returns BPIO_DONE, and so the ioctl fails (R25).
 */
int bpio_veto(struct bpio_call *call, int status, enum bpio_reason reason,
	      const char *text);

/**
 * bpio_agreed() - in post of ENABLE or QUERY: have all below agreed? (R28)
 * @call: on its way up
 *
 * Context: Any.
 * Return: true if so: after ENABLE the open file is enabled.
 */
bool bpio_agreed(const struct bpio_call *call);

/**
 * bpio_ask_again() - the filter may veto now what it did not before
 * @inst: of the filter
 *
 * Who has enabled the bypass was asked once. Each stream that is enabled leaves
 * it, and comes back if nobody vetoes a QUERY; otherwise it stays paused, in
 * the name of who does, until a RESUME or until that filter is detached. Done
 * for a filter that attaches, if it has a pre callback for ENABLE or QUERY.
 *
 * Context: Sleeps until the reads in flight are done. Not from a callback.
 */
void bpio_ask_again(struct bpio_instance *inst);

/**
 * bpio_read_below() - read what those below have
 * @inst: of the filter: those above, and itself, do not see it
 * @file: of the mount, open for reading
 * @data: kernel memory, of any kind and alignment
 * @len: bytes
 * @pos: bytes
 *
 * Through the page cache of the lower file, also of an O_DIRECT file.
 *
 * Context: Sleeps. In all callbacks but of BPIO_CALL_MMAP and in pre of
 * BPIO_CALL_OPEN, where the file is not open yet.
 * Return: bytes, fewer than @len only at the end of the file; or a negative
 * errno.
 */
ssize_t bpio_read_below(struct bpio_instance *inst, struct file *file,
			void *data, size_t len, loff_t pos);

/**
 * bpio_write_below() - write to those below
 * @inst: as in bpio_read_below()
 * @file: of the mount, open for writing
 * @data: as in bpio_read_below()
 * @len: bytes
 * @pos: bytes; also of a file that is open with O_APPEND
 *
 * Context: as in bpio_read_below().
 * Return: bytes; -EBADF if @file is not open for writing: whoever has it open so
 * keeps its blocks from being read past the file system; or a negative errno.
 */
ssize_t bpio_write_below(struct bpio_instance *inst, struct file *file,
			 const void *data, size_t len, loff_t pos);

/**
 * bpio_manage_below() - send an operation downward (R56)
 * @inst: of the filter: those above, and itself, do not see it
 * @inode: of the mount
 * @file: open file of it; may be NULL for a pause or a resume
 * @args: as for bpio_manage(). A pause of an inode ends at the latest when the
 *	filter is detached; with BPIO_IN_OWNED nobody else's RESUME ends it.
 *
 * A RESUME asks from the top (R63), so this filter as well.
 *
 * Context: Sleeps; DISABLE and the pauses until the reads in flight are
 * done: the caller holds no lock that a read takes.
 * Return: as of bpio_manage().
 */
int bpio_manage_below(struct bpio_instance *inst, struct inode *inode,
		      struct file *file, struct bpio_args *args);

/**
 * bpio_lower_file() - the open file below
 * @file: of a bypassfs mount, opened
 *
 * For what has no call of its own: attributes, extended attributes. What is
 * changed behind the chain nobody is told of.
 *
 * Context: Any.
 * Return: it, for as long as @file is open.
 */
struct file *bpio_lower_file(const struct file *file);

/**
 * bpio_lower_path() - the name below
 * @dentry: of a bypassfs mount
 *
 * For the same, where there is no open file yet. To open it there is
 * bpio_open_lower().
 *
 * Context: Any.
 * Return: borrowed, valid as long as @dentry is.
 */
struct path bpio_lower_path(const struct dentry *dentry);

/**
 * bpio_open_lower() - open the lower file for the filter itself
 * @dentry: of a regular file of a bypassfs mount
 * @flags: as of open(2), without O_CREAT
 * @cred: whose rights count
 *
 * Where there is no open file for bpio_read_below() or bpio_write_below(), or
 * it is not open for that. Reads and writes there are seen by no filter. Opened
 * for writing, it keeps reads from going straight to the disk, as a writer's
 * does.
 *
 * Context: Sleeps until such reads in flight are done; as bpio_read_below().
 * Return: The lower file, or an error.
 */
struct file *bpio_open_lower(const struct dentry *dentry, int flags,
			     const struct cred *cred);

#endif /* BPIO_FILTER_H */
