// SPDX-License-Identifier: GPL-2.0
/*
 * The struct in every size, and in memory that is not there. The size is a part of
 * the ioctl number, so each size is a number of its own.
 */
#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uapi_call.h"

#define PAGE		4096
#define GUARD		64
#define MAX_SIZE	((1u << _IOC_SIZEBITS) - 1)
#define IOC_OF(size)	_IOC(_IOC_READ | _IOC_WRITE, BPIO_IOC_TYPE, BPIO_IOC_NR, size)

static const unsigned int sizes[] = {
	0, 1, 8, 23, 24, 25, 63, 64, 65, 128, 415, 416, 417, 719, 720, 721, 751, 752, 753,
	1023, 1024, 1025, 1032, 2048, 4096, 8192, MAX_SIZE - 1, MAX_SIZE,
};

static unsigned int least(unsigned int op)
{
	switch (op) {
	case BPIO_OP_DISABLE:
	case BPIO_OP_VOLUME_PAUSE:
	case BPIO_OP_STREAM_PAUSE:
		return BPIO_ARGS_HEADER;
	case BPIO_OP_GET_INFO:
		return offsetof(struct bpio_args, info.map_extents);
	default:
		return BPIO_ARGS_HEADER + sizeof(struct bpio_results);
	}
}

/* Between the least that an answer needs and the whole struct the kernel may ask for all. */
static int may_refuse(unsigned int op, unsigned int size)
{
	return size > least(op) && size < sizeof(struct bpio_args);
}

static unsigned char area[MAX_SIZE + GUARD] __attribute__((aligned(8)));

static void fill(unsigned int op, unsigned int size)
{
	struct bpio_args *a = (struct bpio_args *)area;

	memset(area, 0xaa, sizeof(area));
	if (size > sizeof(*a))
		memset(area + sizeof(*a), 0, size - sizeof(*a));
	a->op = op;
	a->in_flags = 0;
	a->first = 0;
	a->reserved1 = 0;
	a->reserved2 = 0;
	if (size < BPIO_ARGS_INPUT)
		memset(area + size, 0xaa, BPIO_ARGS_INPUT - size);
}

static int untouched(unsigned int from, unsigned int len)
{
	for (unsigned int i = from; i < from + len; i++)
		if (area[i] != 0xaa)
			return 0;
	return 1;
}

static int one_size(int fd, unsigned int op, unsigned int size)
{
	struct bpio_args *a = (struct bpio_args *)area;
	unsigned int known = size < sizeof(*a) ? size : sizeof(*a);
	const char *name = bpio_op_name(op);
	int ret;

	fill(op, size);
	ret = ioctl(fd, IOC_OF(size), area);
	if (!untouched(size, GUARD))
		return fail("%s, size %u: written past its end", name, size);
	if (size < least(op)) {
		if (!ret)
			return fail("%s, size %u: taken, needs %u", name, size, least(op));
		return errno == EINVAL ? 0 : fail_errno("%s, size %u: wanted EINVAL", name, size);
	}
	if (ret && errno == EINVAL && may_refuse(op, size))
		return 0;
	if (ret)
		return fail_errno("%s, size %u", name, size);
	if (a->op != op || a->size < least(op) || a->size > known)
		return fail("%s, size %u: answered op %u, size %u", name, size, a->op, a->size);
	for (unsigned int i = least(op); i < size; i++)
		if (area[i])
			return fail("%s, size %u: byte %u is %#x", name, size, i, area[i]);
	return 0;
}

static int one_tail(int fd, unsigned int op, unsigned int size, unsigned int at)
{
	const char *name = bpio_op_name(op);

	fill(op, size);
	area[at] = 1;
	if (!ioctl(fd, IOC_OF(size), area))
		return fail("%s, size %u: taken with byte %u set", name, size, at);
	if (errno != E2BIG)
		return fail_errno("%s, size %u, byte %u set: wanted E2BIG", name, size, at);
	return 0;
}

static int other_numbers(int fd)
{
	static const unsigned int others[] = {
		_IOC(_IOC_READ, BPIO_IOC_TYPE, BPIO_IOC_NR, sizeof(struct bpio_args)),
		_IOC(_IOC_WRITE, BPIO_IOC_TYPE, BPIO_IOC_NR, sizeof(struct bpio_args)),
		_IO(BPIO_IOC_TYPE, BPIO_IOC_NR),
		_IOWR(BPIO_IOC_TYPE, 0, struct bpio_args),
		_IOWR(BPIO_IOC_TYPE, 2, struct bpio_args),
		_IOWR(BPIO_IOC_TYPE, 255, struct bpio_args),
		_IOWR(BPIO_IOC_TYPE - 1, BPIO_IOC_NR, struct bpio_args),
	};
	int bad = 0;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		fill(BPIO_OP_QUERY, sizeof(struct bpio_args));
		if (!ioctl(fd, others[i], area))
			bad |= fail("ioctl number %#x: taken", others[i]);
		else if (errno != ENOTTY)
			bad |= fail_errno("ioctl number %#x: wanted ENOTTY", others[i]);
	}
	return bad;
}

