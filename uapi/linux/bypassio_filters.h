/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * bypassio_filters.h - which filters are attached to a bypassfs mount
 *
 * BPIO_IOC_FILTERS, on any open file or directory of the mount, lists the
 * filters that calls go through, the highest altitude (nearest to programs)
 * first: what each sees, whether it lets reads bypass, and whether a call
 * is stuck in it. Zero a struct bpio_filters, set @first, call:
 *
 *	struct bpio_filters f = { .first = 0 };
 *
 *	if (ioctl(fd, BPIO_IOC_FILTERS, &f) < 0)
 *		not a bypassfs file, or a malformed request;
 *	else if (f.out_flags & BPIO_FILTERS_IGNORE_FEATURES)
 *		filters that attach now block the bypass, whatever they declare;
 *
 * A mount with more than @count filters is listed in parts: call again with
 * @first greater by @count, until @first reaches @total. Filters come and go
 * between two calls. It needs no privilege, and changes nothing. It does not wait
 * for a filter, so it also answers when one of them never returns.
 *
 *	EINVAL	non-zero @in_flags or @reserved1, or a struct shorter than
 *		BPIO_FILTERS_HEADER bytes
 *	E2BIG	a larger struct than this kernel knows, with a non-zero tail
 *	EFAULT	the argument cannot be read or written
 *	ENOMEM	memory was short
 *	ENOTTY	not a bypassfs file
 *
 * As with BPIO_IOC_MANAGE the size of the struct is a part of the ioctl number, and
 * the layout is the same for 32-bit and 64-bit programs. A shorter struct gets
 * the header and as many whole entries of @list as fit into it, also none; a
 * longer one works as long as what this kernel does not know is zero. @size tells
 * how much the kernel filled in.
 */
#ifndef _UAPI_LINUX_BYPASSIO_FILTERS_H
#define _UAPI_LINUX_BYPASSIO_FILTERS_H

#include <linux/bypassio.h>

/**
 * BPIO_CALLS() - what a filter can see of what programs do: value, id, name
 * @X: macro that makes something of each
 *
 * Kernel and tools take the names from this one list.
 */
#define BPIO_CALLS(X)							\
	X(0,  OPEN,		"open")					\
	X(1,  RELEASE,		"release")				\
	X(2,  READ,		"read")					\
	X(3,  WRITE,		"write")				\
	X(4,  SETATTR,		"setattr")				\
	X(5,  FALLOCATE,	"fallocate")				\
	X(6,  MMAP,		"mmap")					\
	X(7,  FSYNC,		"fsync")				\
	X(8,  ENABLE,		"enable")				\
	X(9,  DISABLE,		"disable")				\
	X(10, QUERY,		"query")				\
	X(11, VOLUME_PAUSE,	"volume-pause")				\
	X(12, VOLUME_RESUME,	"volume-resume")			\
	X(13, STREAM_PAUSE,	"stream-pause")				\
	X(14, STREAM_RESUME,	"stream-resume")			\
	X(15, GET_INFO,		"get-info")

#define BPIO_ENUM_CALL(value, id, name)		BPIO_CALL_##id = (value),

/**
 * enum bpio_call_type - what programs do, see BPIO_CALLS()
 * @BPIO_CALL_MAX: how many there are
 *
 * OPEN is of a file that exists; one that is made is seen when it is there.
 * RELEASE: the last descriptor is gone. READ and WRITE are of any kind but through
 * a mapping, of which MMAP shows that it is made. SETATTR is attributes, and
 * truncate. FALLOCATE: allocate, punch, collapse, insert, zero. FSYNC: fsync,
 * fdatasync, sync_file_range, msync. The others are the operations of the
 * bypass; QUERY is also what a RESUME asks, to find out who objects.
 */
enum bpio_call_type {
	BPIO_CALLS(BPIO_ENUM_CALL)
	BPIO_CALL_MAX = 16,
};

/* bpio_filter_info.features (R68) */

/* reads may skip this filter, where it does not veto */
#define BPIO_FEATURE_BYPASS		0x00000001U
/* it is shown reads and writes with their data */
#define BPIO_FEATURE_DATA		0x00000002U
#define BPIO_FEATURES_KNOWN		0x00000003U

