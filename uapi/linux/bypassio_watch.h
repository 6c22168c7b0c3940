/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * bypassio_watch.h - wait for changes of the bypass's state
 */
#ifndef _UAPI_LINUX_BYPASSIO_WATCH_H
#define _UAPI_LINUX_BYPASSIO_WATCH_H

#include <linux/bypassio.h>

/**
 * BPIO_EVENTS() - what a watch reports: value, id, name
 * @X: macro that makes something of each
 *
 * Kernel and tools take the names from this one list.
 */
#define BPIO_EVENTS(X)							\
	X(0,  ENABLED,		"enabled")				\
	X(1,  DISABLED,		"disabled")				\
	X(2,  ARMED,		"armed")				\
	X(3,  DISARMED,		"disarmed")				\
	X(4,  BROKEN,		"broken")				\
	X(5,  STREAM_PAUSED,	"stream-paused")			\
	X(6,  STREAM_RESUMED,	"stream-resumed")			\
	X(7,  VOLUME_PAUSED,	"volume-paused")			\
	X(8,  VOLUME_RESUMED,	"volume-resumed")			\
	X(9,  VETOED,		"vetoed")				\
	X(10, ATTACH_BLOCKED,	"attach-blocked")			\
	X(11, ATTACH_UNBLOCKED,	"attach-unblocked")			\
	X(12, SHUT_DOWN,	"shut-down")

#define BPIO_ENUM_EVENT(value, id, name)	BPIO_EVENT_##id = (value),

/**
 * enum bpio_event_type - what has changed, see BPIO_EVENTS()
 * @BPIO_EVENT_MAX: how many there are
 *
 * ENABLED, DISABLED and VETOED are about one open file; ARMED, DISARMED, BROKEN
 * and the STREAM events about an inode: DISARMED tells in @reason what it made
 * way for. The last DISABLED of an inode ends its pauses without an event of their
 * own. The others are about the mount and reach every watch of it. VETOED with
 * @ino 0 is about the mount as well: a volume driver refuses the storage half, until
 * VOLUME_RESUMED or the last DISABLED.
 */
enum bpio_event_type {
	BPIO_EVENTS(BPIO_ENUM_EVENT)
	BPIO_EVENT_MAX = 13,
};

/**
 * struct bpio_event - one change of state
 * @type: enum bpio_event_type
 * @reason: enum bpio_reason, or 0
 * @ino: inode number on the mount, 0 for events of the mount
 * @time: nanoseconds of CLOCK_BOOTTIME
 * @lost: events that this watch has had no room for before this one
 * @stream_count: enabled open files of the inode, after the event
 * @pause_count: pauses of the inode, or of the mount, after the event
 * @pid: process that has sent a pause, a resume, or ENABLE; else 0
 * @driver_len: bytes of @driver that count
 * @reserved: 0
 * @driver: who has paused, resumed, refused; else empty
 */
struct bpio_event {
	__u32 type;
	__u32 reason;
	__u64 ino;
	__u64 time;
	__u32 lost;
	__u32 stream_count;
	__u32 pause_count;
	__u32 pid;
	__u32 driver_len;
	__u32 reserved;
	__u8 driver[BPIO_DRIVER_MAX];
};

/* bpio_watch.flags: events of all inodes of the mount. Needs CAP_SYS_ADMIN. */
#define BPIO_WATCH_VOLUME	0x00000001U
/* read() does not wait */
#define BPIO_WATCH_NONBLOCK	0x00000002U
#define BPIO_WATCH_KNOWN	0x00000003U

/* Events that a watch has room for until they are read */
#define BPIO_WATCH_ROOM		128

/**
 * struct bpio_watch - argument of BPIO_IOC_WATCH
 * @flags: BPIO_WATCH_*; without BPIO_WATCH_VOLUME: events of this inode
 * @reserved1: must be 0
 * @events: a bit for each enum bpio_event_type that is wanted
 * @reserved2: must be 0
 *
 * The ioctl returns a new descriptor with close-on-exec. poll() says when there
 * are events; read() returns one or more whole struct bpio_event, or EINVAL if
 * there is no room for one, EAGAIN, EINTR. The descriptor keeps the mount busy,
 * not the file that it was made with. Errors: EINVAL, EPERM, EFAULT, ENOMEM,
 * EMFILE, ENFILE.
 */
struct bpio_watch {
	__u32 flags;
	__u32 reserved1;
	__u64 events;
	__u64 reserved2;
};

#define BPIO_IOC_WATCH		_IOW(BPIO_IOC_TYPE, 2, struct bpio_watch)

#endif /* _UAPI_LINUX_BYPASSIO_WATCH_H */
