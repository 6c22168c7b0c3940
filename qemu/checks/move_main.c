// SPDX-License-Identifier: GPL-2.0
/*
 * move WAY UPPER LOWER through|behind
 *
 * 1. make a file of tagged blocks, enable a handle, read it all on the full bypass
 * 2. go the way, through the stack or behind it; its errno must be the expected one
 * 3. write foreign tagged blocks into all free space: what was freed is overwritten
 * 4. read all again with the same handle; it must be what the lower file holds, and
 *    no foreign block
 * 5. where the way left an ordinary file, the full bypass must come back by itself
 *
 * Step 3 is what makes a stale map show. The disk is filled up with a preallocated
 * ballast first, so that it costs little.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "move.h"
#include "uapi_call.h"

#define USUAL_BLOCKS	64
#define PIECE		16
#define FREE_LEFT	(6ull << 20)
#define EXT4_MAGIC	0xef53
#define XFS_MAGIC	0x58465342

static const struct move_way * const tables[] = {
	move_vfs_ways, move_share_ways, move_ext4_ways, move_xfs_ways,
};

static unsigned long long tag_sum(const struct move_tag *tag)
{
	return (tag->magic ^ tag->owner * 0x9e3779b97f4a7c15ull) + tag->block * 31;
}

static void fill_block(void *block, unsigned long long owner, unsigned long long at)
{
	struct move_tag tag = { .magic = MOVE_MAGIC, .owner = owner, .block = at };

	tag.sum = tag_sum(&tag);
	for (size_t i = 0; i < MOVE_BLOCK; i += sizeof(tag))
		memcpy((char *)block + i, &tag, sizeof(tag));
}

int move_write_tags(int fd, unsigned long long owner, unsigned int first, unsigned int count)
{
	static char piece[PIECE][MOVE_BLOCK] __attribute__((aligned(MOVE_BLOCK)));
	unsigned int n;
	ssize_t done;

	for (; count; count -= n, first += n) {
		n = count < PIECE ? count : PIECE;
		for (unsigned int i = 0; i < n; i++)
			fill_block(piece[i], owner, first + i);
		done = pwrite(fd, piece, n * MOVE_BLOCK, (off_t)first * MOVE_BLOCK);
		if (done < 0)
			return errno;
		if (done != (ssize_t)(n * MOVE_BLOCK))
			return ENOSPC;
	}
	return 0;
}

int move_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : fd;
}

static int make(const char *path, unsigned long long tag, unsigned int blocks)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644), err;

	if (fd < 0)
		return fail_errno("create %s", path);
	err = move_write_tags(fd, tag, 0, blocks);
	if (err || fchown(fd, MOVE_OWNER, MOVE_OWNER) || fsync(fd) || close(fd))
		return fail("make %s: %s", path, strerror(err ? err : errno));
	return 0;
}

/* Takes all free space without writing to it, then gives back a little */
static int put_ballast(const char *path)
{
	unsigned long long size, at = 0;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		return fail_errno("create %s", path);
	for (size = 1ull << 30; size >= 1 << 20; size /= 2)
		while (!fallocate(fd, 0, at, size))
			at += size;
	if (at < FREE_LEFT || ftruncate(fd, at - FREE_LEFT) || fsync(fd))
		return fail_errno("ballast of %llu bytes", at);
	close(fd);
	sync();
	return 0;
}

/* Overwrites all free space, the just freed blocks among it, as another user's file would */
static int reuse_free_space(const char *path, unsigned int *blocks)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600), err;

	if (fd < 0)
		return fail_errno("create %s", path);
	sync();
	for (*blocks = 0; *blocks < 65536; *blocks += PIECE) {
		err = move_write_tags(fd, MOVE_FOREIGN, *blocks, PIECE);
		if (err == ENOSPC)
			break;
		if (err)
			return fail("write %s: %s", path, strerror(err));
	}
	if (fsync(fd) && errno != ENOSPC)
		return fail_errno("fsync %s", path);
	close(fd);
	if ((unsigned long long)*blocks * MOVE_BLOCK < FREE_LEFT / 2)
		return fail("only %u blocks of free space could be overwritten", *blocks);
	return 0;
}

