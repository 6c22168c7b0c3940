/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_PLUG_H
#define BYPASSFS_COMPAT_PLUG_H

#include <linux/bio.h>
#include <linux/blkdev.h>

#include "uninit.h"

/**
 * bp_submit_one() - submit_bio() of a bio that its caller waits for
 * @bio: as for submit_bio()
 *
 * Since 6.9, a bio that comes without a plug is given one on its way, so that
 * the clock is read less often; with one from the start it is read once less.
 * Before that a plug for one bio only costs.
 *
 * Context: Sleeps.
 */
static inline void bp_submit_one(struct bio *bio)
{
#ifdef COMPAT_HAS_PLUG_TIME
	struct blk_plug plug bp_uninitialized;

	blk_start_plug(&plug);
	submit_bio(bio);
	blk_finish_plug(&plug);
#else
	submit_bio(bio);
#endif
}

#endif /* BYPASSFS_COMPAT_PLUG_H */
