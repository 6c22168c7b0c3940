// SPDX-License-Identifier: GPL-2.0
/*
 * Each type of event, with all its fields, as who watches the inode is told; and that
 * others are told no less and no more: who watches the mount, another inode, one type.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watch_call.h"

#define SIZE	65536

static const char *dir, *lower;
static int dev, w;
static unsigned long ino;
static unsigned int self;

static const char *in(const char *where, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", where, name);
	return path;
}

static int make_file(const char *name)
{
	static char data[SIZE];
	int fd = open(in(dir, name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	memset(data, 'w', sizeof(data));
	if (fd < 0 || write(fd, data, SIZE) != SIZE || fsync(fd) || close(fd))
		return fail_errno("make %s", name);
	return 0;
}

static int open_file(const char *name, int flags)
{
	int fd = open(in(dir, name), flags);

	if (fd < 0)
		exit(fail_errno("%s", name));
	return fd;
}

static int call(int fd, unsigned int op)
{
	struct bpio_args a;
	int err = bpio_call(fd, op, 0, &a);

	return err ? fail("%s: %s", bpio_op_name(op), strerror(-err)) : 0;
}

static int pause_it(int fd, unsigned int op, unsigned int flags)
{
	struct bpio_args a = { .op = op, .in_flags = flags };

	a.pause.reason = BPIO_REASON_SNAPSHOT;
	return ioctl(fd, BPIO_IOC_MANAGE, &a) ? fail_errno("%s", bpio_op_name(op)) : 0;
}

static int read_one(int fd)
{
	static char buf[4096] __attribute__((aligned(4096)));

	return pread(fd, buf, sizeof(buf), 0) == sizeof(buf) ? 0 : fail_errno("read");
}

/* Nothing else has happened */
static int quiet(const char *what)
{
	return watch_quiet(w, what);
}

static int handles(void)
{
	int fd = open_file("w.file", O_RDONLY | O_DIRECT);
	int other = open_file("w.file", O_RDONLY | O_DIRECT);
	int cached = open_file("w.file", O_RDONLY), bad;

	bad = call(cached, BPIO_OP_ENABLE) ||
	      EXPECT(w, ino, VETOED, BPIO_REASON_NOT_DIRECT, 0, 0, self, "bypassfs") ||
	      call(fd, BPIO_OP_QUERY) || call(fd, BPIO_OP_DISABLE) || quiet("nothing is enabled") ||
	      call(fd, BPIO_OP_ENABLE) || EXPECT(w, ino, ENABLED, 0, 1, 0, self, "") ||
	      EXPECT(w, ino, ARMED, 0, 1, 0, 0, "") || call(fd, BPIO_OP_ENABLE) ||
	      call(fd, BPIO_OP_QUERY) || call(fd, BPIO_OP_GET_INFO) || quiet("enabled already") ||
	      call(cached, BPIO_OP_ENABLE) ||
	      EXPECT(w, ino, VETOED, BPIO_REASON_NOT_DIRECT, 1, 0, self, "bypassfs") ||
	      call(other, BPIO_OP_ENABLE) || EXPECT(w, ino, ENABLED, 0, 2, 0, self, "") ||
	      call(other, BPIO_OP_DISABLE) || EXPECT(w, ino, DISABLED, 0, 1, 0, 0, "") ||
	      call(other, BPIO_OP_DISABLE) || quiet("disabled already") ||
	      call(other, BPIO_OP_ENABLE) || EXPECT(w, ino, ENABLED, 0, 2, 0, self, "");
	close(other);
	bad = bad || EXPECT(w, ino, DISABLED, 0, 1, 0, 0, "");
	close(cached);
	bad = bad || quiet("a handle that was not enabled is closed") ||
	      call(fd, BPIO_OP_DISABLE) || EXPECT(w, ino, DISABLED, 0, 0, 0, 0, "") ||
	      EXPECT(w, ino, DISARMED, BPIO_REASON_NOT_ENABLED, 0, 0, 0, "");
	close(fd);
	return bad || quiet("handles");
}

