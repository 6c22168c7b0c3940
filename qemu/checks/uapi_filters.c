// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctl that lists filters: every size, reserved byte and bad pointer, and that an answer is
 * filled in to its last byte. Which filters there are is for the test to know.
 */
#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bypassio_filters.h>

#include "checks.h"

#define PAGE		4096
#define GUARD		64
#define MAX_SIZE	((1u << _IOC_SIZEBITS) - 1)
#define INFO		((unsigned int)sizeof(struct bpio_filter_info))
#define WHOLE		((unsigned int)sizeof(struct bpio_filters))
#define IOC_OF(size)	_IOC(_IOC_READ | _IOC_WRITE, BPIO_IOC_TYPE, BPIO_IOC_FILTERS_NR, size)

static unsigned char area[MAX_SIZE + GUARD] __attribute__((aligned(8)));
static struct bpio_filters *const f = (struct bpio_filters *)area;
static unsigned int total;
static int fd;

static int all(unsigned char want, const void *from, size_t len)
{
	const unsigned char *c = from;

	for (size_t i = 0; i < len; i++)
		if (c[i] != want)
			return 0;
	return 1;
}

/* Rubbish but for the input, and for what is longer than the kernel knows */
static void fill(unsigned int size, unsigned int first)
{
	memset(area, 0xaa, sizeof(area));
	if (size > WHOLE)
		memset(area + WHOLE, 0, size - WHOLE);
	f->first = first;
	f->in_flags = 0;
	f->reserved1 = 0;
}

static int bad_string(const char *what, const unsigned char *text, size_t len, size_t max)
{
	if (!len || len > max || !all(0, text + len, max - len) || memchr(text, 0, len))
		return fail("%s: %zu bytes of %zu, with zeroes inside or rubbish after", what, len,
			    max);
	return 0;
}

static int bad_info(const struct bpio_filter_info *i)
{
	const unsigned int supports = BPIO_FILTER_OPTED_IN | BPIO_FILTER_AUTO_OPTED_IN;
	const unsigned long long data = 1 << BPIO_CALL_READ | 1 << BPIO_CALL_WRITE;

	if (bad_string("name", i->name, i->name_len, sizeof(i->name)) ||
	    bad_string("altitude", i->altitude, i->altitude_len, sizeof(i->altitude)))
		return 1;
	if (!i->calls || i->calls >> BPIO_CALL_MAX || i->features & ~BPIO_FEATURES_KNOWN ||
	    i->flags >> 5 || !all(0, i->reserved, sizeof(i->reserved)))
		return fail("calls %#llx, features %#x, flags %#x, or reserved",
			    (unsigned long long)i->calls, i->features, i->flags);
	if (!(i->flags & BPIO_FILTER_AUTO_OPTED_IN) != !!(i->calls & data))
		return fail("calls %#llx, and flags %#x", (unsigned long long)i->calls, i->flags);
	if (!(i->flags & supports) == !(i->flags & BPIO_FILTER_BLOCKS))
		return fail("it supports and blocks the bypass, or neither: flags %#x", i->flags);
	if (!i->inside && (i->oldest_type || i->oldest_pid || i->oldest_ms))
		return fail("nobody is inside, and who is longest?");
	return 0;
}

static int bad_answer(unsigned int size, unsigned int first)
{
	unsigned int known = size < WHOLE ? size : WHOLE;
	unsigned int left = first < total ? total - first : 0;
	unsigned int count = (known - BPIO_FILTERS_HEADER) / INFO, used;
	int bad = 0;

	if (count > left)
		count = left;
	if (f->first != first || f->in_flags || f->reserved1 || f->size != known ||
	    f->total != total || f->count != count)
		return fail("first %u, flags %u, size %u of %u, %u of %u filters, wanted %u of %u",
			    f->first, f->in_flags, f->size, known, f->count, f->total, count,
			    total);
	if (f->out_flags || f->features & ~BPIO_FEATURES_KNOWN ||
	    (!total && f->features != BPIO_FEATURES_KNOWN))
		return fail("flags %#x, features %#x", f->out_flags, f->features);
	used = BPIO_FILTERS_HEADER + count * INFO;
	if (!all(0, f->reserved2, sizeof(f->reserved2)) || !all(0, area + used, size - used))
		return fail("size %u: not zero after its %u filters", size, count);
	for (unsigned int i = 0; i < count; i++)
		bad |= bad_info(&f->list[i]);
	return bad;
}

