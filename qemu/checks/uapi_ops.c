// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctl's numbers, flags and reserved bytes, one by one. Each call starts from a
 * struct full of 0xAA but for what is input: what the kernel does not fill in shows.
 */
#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi_call.h"

#define FILLER 0xaa

static const unsigned int numbers[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 64, 255, 256, 257, 0x10001, 0x01000001,
	0x7fffffff, 0x80000000, 0x80000001, 0xfffffff8, 0xffffffff,
};

static int known(unsigned int op)
{
	return op >= BPIO_OP_ENABLE && op < BPIO_OP_MAX;
}

static void prepare(struct bpio_args *a, unsigned int op, unsigned int in_flags)
{
	memset(a, FILLER, sizeof(*a));
	a->op = op;
	a->in_flags = in_flags;
	a->first = 0;
	a->reserved1 = 0;
	a->reserved2 = 0;
	if (!(in_flags & BPIO_IN_WHY))
		return;
	a->pause.reason = BPIO_REASON_OTHER;
	a->pause.text_len = 1;
	a->pause.reserved = 0;
	a->pause.text[0] = 'x';
}

static int all_zero(const void *from, size_t len)
{
	const unsigned char *c = from;

	for (size_t i = 0; i < len; i++)
		if (c[i])
			return 0;
	return 1;
}

static int bad_string(const char *what, const unsigned char *text, size_t len, size_t max)
{
	if (len > max)
		return fail("%s: %zu bytes of %zu", what, len, max);
	if (!all_zero(text + len, max - len))
		return fail("%s: not zero after its end", what);
	if (memchr(text, 0, len))
		return fail("%s: a zero byte inside", what);
	return 0;
}

static int bad_result(const char *what, const struct bpio_result *r)
{
	if (r->status > 0 || r->status < -4095)
		return fail("%s: status %d is no negative errno", what, r->status);
	if (r->reason >= BPIO_REASON_MAX || !strcmp(bpio_reason_name(r->reason), "unknown"))
		return fail("%s: reason %u has no name", what, r->reason);
	if (!r->status != !r->reason)
		return fail("%s: status %d with reason %u", what, r->status, r->reason);
	if (r->status && (!r->driver_len || !r->text_len))
		return fail("%s: a refusal without driver or text", what);
	if (r->flags & ~BPIO_RESULT_CUT)
		return fail("%s: flags %#x", what, r->flags);
	return bad_string(what, r->driver, r->driver_len, BPIO_DRIVER_MAX) ||
	       bad_string(what, r->text, r->text_len, BPIO_TEXT_MAX);
}

static int bad_info(const struct bpio_info *info)
{
	if (info->reserved)
		return fail("info.reserved is %u", info->reserved);
	if (!info->fs_name_len || !info->disk_name_len)
		return fail("no name of file system or disk");
	if (info->block_size < 512 || info->block_size & (info->block_size - 1))
		return fail("block size %u", info->block_size);
	return bad_string("fs_name", info->fs_name, info->fs_name_len, BPIO_DRIVER_MAX) ||
	       bad_string("disk_name", info->disk_name, info->disk_name_len, BPIO_DRIVER_MAX);
}

static int bad_blockers(const struct bpio_blockers *b)
{
	int bad = b->count > b->total || b->count > BPIO_BLOCKERS_MAX;

	if (bad)
		return fail("%u blockers of %u", b->count, b->total);
	for (unsigned int i = 0; i < BPIO_BLOCKERS_MAX; i++) {
		int refuses = b->list[i].result.status != 0, listed = i < b->count;

		bad |= bad_result("blocker", &b->list[i].result);
		if (refuses != listed)
			bad |= fail("blocker %u of %u: status %d", i, b->count,
				    b->list[i].result.status);
	}
	return bad;
}

static int bad_header(const struct bpio_args *a, unsigned int op, unsigned int in_flags)
{
	if (a->op != op || a->in_flags != in_flags)
		return fail("op %u flags %#x came back as %u, %#x", op, in_flags, a->op,
			    a->in_flags);
	if (a->first || a->reserved1 || a->reserved2 ||
	    !all_zero(a->reserved3, sizeof(a->reserved3)))
		return fail("op %u: a reserved field is not zero", op);
	if (a->state >= BPIO_STATE_MAX)
		return fail("op %u: state %u", op, a->state);
	if (a->out_flags & ~0x30fu)
		return fail("op %u: out_flags %#x has unknown bits", op, a->out_flags);
	if (a->size < BPIO_ARGS_HEADER || a->size > sizeof(*a))
		return fail("op %u: size %u", op, a->size);
	return 0;
}

static size_t answer_size(unsigned int op, unsigned int in_flags)
{
	if (in_flags & BPIO_IN_ALL)
		return BPIO_ARGS_HEADER + sizeof(struct bpio_blockers);
	switch (op) {
	case BPIO_OP_ENABLE:
	case BPIO_OP_QUERY:
	case BPIO_OP_VOLUME_RESUME:
	case BPIO_OP_STREAM_RESUME:
		return BPIO_ARGS_HEADER + sizeof(struct bpio_results);
	case BPIO_OP_GET_INFO:
		return BPIO_ARGS_HEADER + sizeof(struct bpio_info);
	default:
		return BPIO_ARGS_HEADER;
	}
}