/* What one block is: the owner of its tag, 0 for zeros, ~0 for neither */
static unsigned long long owner_of(const void *block, unsigned long long *at)
{
	static const char zeros[MOVE_BLOCK];
	struct move_tag tag;

	memcpy(&tag, block, sizeof(tag));
	*at = tag.block;
	if (!memcmp(block, zeros, MOVE_BLOCK))
		return 0;
	if (tag.magic != MOVE_MAGIC || tag.sum != tag_sum(&tag))
		return ~0ull;
	for (size_t i = 0; i < MOVE_BLOCK; i += sizeof(tag))
		if (memcmp(&tag, (const char *)block + i, sizeof(tag)))
			return ~0ull;
	return tag.owner;
}

struct look {
	int upper, lower;	/* open files, both with O_DIRECT */
	const struct move_way *way;
	unsigned int calls;
};

static int same_piece(struct look *l, off_t off, const char *when)
{
	static char up[PIECE * MOVE_BLOCK] __attribute__((aligned(MOVE_BLOCK)));
	static char low[PIECE * MOVE_BLOCK] __attribute__((aligned(MOVE_BLOCK)));
	ssize_t n, m;
	int ue, le;

	n = pread(l->upper, up, sizeof(up), off);
	ue = errno;
	m = pread(l->lower, low, sizeof(low), off);
	le = errno;
	l->calls++;
	if (n != m || (n < 0 && ue != le))
		return fail("%s: read at %lld: upper %zd (%s), lower %zd (%s)", when,
			    (long long)off, n, n < 0 ? errno_name(ue) : "", m,
			    m < 0 ? errno_name(le) : "");
	for (ssize_t i = 0; i + MOVE_BLOCK <= n; i += MOVE_BLOCK) {
		unsigned long long at, owner = owner_of(up + i, &at);

		if (owner == MOVE_FOREIGN)
			return fail("%s: block %lld holds foreign data: block %llu of another file",
				    when, (long long)(off + i) / MOVE_BLOCK, at);
		if (owner == ~0ull || (!owner && !l->way->zeros))
			return fail("%s: block %lld holds %s", when,
				    (long long)(off + i) / MOVE_BLOCK, owner ? "garbage" : "zeros");
	}
	if (n > 0 && memcmp(up, low, n))
		return fail("%s: bytes at %lld differ from the lower file's", when, (long long)off);
	return n > 0 ? 0 : -1;
}

static int same_file(struct look *l, const char *when)
{
	int ret = 0;

	l->calls = 0;
	for (off_t off = 0; !ret; off += PIECE * MOVE_BLOCK)
		ret = same_piece(l, off, when);
	return ret > 0;
}

static unsigned long long full_reads(int fd)
{
	struct bpio_info info;

	return bpio_counts(fd, &info) ? 0 : info.reads[BPIO_PATH_FULL];
}

static int all_on_full_path(struct look *l, unsigned int blocks)
{
	unsigned long long before = full_reads(l->upper), full;
	unsigned int want = (blocks + PIECE - 1) / PIECE;
	struct bpio_info info;

	if (same_file(l, "before"))
		return 1;
	full = full_reads(l->upper) - before;
	if (full >= want)
		return 0;
	if (!bpio_counts(l->upper, &info))
		bpio_print_counts("before", &info);
	return fail("before: %llu reads took the full bypass, wanted %u", full, want);
}

static int comes_back(struct look *l)
{
	struct timespec pause = { .tv_nsec = 50000000 };
	struct bpio_info info;

	for (int i = 0; i < 200; i++) {
		unsigned long long before = full_reads(l->upper);

		if (same_file(l, "afterwards"))
			return 1;
		if (full_reads(l->upper) > before)
			return 0;
		nanosleep(&pause, NULL);
	}
	if (!bpio_counts(l->upper, &info))
		bpio_print_counts("afterwards", &info);
	return fail("the full bypass did not come back within 10 s");
}

/* A shutdown is noticed from outside the lower file system, within a second or so */
static int ends_too(struct look *l)
{
	static char block[MOVE_BLOCK] __attribute__((aligned(MOVE_BLOCK)));
	struct timespec pause = { .tv_nsec = 100000000 };

	for (int i = 0; i < 100; i++) {
		if (pread(l->upper, block, sizeof(block), 0) < 0)
			return 0;
		nanosleep(&pause, NULL);
	}
	return fail("reads still succeed 10 s after the shutdown");
}

static int unsupported(int err)
{
	return err == EOPNOTSUPP || err == ENOTTY || err == EINVAL || err == ENOSYS || err == EPERM;
}