static int sizes(void)
{
	static const unsigned int firsts[] = { 0, 1, 8, 31, 0x7fffffff, 0x80000000, 0xffffffff };
	int bad = 0;

	for (unsigned int size = 0; size <= MAX_SIZE; size += size < 2 * WHOLE ? 1 : 997) {
		fill(size, 0);
		if (size < BPIO_FILTERS_HEADER) {
			if (!ioctl(fd, IOC_OF(size), area) || errno != EINVAL)
				bad |= fail_errno("size %u: wanted EINVAL", size);
			continue;
		}
		if (ioctl(fd, IOC_OF(size), area))
			bad |= fail_errno("size %u", size);
		else if (!all(0xaa, area + size, GUARD))
			bad |= fail("size %u: written past its end", size);
		else
			bad |= bad_answer(size, 0);
	}
	for (size_t i = 0; i < sizeof(firsts) / sizeof(*firsts); i++) {
		fill(WHOLE, firsts[i]);
		if (ioctl(fd, BPIO_IOC_FILTERS, area))
			bad |= fail_errno("first %u", firsts[i]);
		else
			bad |= bad_answer(WHOLE, firsts[i]);
	}
	return bad;
}

static int refused(unsigned long cmd, void *at, int want, const char *what)
{
	if (!ioctl(fd, cmd, at))
		return fail("%s: taken", what);
	return errno == want ? 0 : fail_errno("%s: wanted %s", what, errno_name(want));
}

static int malformed(void)
{
	static const unsigned int others[] = {
		_IOC(_IOC_READ, BPIO_IOC_TYPE, BPIO_IOC_FILTERS_NR, sizeof(struct bpio_filters)),
		_IOC(_IOC_WRITE, BPIO_IOC_TYPE, BPIO_IOC_FILTERS_NR, sizeof(struct bpio_filters)),
		_IO(BPIO_IOC_TYPE, BPIO_IOC_FILTERS_NR),
		_IOWR(BPIO_IOC_TYPE, BPIO_IOC_FILTERS_NR + 1, struct bpio_filters),
		_IOWR(BPIO_IOC_TYPE + 1, BPIO_IOC_FILTERS_NR, struct bpio_filters),
	};
	int bad = 0;

	for (unsigned int bit = 0; bit < 96; bit++) {
		fill(WHOLE, 0);
		area[offsetof(struct bpio_filters, in_flags) + bit / 8] |= 1 << bit % 8;
		bad |= refused(BPIO_IOC_FILTERS, area, EINVAL, "a bit that must be 0");
	}
	for (unsigned int at = WHOLE; at < WHOLE + 64; at++) {
		fill(WHOLE + 64, 0);
		area[at] = 1;
		bad |= refused(IOC_OF(WHOLE + 64), area, E2BIG, "a tail");
	}
	fill(MAX_SIZE, 0);
	area[MAX_SIZE - 1] = 1;
	bad |= refused(IOC_OF(MAX_SIZE), area, E2BIG, "the last byte of a tail");
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		fill(WHOLE, 0);
		bad |= refused(others[i], area, ENOTTY, "another number");
	}
	return bad;
}

static int pointers(void)
{
	unsigned char *two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int bad = 0;

	if (two == MAP_FAILED || munmap(two + PAGE, PAGE))
		return fail_errno("mmap");
	bad |= refused(BPIO_IOC_FILTERS, NULL, EFAULT, "NULL");
	bad |= refused(BPIO_IOC_FILTERS, (void *)-PAGE, EFAULT, "a kernel address");
	bad |= refused(BPIO_IOC_FILTERS, two + PAGE, EFAULT, "unmapped memory");
	bad |= refused(BPIO_IOC_FILTERS, two + PAGE - 8, EFAULT, "half mapped in the input");
	bad |= refused(BPIO_IOC_FILTERS, two + PAGE - BPIO_FILTERS_INPUT, EFAULT,
		       "half mapped after the input");
	bad |= refused(IOC_OF(2 * WHOLE), two + PAGE - WHOLE, EFAULT, "tail unmapped");
	mprotect(two, PAGE, PROT_READ);
	bad |= refused(BPIO_IOC_FILTERS, two, EFAULT, "memory that is read-only");
	munmap(two, PAGE);
	return bad;
}

static int uapi_filters(int argc, char **argv)
{
	int bad;

	if (argc != 3)
		return fail("usage: uapi-filters FILE TOTAL");
	total = number(argv[2]);
	fd = open(argv[1], O_RDONLY);
	if (fd < 0)
		return fail_errno("open %s", argv[1]);
	bad = sizes();
	bad |= malformed();
	bad |= pointers();
	close(fd);
	return bad;
}

CHECK("uapi-filters", uapi_filters, "FILE TOTAL: the ioctl that lists so many filters")