/* bpio_filter_info.flags */

/* calls come to it; neither this nor LEAVING: it is not there yet */
#define BPIO_FILTER_ATTACHED		0x00000001U
/* it supports the bypass, and says so: BPIO_FEATURE_BYPASS */
#define BPIO_FILTER_OPTED_IN		0x00000002U
/* it supports the bypass, as it sees neither reads nor writes (R69) */
#define BPIO_FILTER_AUTO_OPTED_IN	0x00000004U
/* as long as it is there no read of the mount skips filters (R71) */
#define BPIO_FILTER_BLOCKS		0x00000008U
/* it is being detached: no call comes to it, those inside are waited for */
#define BPIO_FILTER_LEAVING		0x00000010U

#define BPIO_ALTITUDE_LEN_MAX		32

/**
 * struct bpio_filter_info - one filter of a mount
 * @name: of its module, and a suffix if that has several; names are unique
 * @altitude: where it stands: a decimal number like "325000.3" (R76)
 * @name_len: bytes of @name that count
 * @altitude_len: bytes of @altitude that count
 * @features: BPIO_FEATURE_* that it has declared
 * @calls: a bit for each enum bpio_call_type that it has a callback for
 * @flags: BPIO_FILTER_*
 * @inside: calls that one of its callbacks works on at this moment
 * @oldest_type: enum bpio_call_type of the one that is inside for longest
 * @oldest_pid: its process
 * @oldest_ms: milliseconds since it came into the callback. These three are 0
 *	if @inside is.
 * @leaving_ms: BPIO_FILTER_LEAVING: milliseconds since somebody began to wait
 *	for the calls inside to end; else 0
 * @vetoes: how often it has refused ENABLE or QUERY here
 * @pauses: how often it has paused an inode, or the mount
 * @reserved: 0
 */
struct bpio_filter_info {
	__u8 name[BPIO_DRIVER_MAX];
	__u8 altitude[BPIO_ALTITUDE_LEN_MAX];
	__u16 name_len;
	__u16 altitude_len;
	__u32 features;
	__u64 calls;
	__u32 flags;
	__u32 inside;
	__u32 oldest_type;
	__u32 oldest_pid;
	__u64 oldest_ms;
	__u64 leaving_ms;
	__u64 vetoes;
	__u64 pauses;
	__u64 reserved[4];
};

/* bpio_filters.out_flags: filters that attach count as without features (R75) */
#define BPIO_FILTERS_IGNORE_FEATURES	0x00000001U

#define BPIO_FILTERS_MAX		8

/**
 * struct bpio_filters - argument of BPIO_IOC_FILTERS
 * @first: in: number of the first filter to list
 * @in_flags: in: must be 0: there are none yet
 * @reserved1: in: must be 0
 * @size: out: how many bytes of this struct the kernel filled in
 * @out_flags: out: BPIO_FILTERS_*
 * @total: out: how many filters there are, those included that are leaving
 * @count: out: how many of them are in @list, beginning with number @first
 * @features: out: BPIO_FEATURE_* that all filters of the mount have (R74), all
 *	that are known if there is none. Here BPIO_FEATURE_BYPASS means that
 *	none of them blocks, for whatever reason.
 * @reserved2: out: 0
 * @list: out: they, highest altitude first; what is unused is 0
 *
 * What is marked out is not read, so a struct can be used again.
 */
struct bpio_filters {
	__u32 first;
	__u32 in_flags;
	__u64 reserved1;
	__u32 size;
	__u32 out_flags;
	__u32 total;
	__u32 count;
	__u32 features;
	__u32 reserved2[7];
	struct bpio_filter_info list[BPIO_FILTERS_MAX];
};

#define BPIO_FILTERS_INPUT	16
#define BPIO_FILTERS_HEADER	64

#define BPIO_IOC_FILTERS_NR	3
#define BPIO_IOC_FILTERS	_IOWR(BPIO_IOC_TYPE, BPIO_IOC_FILTERS_NR, \
				      struct bpio_filters)

#endif /* _UAPI_LINUX_BYPASSIO_FILTERS_H */
