/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of bpio_scan
 *
 * Units: pos and bytes are bytes. dev and ino are those of the bypassfs mount.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM bpio_scan

#if !defined(BPIO_SCAN_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define BPIO_SCAN_TRACE_H

#include <linux/fs.h>
#include <linux/tracepoint.h>

#include "scan.h"

#define SCAN_SHOW_VERDICT(id, name)	{ SCAN_##id, name },
#define scan_show_verdict(verdict)	\
	__print_symbolic(verdict, SCAN_VERDICTS(SCAN_SHOW_VERDICT) { -1, "?" })

#define SCAN_HOWS(X)				\
	X(BPIO_CALL_OPEN,	"scan")		\
	X(BPIO_CALL_READ,	"read")		\
	X(BPIO_CALL_WRITE,	"write")
#define SCAN_SHOW_HOW(how, name)	{ how, name },

/* A file was scanned: so many bytes of it, until the pattern or the end */
TRACE_EVENT(scan_file,
	TP_PROTO(const struct inode *inode, unsigned int verdict, loff_t bytes),
	TP_ARGS(inode, verdict, bytes),
	TP_STRUCT__entry(
		__field(dev_t, dev)
		__field(u64, ino)
		__field(unsigned int, verdict)
		__field(loff_t, bytes)
	),
	TP_fast_assign(
		__entry->dev = inode->i_sb->s_dev;
		__entry->ino = inode->i_ino;
		__entry->verdict = verdict;
		__entry->bytes = bytes;
	),
	TP_printk("dev %d:%d ino %llu verdict %s bytes %lld",
		  MAJOR(__entry->dev), MINOR(__entry->dev), __entry->ino,
		  scan_show_verdict(__entry->verdict), __entry->bytes)
);

/* The pattern is in the file, or was read or written */
TRACE_EVENT(scan_match,
	TP_PROTO(const struct inode *inode, unsigned int how, loff_t pos),
	TP_ARGS(inode, how, pos),
	TP_STRUCT__entry(
		__field(dev_t, dev)
		__field(u64, ino)
		__field(unsigned int, how)
		__field(loff_t, pos)
	),
	TP_fast_assign(
		__entry->dev = inode->i_sb->s_dev;
		__entry->ino = inode->i_ino;
		__entry->how = how;
		__entry->pos = pos;
	),
	TP_printk("dev %d:%d ino %llu by %s pos %lld",
		  MAJOR(__entry->dev), MINOR(__entry->dev), __entry->ino,
		  __print_symbolic(__entry->how, SCAN_HOWS(SCAN_SHOW_HOW)
				   { -1, "?" }),
		  __entry->pos)
);

DECLARE_EVENT_CLASS(scan_inode,
	TP_PROTO(const struct inode *inode, unsigned int handles),
	TP_ARGS(inode, handles),
	TP_STRUCT__entry(
		__field(dev_t, dev)
		__field(u64, ino)
		__field(unsigned int, handles)
	),
	TP_fast_assign(
		__entry->dev = inode->i_sb->s_dev;
		__entry->ino = inode->i_ino;
		__entry->handles = handles;
	),
	TP_printk("dev %d:%d ino %llu handles %u",
		  MAJOR(__entry->dev), MINOR(__entry->dev), __entry->ino,
		  __entry->handles)
);

/* A clean file is about to be changed; the handles that have it enabled */
DEFINE_EVENT(scan_inode, scan_changed,
	TP_PROTO(const struct inode *inode, unsigned int handles),
	TP_ARGS(inode, handles)
);

/* A file may bypass from now on; likewise */
DEFINE_EVENT(scan_inode, scan_cleared,
	TP_PROTO(const struct inode *inode, unsigned int handles),
	TP_ARGS(inode, handles)
);

#endif /* BPIO_SCAN_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE scan_trace
#include <trace/define_trace.h>