static int check_sizes(int argc, char **argv)
{
	int fd, bad = 0;

	if (argc != 2)
		return fail("usage: uapi-sizes FILE");
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	if (fd < 0)
		return fail_errno("open %s", argv[1]);
	for (unsigned int op = 1; op < BPIO_OP_MAX; op++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
			bad |= one_size(fd, op, sizes[i]);
		bad |= one_tail(fd, op, 1025, 1024);
		bad |= one_tail(fd, op, 2048, 1024);
		bad |= one_tail(fd, op, 2048, 2047);
		bad |= one_tail(fd, op, MAX_SIZE, MAX_SIZE - 1);
	}
	bad |= other_numbers(fd);
	close(fd);
	return bad;
}
CHECK("uapi-sizes", check_sizes, "FILE: the struct in every size; longer with a tail (as root)")

static int enabled(int fd)
{
	struct bpio_args a;

	return !bpio_call(fd, BPIO_OP_QUERY, 0, &a) && (a.out_flags & BPIO_OUT_ENABLED);
}

/* A pointer that cannot be used: EFAULT, and nothing was done */
static int one_pointer(int fd, unsigned int op, unsigned int size, void *at, const char *what)
{
	int ret = ioctl(fd, IOC_OF(size), at), err = errno;

	if (!ret)
		return fail("%s, %s: taken", bpio_op_name(op), what);
	if (err != EFAULT)
		return fail("%s, %s: %s, wanted EFAULT", bpio_op_name(op), what, strerror(err));
	if (enabled(fd))
		return fail("%s, %s: EFAULT, and yet the file is enabled", bpio_op_name(op), what);
	return 0;
}

static int pointers_of(int fd, unsigned int op, unsigned char *two_pages)
{
	struct bpio_args *whole = (struct bpio_args *)two_pages;
	unsigned char *half;
	int bad = 0;

	bad |= one_pointer(fd, op, sizeof(*whole), NULL, "NULL");
	bad |= one_pointer(fd, op, sizeof(*whole), (void *)-PAGE, "a kernel address");
	bad |= one_pointer(fd, op, sizeof(*whole), two_pages + PAGE, "unmapped memory");

	/* the input fits before the hole, the rest does not */
	half = two_pages + PAGE - BPIO_ARGS_INPUT;
	memset(half, 0, BPIO_ARGS_INPUT);
	memcpy(half, &op, sizeof(op));
	bad |= one_pointer(fd, op, sizeof(*whole), half, "half mapped after the input");
	bad |= one_pointer(fd, op, BPIO_ARGS_HEADER, half, "header half mapped");
	half = two_pages + PAGE - 8;
	memset(half, 0, 8);
	memcpy(half, &op, sizeof(op));
	bad |= one_pointer(fd, op, sizeof(*whole), half, "half mapped in the input");

	/* the known part is mapped, the longer struct's tail is not */
	half = two_pages + PAGE - sizeof(*whole);
	memset(half, 0, sizeof(*whole));
	memcpy(half, &op, sizeof(op));
	bad |= one_pointer(fd, op, 2 * sizeof(*whole), half, "tail unmapped");

	/* it can be read, and the answer cannot be written */
	memset(two_pages, 0, PAGE);
	whole->op = op;
	mprotect(two_pages, PAGE, PROT_READ);
	bad |= one_pointer(fd, op, sizeof(*whole), whole, "memory that is read-only");
	mprotect(two_pages, PAGE, PROT_READ | PROT_WRITE);
	return bad;
}

static int pointers(int argc, char **argv)
{
	unsigned char *two_pages;
	int fd, bad = 0;

	if (argc != 2)
		return fail("usage: uapi-pointers FILE");
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	if (fd < 0)
		return fail_errno("open %s", argv[1]);
	two_pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (two_pages == MAP_FAILED || munmap(two_pages + PAGE, PAGE))
		return fail_errno("mmap");
	bad |= pointers_of(fd, BPIO_OP_ENABLE, two_pages);
	bad |= pointers_of(fd, BPIO_OP_QUERY, two_pages);
	bad |= pointers_of(fd, BPIO_OP_DISABLE, two_pages);
	bad |= pointers_of(fd, BPIO_OP_GET_INFO, two_pages);
	close(fd);
	return bad;
}
CHECK("uapi-pointers", pointers, "FILE: memory that is not there is EFAULT and changes nothing")
