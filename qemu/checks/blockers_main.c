// SPDX-License-Identifier: GPL-2.0
/*
 * A file that much stands in the way of, and what is left as one after the other goes: all
 * are listed, in order, in parts of any size, and the first is whom QUERY names.
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "caller_call.h"

#define SIZE	262144
#define MOST	32

static const char *path, *lower, *fs;
static int dev;

struct list {
	unsigned int total;
	struct bpio_blocker b[MOST];
};

static int page(int fd, unsigned int flags, unsigned int first, struct bpio_blockers *out)
{
	struct bpio_args a = {
		.op = BPIO_OP_QUERY, .in_flags = BPIO_IN_ALL | flags, .first = first,
	};

	if (ioctl(fd, BPIO_IOC_MANAGE, &a))
		return fail_errno("query of all from %u on", first);
	*out = a.blockers;
	return 0;
}

static int get_list(int fd, unsigned int flags, struct list *l)
{
	struct bpio_blockers out;

	memset(l, 0, sizeof(*l));
	for (unsigned int at = 0; at <= l->total && at + BPIO_BLOCKERS_MAX < MOST;) {
		if (page(fd, flags, at, &out))
			return 1;
		l->total = out.total;
		memcpy(&l->b[at], out.list, out.count * sizeof(*out.list));
		if (!out.count)
			break;
		at += out.count;
	}
	return 0;
}

/* From any place on the same ones come, as many as fit, and nothing behind them */
static int pages_agree(int fd, const struct list *l)
{
	static const struct bpio_blocker none;
	struct bpio_blockers out;

	for (unsigned int at = 0; at < l->total + 3; at++) {
		unsigned int left = at < l->total ? l->total - at : 0;
		unsigned int want = left < BPIO_BLOCKERS_MAX ? left : BPIO_BLOCKERS_MAX;

		if (page(fd, 0, at, &out))
			return 1;
		if (out.total != l->total || out.count != want)
			return fail("from %u on: %u of %u, wanted %u of %u", at, out.count,
				    out.total, want, l->total);
		for (unsigned int i = 0; i < BPIO_BLOCKERS_MAX; i++)
			if (memcmp(&out.list[i], i < want ? &l->b[at + i] : &none, sizeof(none)))
				return fail("from %u on: number %u is another", at, i);
	}
	return page(fd, 0, ~0u, &out) || out.count || out.total != l->total ?
	       fail("from the highest number on") : 0;
}

/* QUERY does not name a pause of the stream, which is told by a flag */
static const struct bpio_result *first_of(const struct list *l, unsigned int half)
{
	static const struct bpio_result none;

	for (unsigned int i = 0; i < l->total; i++)
		if (l->b[i].half == half && l->b[i].result.reason != BPIO_REASON_STREAM_PAUSED)
			return &l->b[i].result;
	return &none;
}

static int query_agrees(int fd, const struct list *l)
{
	const struct bpio_result *filter = first_of(l, BPIO_HALF_FILTER);
	const struct bpio_result *storage = first_of(l, BPIO_HALF_STORAGE);
	struct bpio_args a;

	if (bpio_call(fd, BPIO_OP_QUERY, 0, &a))
		return fail("query");
	if (memcmp(&a.results.filter, filter, sizeof(*filter)))
		return fail("QUERY names %s, the first in the list is %s",
			    bpio_reason_name(a.results.filter.reason),
			    bpio_reason_name(filter->reason));
	if (!filter->status && memcmp(&a.results.storage, storage, sizeof(*storage)))
		return fail("QUERY names %s in the storage half, the first in the list is %s",
			    bpio_reason_name(a.results.storage.reason),
			    bpio_reason_name(storage->reason));
	return 0;
}

/* Without the storage half: the same, as far as that goes */
static int half_agrees(int fd, const struct list *l)
{
	struct list filters;
	unsigned int n = 0;

	while (n < l->total && l->b[n].half == BPIO_HALF_FILTER)
		n++;
	for (unsigned int i = n; i < l->total; i++)
		if (l->b[i].half != BPIO_HALF_STORAGE)
			return fail("number %u: half %u", i, l->b[i].half);
	if (get_list(fd, BPIO_IN_SKIP_STORAGE, &filters))
		return 1;
	return filters.total != n || memcmp(filters.b, l->b, n * sizeof(*l->b)) ?
	       fail("without the storage half: %u, wanted %u", filters.total, n) : 0;
}

/* @want: reasons and who, one word each */
static int is_list(const struct list *l, const char *want)
{
	char got[2048] = "";
	size_t len = 0;

	for (unsigned int i = 0; i < l->total && len < sizeof(got) - 128; i++) {
		const struct bpio_result *r = &l->b[i].result;

		len += snprintf(got + len, sizeof(got) - len, "%s%s:%.*s", i ? " " : "",
				bpio_reason_name(r->reason), r->driver_len,
				(const char *)r->driver);
		if (!r->status || !r->text_len)
			return fail("number %u: status %d, no reason given", i, r->status);
	}
	return strcmp(got, want) ? fail("got    %s\n      wanted %s", got, want) : 0;
}

static int are(int fd, const char *want)
{
	struct list l;

	return get_list(fd, 0, &l) || is_list(&l, want) || pages_agree(fd, &l) ||
	       half_agrees(fd, &l) || query_agrees(fd, &l);
}

static int open_as(int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		exit(fail_errno("%s", path));
	return fd;
}

static int call(int fd, unsigned int op, unsigned int flags)
{
	struct bpio_args a;
	int err = bpio_call(fd, op, flags, &a);

	return err ? fail("%s: %s", bpio_op_name(op), strerror(-err)) : 0;
}