static int expected(const struct move_way *way, int want, int err)
{
	if (err == want || (want == MOVE_REFUSED && unsupported(err)) ||
	    (want == MOVE_EITHER && (!err || unsupported(err))))
		return 1;
	(void)fail("%s: %s, wanted %s", way->name, err ? errno_name(err) : "success",
	     want == MOVE_REFUSED ? "a refusal" : want == MOVE_EITHER ? "success or a refusal" :
	     want ? errno_name(want) : "success");
	return 0;
}

static int run(struct move_case *c, const struct move_way *way)
{
	char upper[4096], lower[4096], ballast[4096], filler[4096];
	struct look l = { .way = way };
	unsigned int reused = 0;
	int err, bad;

	c->blocks = way->blocks ? way->blocks : USUAL_BLOCKS;
	c->via = c->behind ? c->lower : c->upper;
	snprintf(upper, sizeof(upper), "%s/victim", c->upper);
	snprintf(lower, sizeof(lower), "%s/victim", c->lower);
	snprintf(ballast, sizeof(ballast), "%s/ballast", c->lower);
	snprintf(filler, sizeof(filler), "%s/filler", c->lower);
	snprintf(c->path, sizeof(c->path), "%s/victim", c->via);
	snprintf(c->donor, sizeof(c->donor), "%s/donor", c->via);
	if (make(upper, MOVE_VICTIM, c->blocks) ||
	    make(c->donor, way->same_donor ? MOVE_VICTIM : MOVE_DONOR, c->blocks) ||
	    put_ballast(ballast))
		return 1;
	l.upper = open(upper, O_RDONLY | O_DIRECT);
	l.lower = open(lower, O_RDONLY | O_DIRECT);
	if (l.upper < 0 || l.lower < 0)
		return fail_errno("open the victim");
	if (bpio_enable_full(l.upper, upper) || all_on_full_path(&l, c->blocks))
		return 1;
	err = way->act(c);
	if (!expected(way, c->behind ? way->behind : way->through, err))
		return 1;
	bad = way->dead ? ends_too(&l) : reuse_free_space(filler, &reused);
	bad = bad || same_file(&l, "after");
	unlink(filler);
	unlink(ballast);
	unlink(c->donor);
	if (!bad && way->returns)
		bad = comes_back(&l);
	printf("%s %s: %s; %u blocks of free space overwritten\n", way->name,
	       c->behind ? "behind" : "through", err ? errno_name(err) : "done", reused);
	close(l.upper);
	close(l.lower);
	unlink(upper);
	return bad;
}

static const struct move_way *find(const char *name)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (const struct move_way *w = tables[t]; w->name; w++)
			if (!strcmp(w->name, name))
				return w;
	return NULL;
}

static int move(int argc, char **argv)
{
	const struct move_way *way;
	struct move_case c = { 0 };
	struct statfs fs;
	int is;

	if (argc != 5 || (strcmp(argv[4], "through") && strcmp(argv[4], "behind")))
		return fail("usage: move WAY UPPER LOWER through|behind");
	way = find(argv[1]);
	if (!way)
		return fail("no way %s; move-list tells them", argv[1]);
	c.upper = argv[2];
	c.lower = argv[3];
	c.behind = !strcmp(argv[4], "behind");
	if (statfs(c.lower, &fs))
		return fail_errno("statfs %s", c.lower);
	is = fs.f_type == EXT4_MAGIC ? MOVE_EXT4 : fs.f_type == XFS_MAGIC ? MOVE_XFS : 0;
	if (!(way->fs & is))
		return fail("%s is not for this file system", way->name);
	return run(&c, way);
}
CHECK("move", move, "WAY UPPER LOWER through|behind: blocks move, reads stay right")

static int list(int argc, char **argv)
{
	int fs = argc == 2 && !strcmp(argv[1], "ext4") ? MOVE_EXT4 :
		 argc == 2 && !strcmp(argv[1], "xfs") ? MOVE_XFS : 0;

	if (!fs)
		return fail("usage: move-list ext4|xfs");
	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (const struct move_way *w = tables[t]; w->name; w++)
			if (w->fs & fs && !w->dead)
				puts(w->name);
	return 0;
}
CHECK("move-list", list, "ext4|xfs: the ways that are possible there, but for a shutdown")
