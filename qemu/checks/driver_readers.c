// SPDX-License-Identifier: GPL-2.0
/*
 * Volume drivers come, object, pause and go under readers: from the moment that they
 * return no read goes past the lower file system, and afterwards all do again.
 */
#include <fcntl.h>
#include <unistd.h>

#include "driver_call.h"
#include "readers.h"

#define BLOCKS	256
#define THREADS	6
#define TEXT	"the volume is being copied"

static int dev, fd;
static unsigned int disk;
static struct readers *r;

static int storage(struct bpio_args *a)
{
	int err = bpio_call(readers_fd(r, 0), BPIO_OP_QUERY, 0, a);

	return err ? fail("query: %s", strerror(-err)) : 0;
}

static int goes_on(unsigned int n)
{
	return readers_until(r, BPIO_PATH_FULL) || driver_state(dev, n).wrong ?
	       fail("after driver %u", n) : 0;
}

/* It has not opted in: nobody asks it, all reads stay with the lower file system */
static int not_opted_in(void)
{
	struct bpio_args a;

	if (driver_add(dev, 2, 0, disk) || readers_take(r, BPIO_PATH_FILTERS_SKIPPED) ||
	    storage(&a) ||
	    driver_refused("not opted in", &a.results.storage, 2, -EOPNOTSUPP,
			   BPIO_REASON_DRIVER_UNSUPPORTED, NULL))
		return 1;
	if (a.results.filter.status || a.out_flags & BPIO_OUT_STORAGE_COMPATIBLE)
		return fail("filter half %d, flags %#x", a.results.filter.status, a.out_flags);
	if (driver_agree(dev, 2) || driver_resume(dev, 2, disk) ||
	    readers_take(r, BPIO_PATH_FILTERS_SKIPPED) || driver_told(dev, 2, 0, 0) ||
	    driver_remove(dev, 2) || storage(&a))
		return 1;
	if (!(a.out_flags & BPIO_OUT_STORAGE_COMPATIBLE))
		return fail("flags %#x", a.out_flags);
	return goes_on(2);
}

/* Another comes while this one vetoes: it is asked when that has gone */
static int leaves_a_veto_behind(void)
{
	struct bpio_args a;

	return driver_add(dev, 2, 0, disk) || driver_add(dev, 3, OPTED_IN, disk) ||
	       driver_told(dev, 3, 0, 0) ||
	       driver_veto(dev, 3, -EBUSY, BPIO_REASON_REPLICATION, TEXT) ||
	       driver_remove(dev, 2) || readers_take(r, BPIO_PATH_FILTERS_SKIPPED) ||
	       storage(&a) ||
	       driver_refused("left", &a.results.storage, 3, -EBUSY, BPIO_REASON_REPLICATION,
			      TEXT) ||
	       driver_told(dev, 3, 1, 0) || driver_remove(dev, 3) || goes_on(3) ||
	       driver_told(dev, 3, 1, 0);
}

/* Pauses in the right order, many times, with the veto that goes with it */
static int pauses(void)
{
	struct bpio_args a;

	for (int i = 0; i < 5; i++) {
		if (driver_veto(dev, 0, -EBUSY, BPIO_REASON_REPLICATION, TEXT) ||
		    driver_pause(dev, 0, disk, BPIO_REASON_REPLICATION, TEXT) ||
		    driver_pause(dev, 0, disk, BPIO_REASON_REPLICATION, TEXT) ||
		    readers_take(r, BPIO_PATH_FILTERS_SKIPPED) || storage(&a) ||
		    driver_refused("paused", &a.results.storage, 0, -EBUSY,
				   BPIO_REASON_VOLUME_PAUSED, TEXT) ||
		    bpio_call(fd, BPIO_OP_VOLUME_RESUME, 0, &a) ||
		    readers_take(r, BPIO_PATH_FILTERS_SKIPPED) || driver_agree(dev, 0) ||
		    driver_resume(dev, 0, disk) || goes_on(0))
			return fail("time %d", i);
	}
	return 0;
}

/* What a driver leaves behind: nothing */
static int goes_while_pausing(void)
{
	return driver_add(dev, 1, OPTED_IN, 0) ||
	       driver_veto(dev, 1, -EBUSY, BPIO_REASON_REPLICATION, TEXT) ||
	       driver_pause(dev, 1, disk, 0, "") || readers_take(r, BPIO_PATH_FILTERS_SKIPPED) ||
	       driver_remove(dev, 1) || goes_on(1);
}

