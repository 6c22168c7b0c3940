// SPDX-License-Identifier: GPL-2.0
/*
 * A pattern comes into a file and goes again, while threads open it with O_DIRECT, enable
 * the bypass and read, and others read that have had it enabled before. Nobody reads the
 * pattern, ever, and as long as it is there nobody opens the file.
 */
#include <fcntl.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "sibling.h"

#define BLOCK	4096
#define BLOCKS	16
#define AT	(5 * BLOCK)
#define OPENERS	4
#define HOLDERS	3

#define load(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v)	__atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define count(p)	__atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST)

/* By four: the file is clean, one or the other, not clean, one or the other */
enum { CLEAN, WRITING, DIRTY, CLEANING };

struct race {
	const char *path;
	const char *pattern;
	unsigned int phase;
	int stop, bad;
	unsigned long refused_opens, refused_reads, enabled, full;
};

/* Was it so all the time since @before? */
static int was(struct race *r, unsigned int before, unsigned int phase)
{
	return before % 4 == phase && load(&r->phase) == before;
}

static int read_once(struct race *r, int fd, char *buf)
{
	const unsigned int before = load(&r->phase);
	ssize_t n = pread(fd, buf, BLOCK, AT);

	if (n < 0 && errno == EPERM && !was(r, before, CLEAN)) {
		count(&r->refused_reads);
		return 0;
	}
	if (n != BLOCK)
		return fail_errno("read: %zd", n);
	if (memmem(buf, BLOCK, r->pattern, strlen(r->pattern)))
		return fail("a read returned the pattern");
	return was(r, before, DIRTY) ? fail("a read missed the pattern") : 0;
}

static int enable(struct race *r, int fd)
{
	struct bpio_args a;
	int err = bpio_call(fd, BPIO_OP_ENABLE, 0, &a);

	if (err)
		return fail("enable: %s", strerror(-err));
	if (!a.results.filter.status)
		count(&r->enabled);
	else if (a.results.filter.reason != BPIO_REASON_MONITORING)
		return fail("enable: %s", bpio_reason_name(a.results.filter.reason));
	return 0;
}

static int close_counted(struct race *r, int fd)
{
	struct bpio_info info;

	if (bpio_counts(fd, &info))
		return 1;
	__atomic_add_fetch(&r->full, info.reads[BPIO_PATH_FULL], __ATOMIC_SEQ_CST);
	return close(fd) ? fail_errno("close") : 0;
}

static int open_once(struct race *r, char *buf)
{
	const unsigned int before = load(&r->phase);
	int fd = open(r->path, O_RDONLY | O_DIRECT), bad;

	if (fd < 0 && errno == EPERM && !was(r, before, CLEAN)) {
		count(&r->refused_opens);
		return 0;
	}
	if (fd < 0)
		return fail_errno("open");
	if (was(r, before, DIRTY))
		return fail("opened with the pattern in it");
	bad = enable(r, fd) || read_once(r, fd, buf) || read_once(r, fd, buf);
	return close_counted(r, fd) || bad;
}

static void *buffer(void)
{
	void *buf;

	if (posix_memalign(&buf, BLOCK, BLOCK))
		exit(fail("no memory"));
	return buf;
}

static void *opener(void *arg)
{
	struct race *r = arg;
	char *buf = buffer();

	while (!load(&r->stop) && !load(&r->bad))
		if (open_once(r, buf))
			store(&r->bad, 1);
	return NULL;
}

static void *holder(void *arg)
{
	struct race *r = arg;
	int fd = open(r->path, O_RDONLY | O_DIRECT);
	char *buf = buffer();

	if (fd < 0 || enable(r, fd))
		store(&r->bad, 1);
	while (!load(&r->stop) && !load(&r->bad))
		if (read_once(r, fd, buf))
			store(&r->bad, 1);
	if (fd < 0 || close_counted(r, fd))
		store(&r->bad, 1);
	return NULL;
}

static int write_once(struct race *r, const char *bytes, unsigned int during)
{
	int fd = open(r->path, O_WRONLY);
	const size_t len = strlen(r->pattern);

	store(&r->phase, load(&r->phase) / 4 * 4 + during);
	if (fd < 0 || pwrite(fd, bytes, len, AT + 100) != (ssize_t)len)
		return fail_errno("write");
	count(&r->phase);
	/* Open for a while: until it is closed nobody can be cleared */
	usleep(rand() % 2000);
	close(fd);
	usleep(rand() % 60000);
	return load(&r->bad);
}

static int prepare(struct race *r)
{
	static const char zeros[BLOCK * BLOCKS];
	int fd = open(r->path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, zeros, sizeof(zeros)) != sizeof(zeros) || fsync(fd))
		return fail_errno("%s", r->path);
	return close(fd);
}

static int race(int argc, char **argv)
{
	static const char zeros[64];
	pthread_t threads[OPENERS + HOLDERS];
	unsigned long rounds = 0;
	struct race r = {};
	time_t end;

	if (argc != 4 || strlen(argv[2]) > sizeof(zeros))
		return fail("usage: scan-race FILE PATTERN SECONDS");
	r.path = argv[1];
	r.pattern = argv[2];
	if (prepare(&r))
		return 1;
	for (int i = 0; i < OPENERS + HOLDERS; i++)
		if (pthread_create(&threads[i], NULL, i < OPENERS ? opener : holder, &r))
			return fail("no thread");
	usleep(200000);
	end = time(NULL) + number(argv[3]);
	for (; time(NULL) < end && !r.bad; rounds++)
		if (write_once(&r, r.pattern, WRITING) || write_once(&r, zeros, CLEANING))
			r.bad = 1;
	store(&r.stop, 1);
	for (int i = 0; i < OPENERS + HOLDERS; i++)
		pthread_join(threads[i], NULL);
	printf("%lu rounds: %lu opens and %lu reads refused, %lu times enabled, %lu reads bypassed\n",
	       rounds, r.refused_opens, r.refused_reads, r.enabled, r.full);
	if (!r.bad && (!r.refused_opens || !r.refused_reads || r.enabled <= HOLDERS || !r.full))
		return fail("too little has happened");
	return r.bad;
}

CHECK("scan-race", race, "FILE PATTERN SECONDS: nobody reads what bpio_scan looks for")
