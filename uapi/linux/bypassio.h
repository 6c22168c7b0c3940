/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * bypassio.h - ask that reads of one open file bypass the file system filters
 *
 * THE IOCTL
 *
 * One ioctl, BPIO_IOC_MANAGE, carries eight operations on an open file of a
 * bypassfs mount. Its argument is a struct bpio_args: zero it, set @op, call:
 *
 *	struct bpio_args a = { .op = BPIO_OP_ENABLE };
 *
 *	if (ioctl(fd, BPIO_IOC_MANAGE, &a) < 0)
 *		the request was malformed: nothing changed;
 *	else if (a.results.filter.status)
 *		vetoed: .driver says who, .text and .reason say why;
 *	else if (a.results.storage.status)
 *		filters are bypassed, the lower file system is not: see why;
 *	else
 *		aligned O_DIRECT reads now go straight to the disk.
 *
 * The first to refuse is the one that is named; QUERY with BPIO_IN_ALL lists
 * all of them.
 *
 * A veto is an answer, not a failed ioctl. The ioctl itself fails only with
 *
 *	EINVAL	unknown @op, flag bit, flag that does not fit @op, non-zero
 *		reserved field, or a struct too small for what @op answers
 *	E2BIG	a larger struct than this kernel knows, with a non-zero tail
 *	EPERM	a pause or resume without the right to it
 *	EFAULT	the argument cannot be read or written
 *	ENOMEM	ENABLE only
 *	ENOTTY	not a bypassfs file
 *
 * and then it has changed nothing (but if the memory behind the argument goes
 * away during the call, EFAULT can come after the fact). DISABLE, the pauses and the resumes never
 * fail for want of memory or because of the state that they find.
 *
 * TWO HALVES
 *
 * The filter half skips the file system filters, the storage half skips the
 * lower file system. They are independent, so a read takes one of four paths
 * (enum bpio_path). A read that cannot take the full bypass takes another path
 * and returns the same bytes; which path, and why, is counted (GET_INFO).
 *
 * SCOPES
 *
 * ENABLE and DISABLE act on one open file (dup() and fork() share it), the
 * STREAM operations on the inode with all its hard links and open files, the
 * VOLUME operations on the mount; any handle of the mount will do for those.
 *
 * PAUSES
 *
 * Pauses are not counted down: one RESUME undoes any number of plain ones, and
 * looks first whether anything still objects. A pause has an owner, who is
 * named, and can have a reason and a text (BPIO_IN_WHY, struct bpio_pause). With
 * BPIO_IN_OWNED it belongs to the open file that it was sent on: it ends when
 * that is closed, or resumed on that same open file, and no RESUME of others
 * ends it; they are told who still pauses. A stream's pauses are forgotten with
 * its last DISABLE.
 *
 * EVENTS
 *
 * BPIO_IOC_WATCH gives a descriptor to poll() and read() changes of state from,
 * see bypassio_watch.h.
 *
 * FILTERS
 *
 * BPIO_IOC_FILTERS lists the filters of a mount, see bypassio_filters.h.
 *
 * SIZES AND GROWTH
 *
 * The size of the struct is a part of the ioctl number. A program built with a
 * longer, newer struct works on an older kernel as long as what that kernel
 * does not know is zero; @size tells how much the kernel filled in. DISABLE and
 * the two PAUSE operations answer with the header alone and accept a struct of
 * BPIO_ARGS_HEADER bytes (BPIO_IOC_MANAGE_HEADER). The layout is the same for
 * 32-bit and 64-bit programs. Strings are UTF-8, have a length in bytes, and
 * are not terminated when they fill their array.
 */
