/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BPIO_COUNT_H
#define BPIO_COUNT_H

#include <linux/percpu.h>
#include <linux/types.h>

#include <linux/bypassio.h>

/**
 * struct bpio_counts - finished reads, as in struct bpio_info
 * @reads: by path
 * @bytes: by path
 * @reasons: by reason
 */
struct bpio_counts {
	u64 reads[BPIO_PATH_MAX];
	u64 bytes[BPIO_PATH_MAX];
	u64 reasons[BPIO_REASON_MAX];
};

/**
 * bpio_count() - count one read
 * @counts: of the handle or of the mount
 * @path: the path that it took
 * @reason: why not the full bypass
 * @ret: what it returned: bytes or a negative errno
 *
 * Context: Any.
 */
static inline void bpio_count(struct bpio_counts __percpu *counts,
			      enum bpio_path path, enum bpio_reason reason,
			      ssize_t ret)
{
	this_cpu_inc(counts->reads[path]);
	this_cpu_inc(counts->reasons[reason]);
	if (ret > 0)
		this_cpu_add(counts->bytes[path], ret);
}

void bpio_counts_add(struct bpio_counts *sum, const struct bpio_counts *c);
void bpio_counts_sum(struct bpio_counts *sum,
		     struct bpio_counts __percpu *counts);

#endif /* BPIO_COUNT_H */