static int streams(int fd)
{
	int owner = open_file("w.file", O_RDONLY), bad;
	struct bpio_args a;

	bad = call(fd, BPIO_OP_STREAM_RESUME) || quiet("nothing is paused") ||
	      pause_it(fd, BPIO_OP_STREAM_PAUSE, BPIO_IN_WHY) ||
	      EXPECT(w, ino, STREAM_PAUSED, BPIO_REASON_SNAPSHOT, 1, 1, self, "checks") ||
	      pause_it(fd, BPIO_OP_STREAM_PAUSE, 0) ||
	      EXPECT(w, ino, STREAM_PAUSED, BPIO_REASON_OTHER, 1, 2, self, "checks") ||
	      caller_call(dev, fd, BPIO_OP_STREAM_PAUSE, 0, &a) ||
	      EXPECT(w, ino, STREAM_PAUSED, BPIO_REASON_OTHER, 1, 3, 0, CALLER) ||
	      call(fd, BPIO_OP_STREAM_RESUME) ||
	      EXPECT(w, ino, STREAM_RESUMED, 0, 1, 0, self, "checks") ||
	      call(fd, BPIO_OP_STREAM_RESUME) || quiet("resumed already");
	bad = bad || pause_it(owner, BPIO_OP_STREAM_PAUSE, BPIO_IN_OWNED) ||
	      EXPECT(w, ino, STREAM_PAUSED, BPIO_REASON_OTHER, 1, 1, self, "checks") ||
	      call(fd, BPIO_OP_STREAM_RESUME) || quiet("its owner has not resumed");
	close(owner);
	bad = bad || EXPECT(w, ino, STREAM_RESUMED, 0, 1, 0, 0, "") ||
	      pause_it(fd, BPIO_OP_STREAM_PAUSE, 0) ||
	      EXPECT(w, ino, STREAM_PAUSED, BPIO_REASON_OTHER, 1, 1, self, "checks") ||
	      caller_call(dev, fd, BPIO_OP_STREAM_RESUME, 0, &a) ||
	      EXPECT(w, ino, STREAM_RESUMED, 0, 1, 0, 0, CALLER);
	return bad || quiet("streams");
}

static int volumes(int fd)
{
	int owner = open(dir, O_RDONLY), bad;

	bad = call(fd, BPIO_OP_VOLUME_RESUME) || quiet("the mount is not paused") ||
	      pause_it(fd, BPIO_OP_VOLUME_PAUSE, BPIO_IN_WHY) ||
	      EXPECT(w, 0, VOLUME_PAUSED, BPIO_REASON_SNAPSHOT, 0, 1, self, "checks") ||
	      EXPECT(w, ino, DISARMED, BPIO_REASON_VOLUME_PAUSED, 1, 0, 0, "") || read_one(fd) ||
	      pause_it(owner, BPIO_OP_VOLUME_PAUSE, BPIO_IN_OWNED) ||
	      EXPECT(w, 0, VOLUME_PAUSED, BPIO_REASON_OTHER, 0, 2, self, "checks") ||
	      call(fd, BPIO_OP_VOLUME_RESUME) || quiet("its owner has not resumed");
	close(owner);
	bad = bad || EXPECT(w, 0, VOLUME_RESUMED, 0, 0, 0, 0, "") || quiet("nobody has read") ||
	      read_one(fd) || EXPECT(w, ino, ARMED, 0, 1, 0, 0, "") ||
	      call(fd, BPIO_OP_VOLUME_PAUSE) ||
	      EXPECT(w, 0, VOLUME_PAUSED, BPIO_REASON_OTHER, 0, 1, self, "checks") ||
	      EXPECT(w, ino, DISARMED, BPIO_REASON_VOLUME_PAUSED, 1, 0, 0, "") ||
	      call(fd, BPIO_OP_VOLUME_RESUME) ||
	      EXPECT(w, 0, VOLUME_RESUMED, 0, 0, 0, self, "checks") ||
	      call(fd, BPIO_OP_ENABLE) || EXPECT(w, ino, ARMED, 0, 1, 0, 0, "");
	bad = bad || caller_block(dev, fd, CALLER) ||
	      EXPECT(w, 0, ATTACH_BLOCKED, BPIO_REASON_ATTACH_BLOCKED, 0, 0, 0, CALLER) ||
	      call(fd, BPIO_OP_ENABLE) ||
	      EXPECT(w, ino, VETOED, BPIO_REASON_ATTACH_BLOCKED, 1, 0, self, CALLER) ||
	      caller_unblock(dev, fd, CALLER) ||
	      EXPECT(w, 0, ATTACH_UNBLOCKED, 0, 0, 0, 0, CALLER);
	return bad || quiet("volumes");
}

static int writers(int fd)
{
	int writer = open_file("w.file", O_RDWR), bad;

	bad = EXPECT(w, ino, DISARMED, BPIO_REASON_WRITER, 1, 0, 0, "") || read_one(fd) ||
	      quiet("he is still there");
	close(writer);
	return bad || quiet("nobody has read") || read_one(fd) ||
	       EXPECT(w, ino, ARMED, 0, 1, 0, 0, "") || quiet("writers");
}

