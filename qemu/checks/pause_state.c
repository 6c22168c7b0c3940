// SPDX-License-Identifier: GPL-2.0
/* What a resume finds, and what is left of a pause when nobody is there to be paused. */
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi_call.h"

#define BLOCK	4096
#define HOLE	65536	/* where it is, and how long */

static const char *path, *dir, *fs;
static char buf[BLOCK] __attribute__((aligned(BLOCK)));

static int open_direct(void)
{
	int fd = open(path, O_RDONLY | O_DIRECT);

	if (fd < 0)
		exit(fail_errno("%s", path));
	return fd;
}

static int call(int fd, unsigned int op, unsigned int flags, struct bpio_args *a)
{
	int err = bpio_call(fd, op, flags, a);

	return err ? fail("%s: %s", bpio_op_name(op), strerror(-err)) : 0;
}

static int takes(int fd, long off, enum bpio_path want)
{
	int took = bpio_read_path(fd, buf, BLOCK, off);

	if (took < 0)
		return 1;
	return took == (int)want ? 0 : fail("a read at %ld took path %s, wanted %s", off,
					    bpio_path_name(took), bpio_path_name(want));
}

static int says(const struct bpio_result *r, unsigned int reason, const char *who)
{
	if (r->reason != reason || !r->status != !reason)
		return fail("%s (%d), wanted %s", bpio_reason_name(r->reason), r->status,
			    bpio_reason_name(reason));
	if (r->driver_len != strlen(who) || memcmp(r->driver, who, r->driver_len))
		return fail("'%.*s' is named, wanted '%s'", r->driver_len,
			    (const char *)r->driver, who);
	return 0;
}

/* STREAM_RESUME that ends all pauses if @reason is 0, and else none, but is no error */
static int resume(int fd, unsigned int reason, unsigned int pauses)
{
	struct bpio_args a;

	if (call(fd, BPIO_OP_STREAM_RESUME, 0, &a) ||
	    says(&a.results.filter, reason, reason ? fs : ""))
		return 1;
	if (!(a.out_flags & BPIO_OUT_STREAM_PAUSED) != !reason || a.pause_count != pauses)
		return fail("flags %#x, %u pauses, wanted %u", a.out_flags, a.pause_count, pauses);
	return 0;
}

static int punch(void)
{
	int fd = open(path, O_RDWR);

	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, HOLE, HOLE))
		return fail_errno("punch");
	return close(fd);
}

static int write_back(void)
{
	static char data[HOLE];
	int fd = open(path, O_RDWR);

	memset(data, 'w', sizeof(data));
	if (pwrite(fd, data, HOLE, HOLE) != HOLE || fsync(fd))
		return fail_errno("write");
	return close(fd);
}

/* Asked again, the file system objects; the handle comes back without an ENABLE */
static int sparse(void)
{
	struct bpio_args a;
	int fd = open_direct(), new = open_direct(), bad;

	bad = bpio_enable_full(fd, path) || takes(fd, 0, BPIO_PATH_FULL) ||
	      call(new, BPIO_OP_STREAM_PAUSE, 0, &a) || punch() ||
	      resume(new, BPIO_REASON_SPARSE, 1) || takes(fd, 0, BPIO_PATH_LOWER_SKIPPED) ||
	      resume(fd, BPIO_REASON_SPARSE, 1) || takes(fd, HOLE, BPIO_PATH_TRADITIONAL) ||
	      call(new, BPIO_OP_ENABLE, 0, &a) ||
	      says(&a.results.filter, BPIO_REASON_SPARSE, fs) ||
	      call(fd, BPIO_OP_QUERY, 0, &a) ||
	      says(&a.results.filter, BPIO_REASON_SPARSE, fs);
	bad = bad || write_back() || takes(fd, 0, BPIO_PATH_LOWER_SKIPPED) || resume(new, 0, 0) ||
	      takes(fd, 0, BPIO_PATH_FULL) || takes(fd, HOLE, BPIO_PATH_FULL);
	if (!bad && (call(fd, BPIO_OP_GET_INFO, 0, &a) || a.stream_count != 1 ||
		     !(a.out_flags & BPIO_OUT_ENABLED)))
		bad = fail("%u enabled, flags %#x", a.stream_count, a.out_flags);
	close(new);
	close(fd);
	return bad;
}

/* Its owner goes, and there is a veto: it is the pause of who objects, and of anybody */
static int sparse_without_owner(void)
{
	struct bpio_args a;
	int fd = open_direct(), owner = open_direct(), bad;

	bad = bpio_enable_full(fd, path) ||
	      call(owner, BPIO_OP_STREAM_PAUSE, BPIO_IN_OWNED, &a) || punch();
	close(owner);
	bad = bad || takes(fd, 0, BPIO_PATH_LOWER_SKIPPED) ||
	      call(fd, BPIO_OP_QUERY, BPIO_IN_ALL, &a);
	if (!bad && (a.blockers.total < 1 || !(a.out_flags & BPIO_OUT_STREAM_PAUSED)))
		bad = fail("%u blockers, flags %#x", a.blockers.total, a.out_flags);
	bad = bad || says(&a.blockers.list[0].result, BPIO_REASON_STREAM_PAUSED, fs);
	if (!bad && a.blockers.list[0].why != BPIO_REASON_SPARSE)
		bad = fail("why: %s", bpio_reason_name(a.blockers.list[0].why));
	bad = bad || resume(fd, BPIO_REASON_SPARSE, 1) || write_back() || resume(fd, 0, 0) ||
	      takes(fd, 0, BPIO_PATH_FULL);
	close(fd);
	return bad;
}

