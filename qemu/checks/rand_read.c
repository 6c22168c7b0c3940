// SPDX-License-Identifier: GPL-2.0
/* Readers on enabled handles, see rand.h. */
#include <fcntl.h>
#include <unistd.h>

#include "rand.h"

#define ROUND	100	/* reads on one handle, at most */

/* What can keep these reads off the full bypass: no filter is attached, no file has a hole */
#define POSSIBLE	(1ull << BPIO_REASON_NONE | 1ull << BPIO_REASON_WRITER |		\
			 1ull << BPIO_REASON_STREAM_PAUSED | 1ull << BPIO_REASON_VOLUME_PAUSED | \
			 1ull << BPIO_REASON_REARMING | 1ull << BPIO_REASON_LAYOUT_BROKEN |	\
			 1ull << BPIO_REASON_NO_LEASE)

int rand_read_block(struct rand_thread *t, int fd, unsigned int file, unsigned int block)
{
	const char *want = world.data[file] + block * RAND_BLOCK;
	ssize_t n;

	memset(t->buf, 0xee, RAND_BLOCK);
	n = pread(fd, t->buf, RAND_BLOCK, (off_t)block * RAND_BLOCK);
	if (n != RAND_BLOCK)
		return rand_failed("read of file %u, block %u: %zd, %s", file, block, n,
				   strerror(errno));
	for (unsigned int i = 0; i < RAND_BLOCK; i++)
		if (t->buf[i] != want[i])
			return rand_failed("file %u, block %u, byte %u is %#x, not %#x", file,
					   block, i, (unsigned char)t->buf[i],
					   (unsigned char)want[i]);
	return 0;
}

/* Each read since ENABLE must have been counted once, by path and by reason */
static int add_up(int fd, uint64_t reads)
{
	uint64_t by_path = 0, by_reason = 0;
	struct bpio_info info;

	if (bpio_counts(fd, &info))
		return rand_failed("a reader's counters");
	for (int i = 0; i < BPIO_PATH_MAX; i++) {
		by_path += info.reads[i];
		RAND_ADD(&world.reads[i], info.reads[i]);
	}
	for (int i = 0; i < BPIO_REASON_MAX; i++) {
		if (info.reasons[i] && !(POSSIBLE & 1ull << i))
			return rand_failed("a read on an enabled handle: %s",
					   bpio_reason_name(i));
		by_reason += info.reasons[i];
		RAND_ADD(&world.reasons[i], info.reasons[i]);
	}
	if (by_path == reads && by_reason == reads && info.reads[BPIO_PATH_FULL] ==
	    info.reasons[BPIO_REASON_NONE])
		return 0;
	return rand_failed("%llu reads are counted as %llu by path, %llu by reason",
			   (unsigned long long)reads, (unsigned long long)by_path,
			   (unsigned long long)by_reason);
}

static int read_round(struct rand_thread *t)
{
	unsigned int file = rand_number(t, RAND_FILES);
	unsigned int reads = 1 + rand_number(t, ROUND);
	int fd = rand_open(file, O_RDONLY | O_DIRECT), bad = 0;
	struct bpio_args a;

	if (fd < 0)
		return -1;
	if (bpio_call(fd, BPIO_OP_ENABLE, 0, &a) || a.results.filter.status)
		bad = rand_failed("a reader's enable: %s",
				  bpio_reason_name(a.results.filter.reason));
	for (unsigned int i = 0; i < reads && !bad; i++)
		bad = rand_read_block(t, fd, file, rand_number(t, RAND_BLOCKS));
	if (!bad)
		bad = add_up(fd, reads);
	close(fd);
	return bad;
}

void *rand_reader(void *thread)
{
	while (!RAND_LOAD(&world.stop))
		if (read_round(thread))
			break;
	return NULL;
}
