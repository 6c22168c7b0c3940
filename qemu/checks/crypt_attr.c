// SPDX-License-Identifier: GPL-2.0
/* An attribute that bpio_crypt has not written: the file cannot be opened, the kernel is well. */
#include <fcntl.h>
#include <stdint.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "crypt_call.h"

#define ATTR		"trusted.bpio_crypt"
#define BASE		184	/* without tags, see module/filters/bpio_crypt/head.c */
#define TAGS		128
#define ALL		UINT64_MAX

/* Where things are, see struct disk_head there */
enum at {
	MAGIC = 0, VERSION = 4, STATE = 6, NR_TAGS = 8, RESERVED = 12, BOUNDARY = 16, TARGET = 24,
	NONCE = 32, CHECKED = 64, KEY = 80, SLOT = 112, SLOT2 = 136, SLOT3 = 160,
};

struct change {
	enum at at;
	unsigned int bytes;
	uint64_t value;
};

static const struct lie {
	const char *what;
	unsigned int size;
	int err;
	struct change changes[5];
} lies[] = {
	{ "short", 100, EUCLEAN, {} },
	{ "a byte too long", BASE + 1, EUCLEAN, {} },
	{ "far too long", 3000, EUCLEAN, {} },
	{ "magic", BASE, EUCLEAN, { { MAGIC, 1, 1 } } },
	{ "version", BASE, EUCLEAN, { { VERSION, 2, 2 } } },
	{ "plain", BASE, EUCLEAN, { { STATE, 2, 0 } } },
	{ "no such state", BASE, EUCLEAN, { { STATE, 2, 4 } } },
	{ "tags that are not there", BASE, EUCLEAN, { { NR_TAGS, 4, 1 } } },
	{ "too many tags", BASE + 129 * 8, EUCLEAN, { { NR_TAGS, 4, 129 } } },
	{ "reserved", BASE, EUCLEAN, { { RESERVED, 4, 1 } } },
	{ "encrypted, but not all", BASE, EUCLEAN, { { BOUNDARY, 8, 4096 } } },
	{ "encrypting all", BASE, EUCLEAN, { { STATE, 2, 1 } } },
	{ "half a unit", BASE, EUCLEAN,
	  { { STATE, 2, 1 }, { BOUNDARY, 8, 2048 }, { TARGET, 8, 2048 } } },
	{ "beyond all", BASE, EUCLEAN,
	  { { STATE, 2, 3 }, { BOUNDARY, 8, 1ull << 63 }, { TARGET, 8, 1ull << 63 } } },
	{ "a slot across the end of a unit", BASE, EUCLEAN, { { SLOT, 8, 4090 } } },
	{ "a slot at the end of numbers", BASE, EUCLEAN, { { SLOT2, 8, ALL - 15 } } },
	{ "a slot at the end of files", BASE, EUCLEAN, { { SLOT3, 8, INT64_MAX - 15 } } },
	{ "another nonce", BASE, EKEYREJECTED, { { NONCE, 4, 1 } } },
	{ "another check", BASE, EKEYREJECTED, { { CHECKED, 4, 1 } } },
	{ "another key", BASE, ENOKEY, { { KEY, 4, 0x78787878 } } },
	{ "a chunk without tags", BASE, EUCLEAN,
	  { { STATE, 2, 1 }, { BOUNDARY, 8, 0 }, { TARGET, 8, 65536 } } },
	{ "a chunk of which nothing is true", BASE + TAGS * 8, EIO,
	  { { STATE, 2, 1 }, { BOUNDARY, 8, 0 }, { TARGET, 8, 65536 }, { NR_TAGS, 4, TAGS } } },
	{ "the same on its way back", BASE + TAGS * 8, EIO,
	  { { STATE, 2, 3 }, { BOUNDARY, 8, 65536 }, { TARGET, 8, 0 }, { NR_TAGS, 4, TAGS } } },
	{ "a chunk that is too long", BASE + TAGS * 8, EUCLEAN,
	  { { STATE, 2, 3 }, { BOUNDARY, 8, 1 << 17 }, { TARGET, 8, 0 }, { NR_TAGS, 4, TAGS } } },
};

static int tell(const char *lower, const unsigned char *good, const struct lie *lie)
{
	unsigned char value[4096];

	memset(value, 0x5a, sizeof(value));
	memcpy(value, good, BASE);
	for (int i = 0; i < 5 && lie->changes[i].bytes; i++)
		memcpy(value + lie->changes[i].at, &lie->changes[i].value, lie->changes[i].bytes);
	if (setxattr(lower, ATTR, value, lie->size, 0))
		return fail_errno("%s: setxattr", lie->what);
	return 0;
}

static int opens(const char *file, int want, const char *what)
{
	int fd = open(file, O_RDWR);

	if (fd >= 0)
		close(fd);
	if ((fd < 0 ? errno : 0) != want)
		return fail("%s: %s, wanted %s", what, fd < 0 ? errno_name(errno) : "opened",
			    errno_name(want));
	return 0;
}

/* What the mount knows of the file */
static int forget(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	if (fd < 0 || write(fd, "2", 1) != 1)
		return fail_errno("drop_caches");
	return close(fd);
}

/* The mount has not seen the file yet */
static int crypt_attr(int argc, char **argv)
{
	unsigned char good[4096];
	unsigned int i;

	if (argc != 3)
		return fail("usage: crypt-attr FILE LOWER");
	if (getxattr(argv[2], ATTR, good, sizeof(good)) != BASE)
		return fail_errno("%s has no attribute of %d bytes", argv[2], BASE);
	for (i = 0; i < sizeof(lies) / sizeof(*lies); i++)
		if (tell(argv[2], good, &lies[i]) ||
		    opens(argv[1], lies[i].err, lies[i].what) || forget())
			return 1;
	if (setxattr(argv[2], ATTR, good, BASE, 0))
		return fail_errno("setxattr");
	return opens(argv[1], 0, "what was there");
}

CHECK("crypt-attr", crypt_attr,
      "FILE LOWER: with an attribute that is wrong in whatever way it is not opened")