static int ignored(int fd, unsigned int flags)
{
	struct bpio_args a;

	if (call(fd, BPIO_OP_STREAM_PAUSE, flags, &a))
		return 1;
	return a.out_flags & BPIO_OUT_STREAM_PAUSED || a.pause_count ?
	       fail("a pause of nobody: flags %#x, %u pauses", a.out_flags, a.pause_count) : 0;
}

/* Nobody is enabled, so there is nothing to pause, then or later */
static int nobody(void)
{
	struct bpio_args a;
	int fd = open_direct(), owner = open_direct(), bad;

	bad = ignored(fd, 0) || ignored(owner, BPIO_IN_OWNED) || bpio_enable_full(fd, path) ||
	      takes(fd, 0, BPIO_PATH_FULL) || call(fd, BPIO_OP_DISABLE, 0, &a) || ignored(fd, 0) ||
	      ignored(owner, BPIO_IN_OWNED) || bpio_enable_full(fd, path) ||
	      takes(fd, 0, BPIO_PATH_FULL);
	close(owner);
	bad = bad || takes(fd, 0, BPIO_PATH_FULL);
	close(fd);
	return bad;
}

/* The last DISABLE or close forgets the pauses, those with an owner as well */
static int forgotten(void)
{
	struct bpio_args a;
	int fd = open_direct(), other = open_direct(), owner = open_direct(), bad;

	bad = bpio_enable_full(fd, path) || bpio_enable_full(other, path) ||
	      call(owner, BPIO_OP_STREAM_PAUSE, BPIO_IN_OWNED, &a) ||
	      call(owner, BPIO_OP_STREAM_PAUSE, 0, &a) || call(fd, BPIO_OP_DISABLE, 0, &a) ||
	      takes(other, 0, BPIO_PATH_LOWER_SKIPPED) || call(fd, BPIO_OP_ENABLE, 0, &a) ||
	      takes(fd, 0, BPIO_PATH_LOWER_SKIPPED) || call(fd, BPIO_OP_DISABLE, 0, &a);
	close(other);
	bad = bad || bpio_enable_full(fd, path) || takes(fd, 0, BPIO_PATH_FULL);
	close(owner);
	bad = bad || takes(fd, 0, BPIO_PATH_FULL);
	close(fd);
	return bad;
}

/* On a directory, with nobody enabled, again: who enables then is told, and waits */
static int volume(void)
{
	struct bpio_args a;
	int fd = open_direct(), d = open(dir, O_RDONLY | O_DIRECTORY), bad;

	bad = call(d, BPIO_OP_VOLUME_PAUSE, BPIO_IN_OWNED, &a) ||
	      call(d, BPIO_OP_VOLUME_PAUSE, BPIO_IN_OWNED, &a);
	if (!bad && (!(a.out_flags & BPIO_OUT_VOLUME_PAUSED) || a.volume_pause_count != 2))
		bad = fail("flags %#x, %u pauses", a.out_flags, a.volume_pause_count);
	bad = bad || call(fd, BPIO_OP_ENABLE, 0, &a) || says(&a.results.filter, 0, "") ||
	      says(&a.results.storage, BPIO_REASON_VOLUME_PAUSED, "checks") ||
	      takes(fd, 0, BPIO_PATH_FILTERS_SKIPPED) ||
	      call(fd, BPIO_OP_VOLUME_RESUME, 0, &a) ||
	      says(&a.results.storage, BPIO_REASON_VOLUME_PAUSED, "checks") ||
	      takes(fd, 0, BPIO_PATH_FILTERS_SKIPPED);
	close(d);
	bad = bad || takes(fd, 0, BPIO_PATH_FULL) || call(fd, BPIO_OP_VOLUME_RESUME, 0, &a) ||
	      says(&a.results.storage, 0, "") || takes(fd, 0, BPIO_PATH_FULL);
	close(fd);
	return bad;
}

static const struct {
	const char *name;
	int (*fn)(void);
} cases[] = {
	{ "resumed while sparse", sparse },
	{ "its owner goes while it is sparse", sparse_without_owner },
	{ "nobody to pause", nobody },
	{ "the last one goes", forgotten },
	{ "a volume, by a directory", volume },
};

static int pause_state(int argc, char **argv)
{
	int bad = 0;

	if (argc != 4)
		return fail("usage: pause-state FILE DIRECTORY FS");
	path = argv[1];
	dir = argv[2];
	fs = argv[3];
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (cases[i].fn())
			bad = fail("in the case: %s", cases[i].name);
	return bad;
}

CHECK("pause-state", pause_state, "FILE DIRECTORY FS: what resumes find, what is left of pauses")