#ifndef _UAPI_LINUX_BYPASSIO_H
#define _UAPI_LINUX_BYPASSIO_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * enum bpio_op - what to do (R1, R4)
 * @BPIO_OP_ENABLE: let reads of this open file bypass. Needs a regular file
 *	that is open for reading with O_DIRECT. Repeating it changes nothing.
 * @BPIO_OP_DISABLE: stop it, and wait for the reads in flight. Ignored when
 *	not enabled. Closing the file does the same.
 * @BPIO_OP_QUERY: what ENABLE would answer, on files and directories; with
 *	BPIO_IN_ALL: all that stands in the way of full bypass.
 * @BPIO_OP_VOLUME_PAUSE: no read of this mount goes past the lower file
 *	system when this returns. Needs CAP_SYS_ADMIN.
 * @BPIO_OP_VOLUME_RESUME: the opposite; nothing to do is no error.
 * @BPIO_OP_STREAM_PAUSE: no read of this inode skips a filter when this
 *	returns. Ignored when no open file has the bypass enabled. Needs to be
 *	the file's owner, or CAP_FOWNER.
 * @BPIO_OP_STREAM_RESUME: ask everybody again and resume if none objects; who
 *	does is in the answer, and the pause goes on. Needs what a pause needs.
 * @BPIO_OP_GET_INFO: counts and names, see struct bpio_info.
 * @BPIO_OP_MAX: not an operation: the first number that is not one.
 */
enum bpio_op {
	BPIO_OP_ENABLE		= 1,
	BPIO_OP_DISABLE		= 2,
	BPIO_OP_QUERY		= 3,
	BPIO_OP_VOLUME_PAUSE	= 4,
	BPIO_OP_VOLUME_RESUME	= 5,
	BPIO_OP_STREAM_PAUSE	= 6,
	BPIO_OP_STREAM_RESUME	= 7,
	BPIO_OP_GET_INFO	= 8,
	BPIO_OP_MAX		= 9,
};

/* bpio_args.in_flags */

/* QUERY: do not ask the storage half. No effect on other operations (R6). */
#define BPIO_IN_SKIP_STORAGE		0x00000001U
/* GET_INFO: counters of this open file, or of this inode; else of the mount */
#define BPIO_IN_SCOPE_HANDLE		0x00000002U
#define BPIO_IN_SCOPE_STREAM		0x00000004U
/* PAUSE: struct bpio_pause says why. Else the reason is BPIO_REASON_OTHER. */
#define BPIO_IN_WHY			0x00000008U
/* PAUSE: until this open file is closed, or is resumed on this open file */
#define BPIO_IN_OWNED			0x00000010U
/* QUERY: answer with struct bpio_blockers */
#define BPIO_IN_ALL			0x00000020U
#define BPIO_IN_KNOWN			0x0000003fU

/* bpio_args.out_flags */

/* the storage half of the mount is paused (R53) */
#define BPIO_OUT_VOLUME_PAUSED		0x00000001U
/* the filter half of the inode is paused (R65) */
#define BPIO_OUT_STREAM_PAUSED		0x00000002U
/* a filter that does not support the bypass is attached (R71) */
#define BPIO_OUT_ATTACH_BLOCKED		0x00000004U
/* the file system and all drivers of its disk support bypassed reads (R103) */
#define BPIO_OUT_STORAGE_COMPATIBLE	0x00000008U
/* this open file has the bypass enabled */
#define BPIO_OUT_ENABLED		0x00000100U
/*
 * enabled, but reads do not go straight to the disk as things are now: see why
 * in the storage half of QUERY. They do, without a new ENABLE, once that is gone.
 */
#define BPIO_OUT_SUSPENDED		0x00000200U

/**
 * enum bpio_path - the way that a read took
 * @BPIO_PATH_TRADITIONAL: all filters and the lower file system
 * @BPIO_PATH_FILTERS_SKIPPED: lower file system, no filter
 * @BPIO_PATH_LOWER_SKIPPED: all filters, then straight to the disk
 * @BPIO_PATH_FULL: straight to the disk
 * @BPIO_PATH_MAX: how many there are
 */
enum bpio_path {
	BPIO_PATH_TRADITIONAL		= 0,
	BPIO_PATH_FILTERS_SKIPPED	= 1,
	BPIO_PATH_LOWER_SKIPPED		= 2,
	BPIO_PATH_FULL			= 3,
	BPIO_PATH_MAX			= 4,
};

/**
 * BPIO_STATES() - states of an inode's storage half: value, id, name
 * @X: macro that makes something of each
 *
 * Kernel, tracepoints and tools take the names from this one list.
 */
#define BPIO_STATES(X)							\
	X(0, IDLE,	"idle")						\
	X(1, ARMING,	"arming")					\
	X(2, ARMED,	"armed")					\
	X(3, DRAINING,	"draining")

