// SPDX-License-Identifier: GPL-2.0
/*
 * Volume drivers that go while something else is under way: a callback of theirs, the veto
 * of another, a pause, or the end of the mount.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "driver_call.h"

#define SLOW	1200	/* ms that a callback takes */
#define TEXT	"the volume is being copied"

#define load(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v)	__atomic_store_n(p, v, __ATOMIC_SEQ_CST)

/* An operation by another thread, while a driver takes its time */
static struct {
	pthread_t thread;
	unsigned int op;
	int fd, err, ended;
	struct bpio_args a;
} other;

static int dev, stop;
static unsigned int disk;

static void nap(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000l };

	nanosleep(&t, NULL);
}

static void *operate(void *arg)
{
	(void)arg;
	other.err = bpio_call(other.fd, other.op, 0, &other.a);
	store(&other.ended, 1);
	return NULL;
}

/* It is in a callback on return, and stays there for a while */
static int begin(int fd, unsigned int op)
{
	other.fd = fd;
	other.op = op;
	store(&other.ended, 0);
	if (pthread_create(&other.thread, NULL, operate, NULL))
		return fail("no thread");
	nap(400);
	return load(&other.ended) ? fail("%s did not wait for the driver", bpio_op_name(op)) : 0;
}

static int end(void)
{
	pthread_join(other.thread, NULL);
	return other.err ? fail("%s: %s", bpio_op_name(other.op), strerror(-other.err)) : 0;
}

/* It pauses from within, and takes its time for that */
static int pause_slowly(unsigned int n)
{
	struct bpio_voldrv_say say = {
		.number = n, .delay = SLOW, .flags = BPIO_VOLDRV_PAUSE,
	};

	return driver_say(dev, &say);
}

static int slow(unsigned int n, int veto)
{
	struct bpio_voldrv_say say = {
		.number = n, .delay = SLOW, .veto = veto, .status = -EBUSY,
		.reason = BPIO_REASON_REPLICATION, .text = TEXT,
	};

	return driver_say(dev, &say);
}

/* Its callback is over when it has gone, and it was told what it is owed */
static int waits_for_callback(int fd, unsigned int op, unsigned int told, unsigned int asked)
{
	struct bpio_voldrv_state s;

	if (driver_add(dev, 1, OPTED_IN, disk) || slow(1, 0) || begin(fd, op) ||
	    driver_remove(dev, 1))
		return 1;
	s = driver_state(dev, 1);
	if (s.enables != told || s.disables != told || s.queries != asked || s.wrong || s.units)
		return fail("%s: gone after %u ENABLE, %u DISABLE, %u QUERY, %u wrong, %u units",
			    bpio_op_name(op), s.enables, s.disables, s.queries, s.wrong,
			    s.units);
	return end() || other.a.results.storage.status ?
	       fail("%s while it goes", bpio_op_name(op)) : 0;
}

/* While one takes its time to veto, the one before it goes */
static int vetoes_while_another_goes(int fd)
{
	struct bpio_args a;

	if (driver_add(dev, 1, OPTED_IN, disk) || driver_add(dev, 2, OPTED_IN, disk) ||
	    slow(2, 1) || begin(fd, BPIO_OP_ENABLE) || driver_remove(dev, 1) || end())
		return 1;
	if (driver_refused("the first goes", &other.a.results.storage, 2, -EBUSY,
			   BPIO_REASON_REPLICATION, TEXT) ||
	    driver_told(dev, 1, 1, 1) || driver_told(dev, 2, 1, 0) || driver_agree(dev, 2))
		return 1;
	/* Who has vetoed goes while another is asked and pauses */
	if (driver_add(dev, 1, OPTED_IN, disk) || pause_slowly(1) || driver_remove(dev, 2) ||
	    driver_told(dev, 1, 1, 0) || bpio_call(fd, BPIO_OP_QUERY, 0, &a) ||
	    driver_refused("paused within", &a.results.storage, 1, -EBUSY,
			   BPIO_REASON_VOLUME_PAUSED, "from within"))
		return 1;
	if (driver_agree(dev, 1) || driver_remove(dev, 1) ||
	    bpio_call(fd, BPIO_OP_QUERY, 0, &a) || a.results.storage.status ||
	    a.out_flags & BPIO_OUT_VOLUME_PAUSED)
		return fail("a pause is left, flags %#x", a.out_flags);
	return bpio_call(fd, BPIO_OP_DISABLE, 0, &a) ? fail("disable") : 0;
}

