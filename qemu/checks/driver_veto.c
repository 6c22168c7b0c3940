// SPDX-License-Identifier: GPL-2.0
/* Vetoes of volume drivers: who is named, what is copied up, and what goes on all the same. */
#include <fcntl.h>
#include <unistd.h>

#include "driver_call.h"

#define BLOCK	4096
#define TEXT	"a snapshot of this volume exists"
#define OTHER	"the volume is being copied to Oslo"

static int dev, fd, below;
static const char *top;
static unsigned int disk;

static int ask(unsigned int op, unsigned int flags, struct bpio_args *a)
{
	int err = bpio_call(fd, op, flags, a);

	return err ? fail("%s: %s", bpio_op_name(op), strerror(-err)) : 0;
}

/* The storage half is refused so, and the filter half is not */
static int refused(unsigned int op, unsigned int n, int status, unsigned int reason,
		   const char *text)
{
	struct bpio_args a;

	if (ask(op, 0, &a))
		return 1;
	if (a.results.filter.status || !(a.out_flags & BPIO_OUT_STORAGE_COMPATIBLE))
		return fail("%s: filter half %d, flags %#x", bpio_op_name(op),
			    a.results.filter.status, a.out_flags);
	return driver_refused(bpio_op_name(op), &a.results.storage, n, status, reason, text);
}

static int agreed(unsigned int op)
{
	struct bpio_args a;

	if (ask(op, 0, &a))
		return 1;
	if (a.results.filter.status || a.results.storage.status)
		return fail("%s: %s, %s", bpio_op_name(op),
			    bpio_reason_name(a.results.filter.reason),
			    bpio_reason_name(a.results.storage.reason));
	return 0;
}

static int suspended(int want)
{
	const unsigned int flags = BPIO_OUT_ENABLED | (want ? BPIO_OUT_SUSPENDED : 0);
	struct bpio_args a;

	if (ask(BPIO_OP_GET_INFO, 0, &a))
		return 1;
	if ((a.out_flags & (BPIO_OUT_ENABLED | BPIO_OUT_SUSPENDED)) != flags)
		return fail("flags %#x, wanted %#x", a.out_flags, flags);
	return a.stream_count == 1 ? 0 : fail("stream count %u", a.stream_count);
}

static int reads_take(int path, unsigned int why)
{
	static char buf[BLOCK] __attribute__((aligned(BLOCK))), want[BLOCK];
	struct bpio_info before, after;
	int took;

	if (pread(below, want, BLOCK, BLOCK) != BLOCK || bpio_counts(fd, &before))
		return fail_errno("read below");
	took = bpio_read_path(fd, buf, BLOCK, BLOCK);
	if (took != path || bpio_counts(fd, &after))
		return fail("a read took %s, wanted %s", bpio_path_name(took),
			    bpio_path_name(path));
	if (why && after.reasons[why] == before.reasons[why])
		return fail("the read is not counted as %s", bpio_reason_name(why));
	return memcmp(buf, want, BLOCK) ? fail("other bytes") : 0;
}

static int vetoed_read(void)
{
	return reads_take(BPIO_PATH_FILTERS_SKIPPED, BPIO_REASON_VOLUME_VETOED);
}

/* All that are named, in this order, and nothing else */
static int blockers_are(int first, int second)
{
	const unsigned int want = (first >= 0) + (second >= 0);
	struct bpio_args a;

	if (ask(BPIO_OP_QUERY, BPIO_IN_ALL, &a))
		return 1;
	if (a.blockers.total != want || a.blockers.count != want)
		return fail("%u blockers, wanted %u; the first is %s", a.blockers.total, want,
			    bpio_reason_name(a.blockers.list[0].result.reason));
	if (first >= 0 && driver_refused("first", &a.blockers.list[0].result, first, -EBUSY,
					 BPIO_REASON_SNAPSHOT, TEXT))
		return 1;
	if (second >= 0 && driver_refused("second", &a.blockers.list[want - 1].result, second,
					  -EPERM, BPIO_REASON_REPLICATION, OTHER))
		return 1;
	for (unsigned int i = 0; i < want; i++)
		if (a.blockers.list[i].half != BPIO_HALF_STORAGE)
			return fail("blocker %u is of the filter half", i);
	return 0;
}

#define FIRST	0, -EBUSY, BPIO_REASON_SNAPSHOT, TEXT
#define SECOND	1, -EPERM, BPIO_REASON_REPLICATION, OTHER

static int two_say(int first, int second)
{
	return (first ? driver_veto(dev, FIRST) : driver_agree(dev, 0)) ||
	       (second ? driver_veto(dev, SECOND) : driver_agree(dev, 1));
}