static int bad_answer(const struct bpio_args *a, unsigned int op, unsigned int in_flags)
{
	size_t used = answer_size(op, in_flags);

	if (bad_header(a, op, in_flags))
		return 1;
	if (a->size < used)
		return fail("%s: size %u, its answer has %zu", bpio_op_name(op), a->size, used);
	if (!all_zero((const char *)a + used, sizeof(*a) - used))
		return fail("%s: not zero after its answer", bpio_op_name(op));
	if (op == BPIO_OP_GET_INFO)
		return bad_info(&a->info);
	if (in_flags & BPIO_IN_ALL)
		return bad_blockers(&a->blockers);
	if (used > BPIO_ARGS_HEADER)
		return bad_result("filter", &a->results.filter) ||
		       bad_result("storage", &a->results.storage);
	return 0;
}

int bpio_answer(int fd, unsigned int op, struct bpio_args *a)
{
	prepare(a, op, 0);
	if (ioctl(fd, BPIO_IOC_MANAGE, a))
		return -errno;
	return bad_answer(a, op, 0) ? -EBADMSG : 0;
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECT);

	if (fd < 0)
		fail_errno("open %s", path);
	return fd;
}

/* One call that must be refused with EINVAL and must leave the struct alone */
static int not_refused(int fd, struct bpio_args *a, const char *what)
{
	struct bpio_args before = *a;

	if (!ioctl(fd, BPIO_IOC_MANAGE, a))
		return fail("%s: taken", what);
	if (errno != EINVAL)
		return fail_errno("%s: wanted EINVAL", what);
	if (memcmp(&before, a, sizeof(before)))
		return fail("%s: refused, but the struct was written", what);
	return 0;
}

static int ops(int argc, char **argv)
{
	struct bpio_args a;
	char what[64];
	int fd, bad = 0;

	if (argc != 2)
		return fail("usage: uapi-ops FILE");
	fd = open_file(argv[1]);
	if (fd < 0)
		return 1;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		prepare(&a, numbers[i], 0);
		if (known(numbers[i])) {
			if (ioctl(fd, BPIO_IOC_MANAGE, &a))
				bad |= fail_errno("op %u", numbers[i]);
			else
				bad |= bad_answer(&a, numbers[i], 0);
		} else {
			snprintf(what, sizeof(what), "op %#x", numbers[i]);
			bad |= not_refused(fd, &a, what);
		}
	}
	close(fd);
	return bad;
}
CHECK("uapi-ops", ops, "FILE: known operations answer in full, others are EINVAL (as root)")

static int flag_fits(unsigned int op, unsigned int flags)
{
	if (flags & ~BPIO_IN_KNOWN)
		return 0;
	flags &= ~BPIO_IN_SKIP_STORAGE;
	if (!flags)
		return 1;
	switch (op) {
	case BPIO_OP_GET_INFO:
		return flags == BPIO_IN_SCOPE_HANDLE || flags == BPIO_IN_SCOPE_STREAM;
	case BPIO_OP_STREAM_PAUSE:
	case BPIO_OP_VOLUME_PAUSE:
		return !(flags & ~(BPIO_IN_WHY | BPIO_IN_OWNED));
	case BPIO_OP_QUERY:
		return flags == BPIO_IN_ALL;
	default:
		return 0;
	}
}

static int try_flags(int fd, unsigned int op, unsigned int flags)
{
	struct bpio_args a;
	char what[64];

	prepare(&a, op, flags);
	snprintf(what, sizeof(what), "%s with flags %#x", bpio_op_name(op), flags);
	if (!flag_fits(op, flags))
		return not_refused(fd, &a, what);
	if (ioctl(fd, BPIO_IOC_MANAGE, &a))
		return fail_errno("%s", what);
	return bad_answer(&a, op, flags);
}

static int flags(int argc, char **argv)
{
	int fd, bad = 0;

	if (argc != 2)
		return fail("usage: uapi-flags FILE");
	fd = open_file(argv[1]);
	if (fd < 0)
		return 1;
	for (unsigned int op = 1; op < BPIO_OP_MAX; op++) {
		for (unsigned int bit = 1; bit; bit <<= 1)
			bad |= try_flags(fd, op, bit);
		for (unsigned int both = 0; both <= BPIO_IN_KNOWN; both++)
			bad |= try_flags(fd, op, both);
		bad |= try_flags(fd, op, ~0u);
	}
	close(fd);
	return bad;
}
CHECK("uapi-flags", flags, "FILE: each bit of in_flags with each operation (as root)")

static int reserved(int argc, char **argv)
{
	static const unsigned char values[] = { 0x01, 0x80, 0xff };
	struct bpio_args a;
	char what[64];
	int fd, bad = 0;

	if (argc != 2)
		return fail("usage: uapi-reserved FILE");
	fd = open_file(argv[1]);
	if (fd < 0)
		return 1;
	for (unsigned int op = 1; op < BPIO_OP_MAX; op++)
		for (size_t at = offsetof(struct bpio_args, reserved1); at < BPIO_ARGS_INPUT; at++)
			for (size_t v = 0; v < sizeof(values); v++) {
				prepare(&a, op, 0);
				((unsigned char *)&a)[at] = values[v];
				snprintf(what, sizeof(what), "%s, byte %zu is %#x",
					 bpio_op_name(op), at, values[v]);
				bad |= not_refused(fd, &a, what);
			}
	close(fd);
	return bad;
}
CHECK("uapi-reserved", reserved, "FILE: each reserved byte that is not zero is EINVAL (as root)")