static int goes(int argc, char **argv)
{
	struct bpio_args a;
	int fd;

	if (argc != 3)
		return fail("usage: driver-goes FILE LOWER_FILE");
	dev = driver_open();
	disk = driver_dev(argv[2]);
	fd = open(argv[1], O_RDONLY | O_DIRECT);
	if (fd < 0 || driver_add(dev, 0, OPTED_IN, disk))
		return fail("cannot start");
	if (waits_for_callback(fd, BPIO_OP_QUERY, 0, 1) ||
	    waits_for_callback(fd, BPIO_OP_ENABLE, 1, 0) ||
	    bpio_call(fd, BPIO_OP_DISABLE, 0, &a))
		return 1;
	return vetoes_while_another_goes(fd) || driver_told(dev, 0, 2, 2);
}

CHECK("driver-goes", goes, "FILE LOWER_FILE: drivers go while they, or others, are asked")

static void *pause_without_end(void *arg)
{
	int *bad = arg;

	while (!load(&stop) && !*bad) {
		if (driver_pause(dev, 0, disk, BPIO_REASON_SNAPSHOT, "") ||
		    driver_resume(dev, 0, disk))
			*bad = fail("pause");
	}
	return NULL;
}

static void *come_and_go(void *arg)
{
	int *bad = arg;

	for (unsigned int i = 0; !load(&stop) && !*bad; i++) {
		if (driver_add(dev, 1, i % 2, disk) ||
		    driver_pause(dev, 1, disk, BPIO_REASON_SNAPSHOT, "") ||
		    driver_remove(dev, 1))
			*bad = fail("come and go");
	}
	return NULL;
}

static int mounted(const char *file)
{
	int fd = open(file, O_RDONLY | O_DIRECT);
	struct bpio_args a;

	if (fd < 0 || bpio_call(fd, BPIO_OP_ENABLE, 0, &a) || a.results.filter.status)
		return fail_errno("%s", file);
	return close(fd) ? fail_errno("close") : 0;
}

static int umounts(int argc, char **argv)
{
	int bad_pauser = 0, bad_comer = 0, bad = 0;
	pthread_t pauser, comer;
	unsigned int times = 0;
	char file[256];
	time_t until;

	if (argc != 5)
		return fail("usage: driver-umounts LOWER DIRECTORY FILE SECONDS");
	dev = driver_open();
	disk = driver_dev(argv[1]);
	snprintf(file, sizeof(file), "%s/%s", argv[2], argv[3]);
	if (driver_add(dev, 0, OPTED_IN, disk) ||
	    pthread_create(&pauser, NULL, pause_without_end, &bad_pauser) ||
	    pthread_create(&comer, NULL, come_and_go, &bad_comer))
		return fail("cannot start");
	for (until = time(NULL) + number(argv[4]); !bad && time(NULL) < until; times++) {
		if (mount(argv[1], argv[2], "bypassfs", 0, NULL))
			bad = fail_errno("mount");
		else if (mounted(file) | umount(argv[2]))
			bad = fail_errno("umount");
	}
	store(&stop, 1);
	pthread_join(pauser, NULL);
	pthread_join(comer, NULL);
	printf("%u mounts\n", times);
	if (bad | bad_pauser | bad_comer || times < 3)
		return 1;
	/* One file enabled at each mount: as many ENABLEs as DISABLEs, and nobody is left */
	if (driver_state(dev, 0).units || driver_state(dev, 1).units)
		return fail("a mount that has gone is still claimed");
	return driver_told(dev, 0, driver_state(dev, 0).enables, driver_state(dev, 0).enables);
}

CHECK("driver-umounts", umounts,
      "LOWER DIRECTORY FILE SECONDS: mounts come and go while drivers pause, come and go")