/* A pause of a program and the veto of a driver: neither ends the other */
static int with_others(void)
{
	struct bpio_args a;

	return bpio_call(fd, BPIO_OP_VOLUME_PAUSE, BPIO_IN_OWNED, &a) ||
	       driver_veto(dev, 0, -EBUSY, BPIO_REASON_REPLICATION, TEXT) ||
	       driver_resume(dev, 0, disk) || readers_take(r, BPIO_PATH_FILTERS_SKIPPED) ||
	       bpio_call(fd, BPIO_OP_VOLUME_RESUME, 0, &a) ||
	       driver_refused("resumed", &a.results.storage, 0, -EBUSY, BPIO_REASON_REPLICATION,
			      TEXT) ||
	       readers_take(r, BPIO_PATH_FILTERS_SKIPPED) || driver_agree(dev, 0) ||
	       bpio_call(fd, BPIO_OP_VOLUME_PAUSE, 0, &a) || driver_resume(dev, 0, disk) ||
	       readers_take(r, BPIO_PATH_FILTERS_SKIPPED) ||
	       bpio_call(fd, BPIO_OP_VOLUME_RESUME, 0, &a) || goes_on(0);
}

static int full_reads(unsigned long long *full)
{
	struct bpio_args a;

	if (readers_round(r) ||
	    bpio_call(readers_fd(r, 0), BPIO_OP_GET_INFO, BPIO_IN_SCOPE_STREAM, &a))
		return fail("no counts");
	*full = a.info.reads[BPIO_PATH_FULL];
	return 0;
}

/* It takes its time to object to a resume: meanwhile nobody goes past it */
static int objects_slowly(void)
{
	struct bpio_voldrv_say say = {
		.veto = 1, .status = -EBUSY, .reason = BPIO_REASON_REPLICATION,
		.text = TEXT, .delay = 500,
	};
	unsigned long long before, after;
	struct bpio_args a;

	if (bpio_call(fd, BPIO_OP_VOLUME_PAUSE, 0, &a) || full_reads(&before) ||
	    driver_say(dev, &say) || bpio_call(fd, BPIO_OP_VOLUME_RESUME, 0, &a) ||
	    full_reads(&after))
		return 1;
	if (after != before)
		return fail("%llu reads went past a driver that was still asked", after - before);
	return driver_agree(dev, 0) || driver_resume(dev, 0, disk) || goes_on(0);
}

/* From within the callback that is asked whether to resume */
static int pauses_within(void)
{
	struct bpio_voldrv_say say = { .flags = BPIO_VOLDRV_PAUSE };
	struct bpio_args a;

	return bpio_call(fd, BPIO_OP_VOLUME_PAUSE, 0, &a) || driver_say(dev, &say) ||
	       bpio_call(fd, BPIO_OP_VOLUME_RESUME, 0, &a) ||
	       driver_refused("within", &a.results.storage, 0, -EBUSY,
			      BPIO_REASON_VOLUME_PAUSED, "from within") ||
	       readers_take(r, BPIO_PATH_FILTERS_SKIPPED) || driver_agree(dev, 0) ||
	       driver_resume(dev, 0, disk) || goes_on(0);
}

static int under_readers(int argc, char **argv)
{
	int bad;

	if (argc != 3)
		return fail("usage: driver-readers FILE LOWER_FILE");
	dev = driver_open();
	disk = driver_dev(argv[2]);
	if (readers_write(argv[1], BLOCKS, 1))
		return 1;
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	r = readers_start(argv[1], BLOCKS, THREADS);
	if (fd < 0 || !r || driver_add(dev, 0, OPTED_IN, disk))
		return fail("cannot start");
	bad = driver_told(dev, 0, 1, 0) || goes_on(0) || not_opted_in() ||
	      leaves_a_veto_behind() || pauses() || goes_while_pausing() || with_others() ||
	      objects_slowly() || pauses_within();
	return readers_stop(r) | bad || driver_told(dev, 0, 1, 1);
}

CHECK("driver-readers", under_readers,
      "FILE LOWER_FILE: volume drivers come, object, pause and go under readers")