/* QUERY foresees it, ENABLE says it, reads skip the filters, and all of it ends */
static int one(void)
{
	if (two_say(1, 0) || refused(BPIO_OP_QUERY, FIRST) || blockers_are(0, -1) ||
	    driver_told(dev, 0, 0, 0))
		return 1;
	if (refused(BPIO_OP_ENABLE, FIRST) || driver_told(dev, 0, 1, 0) || suspended(1) ||
	    vetoed_read() || refused(BPIO_OP_QUERY, FIRST) ||
	    refused(BPIO_OP_ENABLE, FIRST) || blockers_are(0, -1))
		return 1;
	/* It has changed its mind, but nobody has asked */
	if (two_say(0, 0) || refused(BPIO_OP_QUERY, FIRST) || blockers_are(0, -1) ||
	    vetoed_read() || driver_told(dev, 0, 1, 0))
		return 1;
	if (agreed(BPIO_OP_VOLUME_RESUME) || driver_told(dev, 0, 2, 0) ||
	    reads_take(BPIO_PATH_FULL, 0) || suspended(0) || blockers_are(-1, -1) ||
	    agreed(BPIO_OP_DISABLE) || driver_told(dev, 0, 2, 1))
		return 1;
	/* Vetoed to the end: it is not owed a DISABLE */
	return two_say(1, 0) || refused(BPIO_OP_ENABLE, FIRST) || agreed(BPIO_OP_DISABLE) ||
	       driver_told(dev, 0, 3, 1) || two_say(0, 0) || agreed(BPIO_OP_ENABLE) ||
	       reads_take(BPIO_PATH_FULL, 0) || agreed(BPIO_OP_DISABLE) ||
	       driver_told(dev, 0, 4, 2);
}

/* The first to veto is named, and who comes after him is not asked */
static int both(void)
{
	const unsigned int second = driver_state(dev, 1).enables;
	const unsigned int ends = driver_state(dev, 1).disables;

	if (two_say(1, 1) || refused(BPIO_OP_QUERY, FIRST) || blockers_are(0, 1) ||
	    refused(BPIO_OP_ENABLE, FIRST) || driver_told(dev, 1, second, ends) ||
	    blockers_are(0, 1))
		return 1;
	/* The first has gone, as seen by its own resume: now the second is asked */
	if (two_say(0, 1) || driver_resume(dev, 0, disk) || refused(BPIO_OP_QUERY, SECOND) ||
	    driver_told(dev, 1, second + 1, ends) || blockers_are(-1, 1) ||
	    vetoed_read())
		return 1;
	/* The other way round: the one in force comes first */
	if (two_say(1, 1) || refused(BPIO_OP_QUERY, SECOND) || two_say(0, 0) ||
	    driver_resume(dev, 1, disk) || reads_take(BPIO_PATH_FULL, 0) || suspended(0))
		return 1;
	return agreed(BPIO_OP_DISABLE) || driver_told(dev, 1, second + 2, ends + 1);
}

/* Any handle of the mount will do (R46), and is told the same */
static int resumed_by_directory(void)
{
	int dir = open(top, O_RDONLY);
	struct bpio_args a;

	if (dir < 0 || bpio_call(dir, BPIO_OP_VOLUME_RESUME, 0, &a) || close(dir))
		return fail_errno("resume by a directory");
	return driver_refused("resume by a directory", &a.results.storage, FIRST);
}

/* With a pause on top: each has to go */
static int paused(void)
{
	struct bpio_args a;

	if (two_say(0, 0) || agreed(BPIO_OP_ENABLE) || two_say(1, 0) ||
	    driver_pause(dev, 0, disk, BPIO_REASON_SNAPSHOT, "made now") ||
	    reads_take(BPIO_PATH_FILTERS_SKIPPED, BPIO_REASON_VOLUME_PAUSED))
		return 1;
	/* No RESUME of others ends it */
	if (ask(BPIO_OP_VOLUME_RESUME, 0, &a) ||
	    driver_refused("resume", &a.results.storage, 0, -EBUSY,
			   BPIO_REASON_VOLUME_PAUSED, "made now"))
		return 1;
	/* The pause ends, the veto is found */
	if (!(a.out_flags & BPIO_OUT_VOLUME_PAUSED) || driver_resume(dev, 0, disk) ||
	    refused(BPIO_OP_QUERY, FIRST) || vetoed_read())
		return 1;
	if (ask(BPIO_OP_GET_INFO, 0, &a) || a.out_flags & BPIO_OUT_VOLUME_PAUSED)
		return fail("still paused");
	if (refused(BPIO_OP_VOLUME_RESUME, FIRST) || resumed_by_directory() || two_say(0, 0) ||
	    driver_resume(dev, 0, disk + 1) || refused(BPIO_OP_QUERY, FIRST) ||
	    driver_resume(dev, 0, disk) || reads_take(BPIO_PATH_FULL, 0))
		return 1;
	return agreed(BPIO_OP_DISABLE);
}