/**
 * BPIO_REASONS() - why something does not bypass: value, id, name, sentence
 * @X: macro that makes something of each
 *
 * Numbers and names are stable; they are what a program should test. The
 * sentence is for people and may change. Gaps are reserved.
 */
#define BPIO_REASONS(X)							\
	X(0,  NONE,		"none",					\
	  "nothing stands in the way")					\
	X(1,  NOT_ENABLED,	"not-enabled",				\
	  "this open file has not enabled the bypass")			\
	X(2,  NOT_DIRECT,	"not-direct",				\
	  "the file is not open with O_DIRECT")				\
	X(3,  NOT_READABLE,	"not-readable",				\
	  "the file is not open for reading")				\
	X(4,  DIRECTORY,	"directory",				\
	  "a directory has no data to read past the filters")		\
	X(5,  NOT_REGULAR,	"not-regular",				\
	  "only regular files have blocks of their own on the disk")	\
	X(8,  UNALIGNED,	"unaligned",				\
	  "offset, length or buffer is not aligned to the disk's blocks") \
	X(9,  UNMAPPED,		"unmapped",				\
	  "a hole or an unwritten extent lies in the range")		\
	X(10, NOWAIT,		"nowait",				\
	  "the read may not wait and something was not ready")		\
	X(11, IO_ERROR,		"io-error",				\
	  "the disk reported an error, the lower file system was asked")  \
	X(12, BUFFER,		"buffer",				\
	  "the buffer's pages cannot be handed to the disk")		\
	X(13, NO_MEMORY,	"no-memory",				\
	  "memory was short")						\
	X(14, MAP_FULL,		"map-full",				\
	  "the file has more extents than are kept in memory")		\
	X(16, WRITER,		"writer",				\
	  "the file is open for writing or is being changed")		\
	X(17, STREAM_PAUSED,	"stream-paused",			\
	  "a filter or the owner has paused the bypass of this file")	\
	X(18, VOLUME_PAUSED,	"volume-paused",			\
	  "the storage half of this mount is paused")			\
	X(19, LAYOUT_BROKEN,	"layout-broken",			\
	  "the lower file system is changing the file's block layout")	\
	X(20, ATTACH_BLOCKED,	"attach-blocked",			\
	  "a filter that does not support the bypass is attached")	\
	X(21, REARMING,		"rearming",				\
	  "the file is being frozen for the bypass at this moment")	\
	X(22, VOLUME_VETOED,	"volume-vetoed",			\
	  "a volume driver refuses the storage half of this mount")	\
	X(32, SPARSE,		"sparse",				\
	  "the file is sparse")						\
	X(33, UNWRITTEN,	"unwritten",				\
	  "the file has preallocated blocks that were never written")	\
	X(34, INLINE_DATA,	"inline",				\
	  "the data lie inside the inode, not in blocks of their own")	\
	X(35, ENCRYPTED,	"encrypted",				\
	  "the file is encrypted")					\
	X(36, COMPRESSED,	"compressed",				\
	  "the file is compressed")					\
	X(37, VERITY,		"verity",				\
	  "the file's reads must be verified (fs-verity)")		\
	X(38, JOURNALLED,	"journalled",				\
	  "the file's data go through the journal")			\
	X(39, SHARED,		"shared",				\
	  "the file shares, or has shared, extents with another (reflink)") \
	X(40, REALTIME,		"realtime",				\
	  "the file's data are on the realtime device")			\
	X(41, DAX,		"dax",					\
	  "the file is marked for direct access to memory (DAX)")	\
	X(42, SWAPFILE,		"swapfile",				\
	  "the file is in use as swap space")				\
	X(43, NO_DIRECT_IO,	"no-direct-io",				\
	  "the lower file system offers no direct I/O on this file")	\
	X(44, SYSTEM_FILE,	"system-file",				\
	  "the file belongs to the file system itself")			\
	X(45, HSM,		"hsm",					\
	  "a listener must see each access before it happens")		\
	X(48, FS_UNSUPPORTED,	"fs-unsupported",			\
	  "blocks of this lower file system cannot be held in place")	\
	X(49, NO_BLOCK_DEVICE,	"no-block-device",			\
	  "the lower file system has no single block device")		\
	X(50, NO_LEASE,		"no-lease",				\
	  "the lower file system refused a layout lease")		\
	X(51, SHUT_DOWN,	"shut-down",				\
	  "the lower file system was shut down")			\
	X(52, DRIVER_UNSUPPORTED, "driver-unsupported",			\
	  "a volume driver that does not support the bypass has the disk") \
	X(56, MONITORING,	"monitoring",				\
	  "reads are being monitored")					\
	X(57, AUDITING,		"auditing",				\
	  "reads are being audited")					\
	X(58, SNAPSHOT,		"snapshot",				\
	  "a snapshot of the volume exists")				\
	X(59, REPLICATION,	"replication",				\
	  "the volume is being replicated")				\
	X(60, VIRTUALIZATION,	"virtualization",			\
	  "the data come from another layer")				\
	X(63, OTHER,		"other",				\
	  "see the text")

