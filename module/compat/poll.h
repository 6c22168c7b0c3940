/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_POLL_H
#define BYPASSFS_COMPAT_POLL_H

#include <linux/blkdev.h>

/*
 * bp_can_poll() - can reads be polled for, by several at a time?
 *
 * A bio of device-mapper's can be by one only, and a drain looks as well as its
 * sender. Since 6.11, what a queue can do is one of its limits.
 */
static inline bool bp_can_poll(struct block_device *bdev)
{
	struct request_queue *q = bdev_get_queue(bdev);

#ifdef BLK_FEAT_POLL
	return q->limits.features & BLK_FEAT_POLL && queue_is_mq(q);
#else
	return test_bit(QUEUE_FLAG_POLL, &q->queue_flags) && queue_is_mq(q);
#endif
}

#endif /* BYPASSFS_COMPAT_POLL_H */