static int vetoes(int argc, char **argv)
{
	if (argc != 4)
		return fail("usage: driver-vetoes FILE LOWER_FILE DIRECTORY");
	top = argv[3];
	dev = driver_open();
	disk = driver_dev(argv[2]);
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	below = open(argv[2], O_RDONLY);
	if (fd < 0 || below < 0 || driver_add(dev, 0, OPTED_IN, disk) ||
	    driver_add(dev, 1, OPTED_IN, 0))
		return fail("cannot start");
	return one() || both() || paused();
}

CHECK("driver-vetoes", vetoes, "FILE LOWER_FILE DIRECTORY: vetoes of volume drivers")

/* Anything that is no proper veto is one all the same, but told as such */
static int improper(const struct bpio_voldrv_say *say, const char *what)
{
	static const char told[] = "the driver vetoes without a proper reason";

	if (driver_say(dev, say) ||
	    refused(BPIO_OP_QUERY, 0, -EOPNOTSUPP, BPIO_REASON_OTHER, told) ||
	    refused(BPIO_OP_ENABLE, 0, -EOPNOTSUPP, BPIO_REASON_OTHER, told) ||
	    vetoed_read() || agreed(BPIO_OP_DISABLE))
		return fail("%s", what);
	if (driver_state(dev, 0).vetoed != -EINVAL)
		return fail("%s: returned %d", what, driver_state(dev, 0).vetoed);
	return 0;
}

static int long_text(void)
{
	struct bpio_voldrv_say say = {
		.veto = 1, .status = -EIO, .reason = BPIO_REASON_OTHER,
	};
	struct bpio_args a;

	/* 127 bytes and a character of two */
	memset(say.text, 'x', 127);
	strcpy(say.text + 127, "\xc3\xa9 and more");
	if (driver_say(dev, &say) || ask(BPIO_OP_QUERY, 0, &a) ||
	    driver_refused("a long text", &a.results.storage, 0, -EIO, BPIO_REASON_OTHER, NULL))
		return 1;
	if (a.results.storage.text_len != 127 || a.results.storage.flags != BPIO_RESULT_CUT)
		return fail("a long text has %u bytes, flags %#x", a.results.storage.text_len,
			    a.results.storage.flags);
	return 0;
}

static int malformed(int argc, char **argv)
{
	static const struct {
		int status;
		unsigned int reason, flags;
		const char *text, *what;
	} bad[] = {
		{ 0, BPIO_REASON_SNAPSHOT, 0, TEXT, "status 0" },
		{ 5, BPIO_REASON_SNAPSHOT, 0, TEXT, "status 5" },
		{ -4096, BPIO_REASON_SNAPSHOT, 0, TEXT, "status -4096" },
		{ -EIO, BPIO_REASON_NONE, 0, TEXT, "reason none" },
		{ -EIO, 6, 0, TEXT, "reason 6" },
		{ -EIO, BPIO_REASON_MAX, 0, TEXT, "reason 64" },
		{ -EIO, -1u, 0, TEXT, "reason -1" },
		{ -EIO, BPIO_REASON_SNAPSHOT, 0, "", "an empty text" },
		{ -EIO, BPIO_REASON_SNAPSHOT, BPIO_VOLDRV_NO_TEXT, "", "no text" },
	};
	struct bpio_voldrv_say say = {
		.veto = 1, .status = -EBUSY, .reason = BPIO_REASON_SNAPSHOT, .text = TEXT,
		.flags = BPIO_VOLDRV_TWICE,
	};

	if (argc != 3)
		return fail("usage: driver-malformed FILE LOWER_FILE");
	dev = driver_open();
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	below = open(argv[2], O_RDONLY);
	if (fd < 0 || below < 0 || driver_add(dev, 0, OPTED_IN, driver_dev(argv[2])))
		return fail("cannot start");
	/* Of two the first */
	if (driver_say(dev, &say) || refused(BPIO_OP_QUERY, FIRST) ||
	    refused(BPIO_OP_ENABLE, FIRST) || agreed(BPIO_OP_DISABLE) || long_text())
		return 1;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		say = (struct bpio_voldrv_say){
			.veto = 1, .status = bad[i].status, .reason = bad[i].reason,
			.flags = bad[i].flags,
		};
		strcpy(say.text, bad[i].text);
		if (improper(&say, bad[i].what))
			return 1;
	}
	return 0;
}

CHECK("driver-malformed", malformed, "FILE LOWER_FILE: vetoes that are none refuse all the same")