#define BPIO_ENUM_STATE(value, id, name)	BPIO_STATE_##id = (value),
#define BPIO_ENUM_REASON(value, id, name, text)	BPIO_REASON_##id = (value),

/**
 * enum bpio_state - state of an inode's storage half, see BPIO_STATES()
 * @BPIO_STATE_MAX: how many there are
 */
enum bpio_state {
	BPIO_STATES(BPIO_ENUM_STATE)
	BPIO_STATE_MAX = 4,
};

/**
 * enum bpio_reason - why something does not bypass, see BPIO_REASONS()
 * @BPIO_REASON_MAX: a bound that is never exceeded
 */
enum bpio_reason {
	BPIO_REASONS(BPIO_ENUM_REASON)
	BPIO_REASON_MAX = 64,
};

#define BPIO_DRIVER_MAX		32
#define BPIO_TEXT_MAX		128

/* bpio_result.flags: @text was cut, on a character boundary, to fit (R11) */
#define BPIO_RESULT_CUT		0x00000001U

/**
 * struct bpio_result - the answer of one half (R10)
 * @status: 0, or a negative errno that classes the refusal
 * @reason: enum bpio_reason, the stable id
 * @driver_len: bytes of @driver that count (R11)
 * @text_len: bytes of @text that count
 * @flags: BPIO_RESULT_*
 * @driver: who refused: a filter, a driver, a file system type, or "bypassfs"
 * @text: why, a sentence in English
 */
struct bpio_result {
	__s32 status;
	__u32 reason;
	__u16 driver_len;
	__u16 text_len;
	__u32 flags;
	__u8 driver[BPIO_DRIVER_MAX];
	__u8 text[BPIO_TEXT_MAX];
};

/**
 * struct bpio_results - what ENABLE, QUERY and the RESUMEs answer
 * @filter: may reads of this file skip the filters? Set by the first to refuse
 *	(R27). An ENABLE that it refuses has enabled nothing (and has not disabled
 *	what was), and neither ENABLE nor QUERY ask @storage then. Of a RESUME:
 *	who keeps the inode paused.
 * @storage: may they skip the lower file system as well, as things are now?
 */
struct bpio_results {
	struct bpio_result filter;
	struct bpio_result storage;
};

/**
 * struct bpio_info - what GET_INFO answers (R12, R43)
 * @volume_count: open files of this mount with the bypass enabled (R19)
 * @block_size: bytes; reads of whole multiples, so aligned, can bypass
 * @fs_name: type of the lower file system
 * @disk_name: the block device, as in /sys/class/block
 * @fs_name_len: bytes of @fs_name
 * @disk_name_len: bytes of @disk_name
 * @reserved: 0
 * @reads: finished reads by path, in the scope asked for. A handle counts from
 *	its first ENABLE on; a mount counts everything.
 * @bytes: bytes that these returned
 * @reasons: the same reads by what kept them off the full bypass; index
 *	BPIO_REASON_NONE counts those on it
 * @map_extents: extents of this file, whatever the scope, that are kept in
 *	memory now. They are learnt where it is read, and forgotten when it is
 *	changed or memory is short.
 * @map_bytes: of memory that these take
 * @all_extents: the same for all files of all mounts
 * @all_bytes: of memory that these take
 *
 * From @map_extents on it was added later: a struct that ends before is fine.
 */