/* Where the lower file system can take the layout back: behind the mount, as the owner may */
static int broken(int fd)
{
	struct {
		struct file_dedupe_range range;
		struct file_dedupe_range_info info;
	} d = { .range = { .src_length = SIZE, .dest_count = 1 } };
	int from = open(in(lower, "w.same"), O_RDONLY);
	int to = open(in(lower, "w.file"), O_RDONLY), bad;

	d.info.dest_fd = to;
	if (from < 0 || to < 0 || ioctl(from, FIDEDUPERANGE, &d))
		return fail_errno("dedupe");
	if (d.info.status)
		return fail("dedupe: status %d", d.info.status);
	bad = EXPECT(w, ino, BROKEN, BPIO_REASON_LAYOUT_BROKEN, 1, 0, 0, "") || read_one(fd) ||
	      EXPECT(w, ino, DISARMED, BPIO_REASON_LAYOUT_BROKEN, 1, 0, 0, "") ||
	      quiet("it shares its blocks now");
	close(from);
	close(to);
	return bad;
}

/* What @w2 was told is what @w was, as far as it wants it */
static int same(int w2, const char *what, unsigned long long events, int of_file)
{
	struct bpio_event ev;

	for (unsigned int i = 0; i < watch_logged; i++) {
		const struct bpio_event *want = &watch_log[i];

		if (!(events >> want->type & 1) || (want->ino && !of_file))
			continue;
		if (read(w2, &ev, sizeof(ev)) != sizeof(ev))
			return fail_errno("%s: event %u", what, i);
		if (memcmp(&ev, want, sizeof(ev)))
			return fail("%s: event %u is %s, wanted %s", what, i,
				    watch_event_name(ev.type), watch_event_name(want->type));
	}
	return watch_quiet(w2, what);
}

static int watch_events(int argc, char **argv)
{
	const unsigned long long one = WATCH_ONE(STREAM_PAUSED) | WATCH_ONE(ATTACH_BLOCKED);
	int fd, v, o, d, m, bad;
	struct stat st;

	if (argc != 4)
		return fail("usage: watch-events DIRECTORY LOWER FS");
	dir = argv[1];
	lower = argv[2];
	dev = caller_open();
	self = getpid();
	if (make_file("w.file") || make_file("w.same") || stat(in(dir, "w.file"), &st))
		return 1;
	ino = st.st_ino;
	w = watch_open(open_file("w.file", O_RDONLY), BPIO_WATCH_NONBLOCK, WATCH_ALL);
	m = watch_open(open_file("w.file", O_RDONLY), BPIO_WATCH_NONBLOCK, one);
	o = watch_open(open_file("w.same", O_RDONLY), BPIO_WATCH_NONBLOCK, WATCH_ALL);
	d = watch_open(open(dir, O_RDONLY), BPIO_WATCH_NONBLOCK, WATCH_ALL);
	v = watch_open(open(dir, O_RDONLY), BPIO_WATCH_NONBLOCK | BPIO_WATCH_VOLUME, WATCH_ALL);
	if (w < 0 || v < 0 || m < 0 || o < 0 || d < 0)
		return fail("no watch");
	bad = quiet("at first") || handles();
	fd = open_file("w.file", O_RDONLY | O_DIRECT);
	bad = bad || call(fd, BPIO_OP_ENABLE) || EXPECT(w, ino, ENABLED, 0, 1, 0, self, "") ||
	      EXPECT(w, ino, ARMED, 0, 1, 0, 0, "") || streams(fd) || volumes(fd) || writers(fd) ||
	      (!strcmp(argv[3], "xfs") && broken(fd));
	close(fd);
	bad = bad || EXPECT(w, ino, DISABLED, 0, 0, 0, 0, "");
	if (strcmp(argv[3], "xfs"))
		bad = bad || EXPECT(w, ino, DISARMED, BPIO_REASON_NOT_ENABLED, 0, 0, 0, "");
	bad = bad || quiet("at last");
	return bad || same(v, "the mount", WATCH_ALL, 1) || same(m, "two types", one, 1) ||
	       same(o, "another inode", WATCH_ALL, 0) || same(d, "a directory", WATCH_ALL, 0);
}

CHECK("watch-events", watch_events, "DIRECTORY LOWER FS: each event with its fields (as root)")
