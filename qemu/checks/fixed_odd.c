// SPDX-License-Identifier: GPL-2.0
/* Registered buffers from any byte on: what the lower file system takes or refuses, we do too. */
#include <fcntl.h>
#include <unistd.h>

#include "read_uring.h"
#include "uapi_call.h"

#define FILLER	0x5a

struct side {
	struct read_uring *u;
	ssize_t n;
};

static int side_open(struct side *s, const char *path, int enable)
{
	int fd = open(path, O_RDONLY | O_DIRECT);

	if (fd < 0)
		return fail_errno("%s", path);
	if (enable && bpio_enable_full(fd, path))
		return 1;
	s->u = read_uring_new(fd);
	return s->u ? 0 : fail_errno("a ring");
}

static int side_read(struct side *s, size_t at, size_t len, off_t off)
{
	unsigned long tag;
	int err;

	err = read_uring_queue_fixed(s->u, at, len, off, 1);
	if (err)
		return fail("queue: %s", strerror(-err));
	memset((void *)read_uring_fixed(s->u, at), FILLER, len);
	do {
		err = read_uring_submit(s->u, 1);
		if (err && err != -EINTR)
			return fail("submit: %s", strerror(-err));
	} while (read_uring_take(s->u, &tag, &s->n));
	return 0;
}

static int same(struct side *top, struct side *lower, size_t at, size_t len)
{
	if (side_read(top, at, len, 4096) || side_read(lower, at, len, 4096))
		return 1;
	if (top->n != lower->n)
		return fail("%zu bytes to %zu: %zd, of the lower file %zd", len, at, top->n,
			    lower->n);
	if (memcmp(read_uring_fixed(top->u, at), read_uring_fixed(lower->u, at), len))
		return fail("%zu bytes to %zu: other bytes than of the lower file", len, at);
	return 0;
}

static int fixed_odd(int argc, char **argv)
{
	static const size_t at[] = { 0, 1, 4, 8, 64, 508, 512, 520, 1024, 2044, 4092, 4096, 8188 };
	static const size_t len[] = { 512, 1024, 4096, 8192, 12288, 65536, 262144 };
	unsigned int taken = 0, refused = 0;
	struct side top, lower;

	if (argc != 3 || side_open(&top, argv[1], 1) || side_open(&lower, argv[2], 0))
		return fail("fixed-odd FILE LOWER");
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
		for (size_t k = 0; k < sizeof(len) / sizeof(*len); k++) {
			if (same(&top, &lower, at[i], len[k]))
				return 1;
			if (top.n >= 0)
				taken++;
			else
				refused++;
		}
	printf("%u taken, %u refused\n", taken, refused);
	return taken && refused ? 0 : fail("nothing is tested");
}
CHECK("fixed-odd", fixed_odd, "FILE LOWER: registered buffers from odd bytes on, as the lower file")
