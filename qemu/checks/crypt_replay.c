// SPDX-License-Identifier: GPL-2.0
/*
 * What a disk may hold after a power cut, made from a log of dm-log-writes.
 *
 * The log has every write that was followed by a flush, in the order in which they completed. Of
 * so many cuts each falls behind any of them in a part of the log of its own. What was written
 * before the last flush is on the disk, and so is what was written with FUA. Of all that came
 * later each write is there, or is not, or some of its sectors are.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "checks.h"

#define MAGIC		0x6a736677736872ull
#define SECTOR		512
#define FLUSH		1
#define FUA		2
#define DISCARD		4
#define MARK		8

struct log_super {
	uint64_t magic, version, nr_entries;
	uint32_t sectorsize;
} __attribute__((packed));

struct log_entry {
	uint64_t sector, nr_sectors, flags, data_len;
	uint64_t at;		/* where its data are in the log; not on the disk */
};

static uint64_t state;

static uint64_t draw(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

static struct log_entry *read_log(int log, uint64_t *nr)
{
	struct log_super super;
	struct log_entry *e;
	uint64_t at = SECTOR;

	if (pread(log, &super, sizeof(super), 0) != sizeof(super) || super.magic != MAGIC ||
	    super.sectorsize != SECTOR)
		return NULL;
	*nr = super.nr_entries;
	e = calloc(*nr, sizeof(*e));
	for (uint64_t i = 0; e && i < *nr; i++) {
		if (pread(log, &e[i], 32, at) != 32)
			return NULL;
		at += SECTOR;
		e[i].at = at;
		if (!(e[i].flags & (DISCARD | MARK)))
			at += e[i].nr_sectors * SECTOR;
	}
	return e;
}

static int apply(int log, int image, const struct log_entry *e, int torn)
{
	char data[SECTOR];

	if (e->flags & (DISCARD | MARK))
		return 0;
	for (uint64_t i = 0; i < e->nr_sectors; i++) {
		if (torn && draw(2))
			continue;
		if (pread(log, data, SECTOR, e->at + i * SECTOR) != SECTOR ||
		    pwrite(image, data, SECTOR, (e->sector + i) * SECTOR) != SECTOR)
			return fail_errno("sector %llu", (unsigned long long)(e->sector + i));
	}
	return 0;
}

/* The last mark that is a number; when the log is closed, it gets one that is none */
static unsigned long long mark(int log, const struct log_entry *e, uint64_t cut)
{
	char text[32];

	while (cut--) {
		if (!(e[cut].flags & MARK) || e[cut].data_len >= sizeof(text))
			continue;
		if (pread(log, text, e[cut].data_len, e[cut].at - SECTOR + 32) < 0)
			fail_errno("mark");
		text[e[cut].data_len] = 0;
		if (*text >= '0' && *text <= '9')
			return number(text);
	}
	return 0;
}

static int crypt_replay(int argc, char **argv)
{
	uint64_t nr, cut, flushed = 0, kept = 0, torn = 0, lost = 0;
	struct log_entry *e;
	int log, image;

	if (argc != 5)
		return fail("usage: crypt-replay LOG IMAGE NUMBER OF");
	log = open(argv[1], O_RDONLY);
	image = open(argv[2], O_RDWR);
	e = read_log(log, &nr);
	if (log < 0 || image < 0 || !e || !nr)
		return fail("%s is no log, or %s no image", argv[1], argv[2]);
	state = number(argv[3]) * 0x9e3779b97f4a7c15ull + 1;
	for (int i = 0; i < 8; i++)
		draw(2);
	cut = (nr * (number(argv[3]) - 1) + draw(nr)) / number(argv[4]) + 1;
	for (uint64_t i = 0; i < cut; i++)
		if (e[i].flags & FLUSH)
			flushed = i;
	for (uint64_t i = 0; i < cut; i++) {
		int fate = i < flushed || e[i].flags & FUA ? 0 : (int)draw(3);

		kept += fate == 0;
		torn += fate == 1;
		lost += fate == 2;
		if (fate < 2 && apply(log, image, &e[i], fate))
			return 1;
	}
	printf("cut %llu of %llu: %llu writes kept, %llu torn, %llu lost\n",
	       (unsigned long long)cut, (unsigned long long)nr, (unsigned long long)kept,
	       (unsigned long long)torn, (unsigned long long)lost);
	printf("mark %llu\n", mark(log, e, cut));
	return fsync(image);
}

CHECK("crypt-replay", crypt_replay,
      "LOG IMAGE NUMBER OF: brings an image to where a power cut may have left it")

/* The first members of what is stored, see module/filters/bpio_crypt/head.c */
struct stored {
	uint32_t magic;
	uint16_t version, state;
	uint32_t nr_tags, reserved;
	uint64_t boundary, target;
};

/* Says what the disk says of a file: "encrypting in-flight" */
static int crypt_stored(int argc, char **argv)
{
	static const char *const names[] = { "plain", "encrypting", "encrypted", "decrypting" };
	char value[4096] = "";
	struct stored s;
	ssize_t size;

	if (argc != 2)
		return fail("usage: crypt-stored LOWER-FILE");
	size = getxattr(argv[1], "trusted.bpio_crypt", value, sizeof(value));
	if (size < 0 && errno != ENODATA)
		return fail_errno("%s", argv[1]);
	memcpy(&s, value, sizeof(s));
	if (size >= 0 && (size < (ssize_t)sizeof(s) || s.state < 1 || s.state > 3))
		return fail("%s: %zd bytes, state %u", argv[1], size, s.state);
	printf("%s%s\n", names[size < 0 ? 0 : s.state],
	       size > 0 && s.target != s.boundary ? " in-flight" : "");
	return 0;
}

CHECK("crypt-stored", crypt_stored, "LOWER-FILE: what the disk says of it")
