/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the bypass
 *
 * Units: pos and ret are bytes (ret may be a negative errno). dev and ino are
 * those of the lower file system.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM bypassfs

#if !defined(BPIO_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define BPIO_TRACE_H

#include <linux/fs.h>
#include <linux/tracepoint.h>

#include <linux/bypassio.h>

#define BPIO_SHOW_REASON(value, id, name, text)	{ value, name },
#define bpio_show_reason(reason)	\
	__print_symbolic(reason, BPIO_REASONS(BPIO_SHOW_REASON) \
			 { BPIO_REASON_MAX, "?" })

#define bpio_show_path(path)					\
	__print_symbolic(path,					\
		{ BPIO_PATH_TRADITIONAL,	"traditional" },	\
		{ BPIO_PATH_FILTERS_SKIPPED,	"filters-skipped" },	\
		{ BPIO_PATH_LOWER_SKIPPED,	"lower-skipped" },	\
		{ BPIO_PATH_FULL,		"full" })

DECLARE_EVENT_CLASS(bpio_inode,
	TP_PROTO(const struct inode *inode, unsigned int reason),
	TP_ARGS(inode, reason),
	TP_STRUCT__entry(
		__field(dev_t, dev)
		__field(u64, ino)
		__field(unsigned int, reason)
	),
	TP_fast_assign(
		__entry->dev = inode->i_sb->s_dev;
		__entry->ino = inode->i_ino;
		__entry->reason = reason;
	),
	TP_printk("dev %d:%d ino %llu reason %s",
		  MAJOR(__entry->dev), MINOR(__entry->dev), __entry->ino,
		  bpio_show_reason(__entry->reason))
);

/* A stream was armed, or why not */
DEFINE_EVENT(bpio_inode, bpio_arm,
	TP_PROTO(const struct inode *inode, unsigned int reason),
	TP_ARGS(inode, reason)
);

/* A stream was disarmed; reason: none */
DEFINE_EVENT(bpio_inode, bpio_disarm,
	TP_PROTO(const struct inode *inode, unsigned int reason),
	TP_ARGS(inode, reason)
);

/* The lower file system takes a layout back */
DEFINE_EVENT(bpio_inode, bpio_broken,
	TP_PROTO(const struct inode *inode, unsigned int reason),
	TP_ARGS(inode, reason)
);

/* ENABLE was vetoed */
DEFINE_EVENT(bpio_inode, bpio_veto,
	TP_PROTO(const struct inode *inode, unsigned int reason),
	TP_ARGS(inode, reason)
);

/* A filter has vetoed an ENABLE or a QUERY (R81) */
TRACE_EVENT(bpio_filter_veto,
	TP_PROTO(const struct inode *inode, const char *name, int status,
		 unsigned int reason),
	TP_ARGS(inode, name, status, reason),
	TP_STRUCT__entry(
		__field(dev_t, dev)
		__field(u64, ino)
		__array(char, name, BPIO_DRIVER_MAX + 1)
		__field(int, status)
		__field(unsigned int, reason)
	),
	TP_fast_assign(
		__entry->dev = inode->i_sb->s_dev;
		__entry->ino = inode->i_ino;
		strscpy(__entry->name, name, sizeof(__entry->name));
		__entry->status = status;
		__entry->reason = reason;
	),
	TP_printk("dev %d:%d ino %llu filter %s status %d reason %s",
		  MAJOR(__entry->dev), MINOR(__entry->dev), __entry->ino,
		  __entry->name, __entry->status,
		  bpio_show_reason(__entry->reason))
);

/* The storage half of a mount was paused or resumed */
TRACE_EVENT(bpio_volume,
	TP_PROTO(const struct super_block *sb, bool paused),
	TP_ARGS(sb, paused),
	TP_STRUCT__entry(
		__field(dev_t, dev)
		__field(bool, paused)
	),
	TP_fast_assign(
		__entry->dev = sb->s_dev;
		__entry->paused = paused;
	),
	TP_printk("dev %d:%d %s", MAJOR(__entry->dev), MINOR(__entry->dev),
		  __entry->paused ? "paused" : "resumed")
);

/* A volume driver refuses the storage half of a mount */
TRACE_EVENT(bpio_volume_veto,
	TP_PROTO(const struct super_block *sb, unsigned int reason,
		 const char *driver),
	TP_ARGS(sb, reason, driver),
	TP_STRUCT__entry(
		__field(dev_t, dev)
		__field(unsigned int, reason)
		__array(char, driver, BPIO_DRIVER_MAX + 1)
	),
	TP_fast_assign(
		__entry->dev = sb->s_dev;
		__entry->reason = reason;
		strscpy(__entry->driver, driver, sizeof(__entry->driver));
	),
	TP_printk("dev %d:%d driver %s reason %s", MAJOR(__entry->dev),
		  MINOR(__entry->dev), __entry->driver,
		  bpio_show_reason(__entry->reason))
);

/* A read of an enabled handle has gone one of the paths */
TRACE_EVENT(bpio_read,
	TP_PROTO(const struct inode *inode, loff_t pos, unsigned int path,
		 unsigned int reason, ssize_t ret),
	TP_ARGS(inode, pos, path, reason, ret),
	TP_STRUCT__entry(
		__field(dev_t, dev)
		__field(u64, ino)
		__field(loff_t, pos)
		__field(unsigned int, path)
		__field(unsigned int, reason)
		__field(ssize_t, ret)
	),
	TP_fast_assign(
		__entry->dev = inode->i_sb->s_dev;
		__entry->ino = inode->i_ino;
		__entry->pos = pos;
		__entry->path = path;
		__entry->reason = reason;
		__entry->ret = ret;
	),
	TP_printk("dev %d:%d ino %llu pos %lld path %s reason %s ret %zd",
		  MAJOR(__entry->dev), MINOR(__entry->dev), __entry->ino,
		  __entry->pos, bpio_show_path(__entry->path),
		  bpio_show_reason(__entry->reason), __entry->ret)
);

#endif /* BPIO_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