static int write_all(void)
{
	static char data[SIZE];
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	memset(data, 'b', sizeof(data));
	if (fd < 0 || pwrite(fd, data, SIZE, 0) != SIZE || fsync(fd))
		return fail_errno("write");
	return close(fd);
}

static int punch(void)
{
	int fd = open_as(O_WRONLY);

	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 65536, 65536))
		return fail_errno("punch");
	return close(fd);
}

/* Something that the file system itself has against it, as long as @on */
static int hinder(int on)
{
	char clone[4096];
	int flags, to, fd = open(lower, O_RDONLY);

	if (!strcmp(fs, "ext4")) {
		if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
			return fail_errno("get flags");
		flags = on ? flags | FS_JOURNAL_DATA_FL : flags & ~FS_JOURNAL_DATA_FL;
		if (ioctl(fd, FS_IOC_SETFLAGS, &flags))
			return fail_errno("set flags");
	} else if (on) {
		snprintf(clone, sizeof(clone), "%s.clone", lower);
		to = open(clone, O_RDWR | O_CREAT, 0644);
		if (to < 0 || ioctl(to, FICLONE, fd))
			return fail_errno("clone");
		close(to);
	}
	return close(fd);
}

#define BLOCKS	"attach-blocked:first attach-blocked:second"
#define PAUSES	"stream-paused:checks stream-paused:checks stream-paused:checks"
#define VOLUME	"volume-paused:checks volume-paused:checks"
#define OURS	"not-readable:bypassfs not-direct:bypassfs"

static char words[1024];

/* %F and %R: file system, and what it has against the file */
static const char *expand(const char *text)
{
	size_t len = 0;

	for (; *text; text++) {
		const char *add = NULL;

		if (!strncmp(text, "%F", 2))
			add = fs;
		else if (!strncmp(text, "%R", 2))
			add = strcmp(fs, "ext4") ? "shared" : "journalled";
		if (add) {
			len += snprintf(words + len, sizeof(words) - len, "%s", add);
			text++;
		} else {
			words[len++] = *text;
		}
	}
	words[len] = 0;
	return words;
}

static int blockers(int argc, char **argv)
{
	int enabled, one, two, writer, cached, direct, dir, bad;

	if (argc != 5)
		return fail("usage: blockers FILE LOWER FS DIRECTORY");
	path = argv[1];
	lower = argv[2];
	fs = argv[3];
	dir = open(argv[4], O_RDONLY | O_DIRECTORY);
	dev = caller_open();
	if (dir < 0 || write_all())
		return 1;
	enabled = open_as(O_RDONLY | O_DIRECT);
	direct = open_as(O_RDONLY | O_DIRECT);
	cached = open_as(O_RDONLY);
	one = open_as(O_RDONLY);
	two = open_as(O_RDONLY);
	bad = are(direct, "") || are(cached, "not-direct:bypassfs") ||
	      bpio_enable_full(enabled, path) || are(enabled, "") || are(direct, "");
	bad = bad || call(one, BPIO_OP_STREAM_PAUSE, BPIO_IN_OWNED) ||
	      call(enabled, BPIO_OP_STREAM_PAUSE, 0) ||
	      call(two, BPIO_OP_STREAM_PAUSE, BPIO_IN_OWNED) || are(direct, PAUSES) ||
	      call(enabled, BPIO_OP_VOLUME_PAUSE, 0) ||
	      call(one, BPIO_OP_VOLUME_PAUSE, BPIO_IN_OWNED) || are(direct, PAUSES " " VOLUME);
	bad = bad || punch() || are(direct, expand(PAUSES " sparse:%F " VOLUME)) || hinder(1) ||
	      are(direct, expand(PAUSES " sparse:%F " VOLUME " %R:%F"));
	writer = open_as(O_WRONLY);
	bad = bad || caller_block(dev, one, "first") || caller_block(dev, one, "second") ||
	      are(direct, expand(BLOCKS " " PAUSES " sparse:%F " VOLUME
				 " %R:%F writer:bypassfs")) ||
	      are(writer, expand(BLOCKS " " OURS " " PAUSES " sparse:%F " VOLUME
				 " %R:%F writer:bypassfs"));
	/* And one after the other goes */
	bad = bad || caller_unblock(dev, one, "first") || caller_unblock(dev, one, "second") ||
	      are(writer, expand(OURS " " PAUSES " sparse:%F " VOLUME " %R:%F writer:bypassfs")) ||
	      are(cached, expand("not-direct:bypassfs " PAUSES " sparse:%F " VOLUME
				 " %R:%F writer:bypassfs"));
	close(one);
	close(two);
	bad = bad || call(direct, BPIO_OP_VOLUME_RESUME, 0) ||
	      are(direct, expand("stream-paused:checks sparse:%F %R:%F writer:bypassfs")) ||
	      write_all() || call(direct, BPIO_OP_STREAM_RESUME, 0) ||
	      are(direct, expand("%R:%F writer:bypassfs"));
	close(writer);
	bad = bad || are(direct, expand("%R:%F"));
	if (!strcmp(fs, "ext4"))
		bad = bad || hinder(0) || are(direct, "");
	bad = bad || caller_block(dev, cached, "first") ||
	      are(dir, "attach-blocked:first directory:bypassfs");
	return bad;
}

CHECK("blockers", blockers,
      "FILE LOWER FS DIRECTORY: all that stands in the way, not only the first")

static int two(int argc, char **argv)
{
	int fd;

	if (argc != 3)
		return fail("usage: blockers-are FILE WORDS");
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	return fd < 0 ? fail_errno("%s", argv[1]) : are(fd, argv[2]);
}

CHECK("blockers-are", two, "FILE 'REASON:WHO ...': just these stand in the way")