struct bpio_info {
	__u32 volume_count;
	__u32 block_size;
	__u8 fs_name[BPIO_DRIVER_MAX];
	__u8 disk_name[BPIO_DRIVER_MAX];
	__u16 fs_name_len;
	__u16 disk_name_len;
	__u32 reserved;
	__u64 reads[BPIO_PATH_MAX];
	__u64 bytes[BPIO_PATH_MAX];
	__u64 reasons[BPIO_REASON_MAX];
	__u64 map_extents;
	__u64 map_bytes;
	__u64 all_extents;
	__u64 all_bytes;
};

/**
 * struct bpio_pause - what a PAUSE with BPIO_IN_WHY tells
 * @reason: enum bpio_reason, not BPIO_REASON_NONE
 * @text_len: bytes of @text
 * @reserved: must be 0
 * @text: for people; UTF-8 (only control characters are looked for)
 */
struct bpio_pause {
	__u32 reason;
	__u16 text_len;
	__u16 reserved;
	__u8 text[BPIO_TEXT_MAX];
};

/* bpio_blocker.half */
#define BPIO_HALF_FILTER	0U
#define BPIO_HALF_STORAGE	1U

#define BPIO_BLOCKERS_MAX	5

/**
 * struct bpio_blocker - one of those who stand in the way
 * @result: as if it were the first
 * @half: BPIO_HALF_*: what it keeps from being bypassed
 * @why: enum bpio_reason that came with a pause, 0 for anything else
 * @pid: process that has sent a pause, 0 for anything else
 */
struct bpio_blocker {
	struct bpio_result result;
	__u16 half;
	__u16 why;
	__u32 pid;
};

/**
 * struct bpio_blockers - what QUERY with BPIO_IN_ALL answers
 * @total: how many there are; 0 means that this open file, if enabled, has the
 *	full bypass
 * @count: how many of them are in @list, beginning with number bpio_args.first
 * @list: they; filter half first
 */
struct bpio_blockers {
	__u32 total;
	__u32 count;
	struct bpio_blocker list[BPIO_BLOCKERS_MAX];
};

/**
 * struct bpio_args - argument of BPIO_IOC_MANAGE
 * @op: in: enum bpio_op; out: the same (R8)
 * @in_flags: in: BPIO_IN_*
 * @first: in: QUERY with BPIO_IN_ALL: number of the first to list; else 0
 * @reserved1: in: must be 0 (R3)
 * @reserved2: in: must be 0
 * @size: out: how many bytes of this struct the kernel filled in (R14)
 * @out_flags: out: BPIO_OUT_*
 * @state: out: enum bpio_state of the inode
 * @stream_count: out: open files of this inode with the bypass enabled (R18)
 * @pause_count: out: pauses of this inode since it last ran unpaused
 * @volume_pause_count: out: pauses of the mount since it last ran unpaused
 * @reserved3: out: 0
 * @results: out: ENABLE, QUERY, VOLUME_RESUME, STREAM_RESUME
 * @blockers: out: QUERY with BPIO_IN_ALL
 * @pause: in: STREAM_PAUSE, VOLUME_PAUSE with BPIO_IN_WHY
 * @info: out: GET_INFO
 * @room: makes the struct 1024 bytes; what is unused is 0
 *
 * What is marked out is not read, so a struct can be used again.
 */
struct bpio_args {
	__u32 op;
	__u32 in_flags;
	__u32 first;
	__u32 reserved1;
	__u64 reserved2;
	__u32 size;
	__u32 out_flags;
	__u32 state;
	__u32 stream_count;
	__u32 pause_count;
	__u32 volume_pause_count;
	__u32 reserved3[4];
	union {
		struct bpio_results results;
		struct bpio_blockers blockers;
		struct bpio_pause pause;
		struct bpio_info info;
		__u64 room[120];
	};
};

#define BPIO_ARGS_INPUT		24
#define BPIO_ARGS_HEADER	64

#define BPIO_IOC_TYPE		0xbf
#define BPIO_IOC_NR		1
#define BPIO_IOC_MANAGE		_IOWR(BPIO_IOC_TYPE, BPIO_IOC_NR, struct bpio_args)
#define BPIO_IOC_MANAGE_HEADER	_IOC(_IOC_READ | _IOC_WRITE, BPIO_IOC_TYPE, \
				     BPIO_IOC_NR, BPIO_ARGS_HEADER)

#endif /* _UAPI_LINUX_BYPASSIO_H */
