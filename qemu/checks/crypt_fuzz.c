// SPDX-License-Identifier: GPL-2.0
/*
 * The same random operations on a file that is encrypted, and now and then decrypted, and on a
 * plain file beside the mount: all that they return is the same, and every byte. Signals stop
 * conversions, so that the file is often half of each, until it is opened again.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <linux/falloc.h>

#include "crypt_call.h"

#define MAX_SIZE	(320 * 1024)
#define MAX_LEN		(96 * 1024)
#define DIRECT		4096
#define ROOM		(MAX_SIZE + 8 * MAX_LEN)	/* appends go beyond MAX_SIZE */

enum way { BOTH_WAYS, ONLY_WRITE, APPENDING, UNCACHED, WAYS };

struct side {
	const char *path;
	int fd[WAYS];
};

struct step {
	const char *what;
	unsigned int kind;
	enum way way;
	int mode;
	long pos, len;
};

static uint64_t state;
static unsigned char *data, *got[2];
static unsigned long stopped, converted;

static uint64_t draw(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

/* Near the ends of blocks, units and chunks more often than elsewhere */
static long draw_pos(long below)
{
	static const long edges[] = { 16, 512, 4096, 65536 };
	long edge = edges[draw(4)], pos = draw(below);

	if (draw(3))
		return pos;
	pos = pos / edge * edge + (long)draw(5) - 2;
	return pos < 0 ? 0 : pos;
}

static int open_side(struct side *s)
{
	static const int flags[WAYS] = { O_RDWR, O_WRONLY, O_RDWR | O_APPEND, O_RDWR | O_DIRECT };

	for (int i = 0; i < WAYS; i++) {
		s->fd[i] = open(s->path, flags[i] | O_CREAT, 0644);
		if (s->fd[i] < 0)
			return fail_errno("open %s, way %d", s->path, i);
	}
	return 0;
}

static void close_side(struct side *s)
{
	for (int i = 0; i < WAYS; i++)
		close(s->fd[i]);
}

static const int modes[] = {
	0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, FALLOC_FL_ZERO_RANGE,
	FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
};

static void draw_step(struct step *s)
{
	s->kind = draw(12);
	s->way = draw(WAYS);
	s->pos = draw_pos(MAX_SIZE);
	s->len = 1 + draw(draw(2) ? 64 : MAX_LEN);
	s->mode = modes[draw(6)];
	if (s->way == UNCACHED) {
		s->pos &= ~(DIRECT - 1L);
		s->len = (s->len + DIRECT - 1) & ~(DIRECT - 1L);
	}
	for (long i = 0; i < s->len; i++)
		data[i] = draw(9) ? (unsigned char)(state >> 24) : 0;
}

static long attempt(const struct side *side, struct step *s, unsigned char *buf)
{
	const int fd = side->fd[s->way];

	switch (s->kind) {
	case 0: case 1: case 2: case 3: case 4:
		s->what = "write";
		return pwrite(fd, data, s->len, s->pos);
	case 5: case 6:
		s->what = "read";
		return pread(fd, buf, s->len, s->pos);
	case 7:
		s->what = "ftruncate";
		return ftruncate(fd, s->pos);
	case 8:
		s->what = "truncate";
		return truncate(side->path, s->pos);
	case 9:
		s->what = "fsync";
		return s->len & 1 ? fsync(fd) : fdatasync(fd);
	default:
		s->what = "fallocate";
		return fallocate(fd, s->mode, s->pos, s->len);
	}
}

static int same_files(const struct side *a, const struct side *b, const char *what)
{
	struct stat st[2];
	ssize_t n[2];

	if (fstat(a->fd[0], &st[0]) || fstat(b->fd[0], &st[1]))
		return fail_errno("fstat");
	if (st[0].st_size != st[1].st_size || st[0].st_size > ROOM)
		return fail("%s: sizes %ld and %ld", what, (long)st[0].st_size,
			    (long)st[1].st_size);
	n[0] = pread(a->fd[0], got[0], ROOM, 0);
	n[1] = pread(b->fd[0], got[1], ROOM, 0);
	if (n[0] != st[0].st_size || n[1] != n[0])
		return fail("%s: read %zd and %zd of %ld", what, n[0], n[1], (long)st[0].st_size);
	for (ssize_t i = 0; i < n[0]; i++)
		if (got[0][i] != got[1][i])
			return fail("%s: byte %zd of %zd: %#x, wanted %#x", what, i, n[0],
				    got[0][i], got[1][i]);
	return 0;
}

static int one_step(const struct side *a, const struct side *b, unsigned int nr)
{
	struct step s;
	long ret[2];
	int err[2];
	char what[96];

	draw_step(&s);
	if (lseek(b->fd[0], 0, SEEK_END) > MAX_SIZE + 4 * MAX_LEN)
		s.kind = 7;
	errno = 0;
	ret[0] = attempt(a, &s, got[0]);
	err[0] = errno;
	errno = 0;
	ret[1] = attempt(b, &s, got[1]);
	err[1] = errno;
	snprintf(what, sizeof(what), "step %u: %s way %d mode %#x at %ld for %ld", nr, s.what,
		 s.way, s.mode, s.pos, s.len);
	if (getenv("CRYPT_TRACE"))
		puts(what);
	if (ret[0] != ret[1] || err[0] != err[1])
		return fail("%s: %ld (%s), wanted %ld (%s)", what, ret[0], strerror(err[0]),
			    ret[1], strerror(err[1]));
	if (s.kind >= 5 && s.kind <= 6 && ret[0] > 0 && memcmp(got[0], got[1], ret[0]))
		return fail("%s: other bytes", what);
	return same_files(a, b, what);
}

static int drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	sync();
	if (fd < 0 || write(fd, "3", 1) != 1)
		return fail_errno("drop_caches");
	close(fd);
	return 0;
}

static void on_alarm(int sig)
{
	(void)sig;
}

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Every second time somewhere in the middle, by how long the last one took */
static int convert(const char *path, unsigned int op)
{
	static long took = 50000;
	struct itimerval timer = {};
	struct bpio_crypt_request req;
	long begin = now_us();
	int fd, err;

	fd = open(path, O_RDWR);
	if (fd < 0)
		return fail_errno("%s", path);
	timer.it_value.tv_usec = draw(2) ? 1 + (long)draw(took) : 0;
	setitimer(ITIMER_REAL, &timer, NULL);
	err = crypt_request(fd, op, &req);
	memset(&timer, 0, sizeof(timer));
	setitimer(ITIMER_REAL, &timer, NULL);
	close(fd);
	if (!err && now_us() - begin < 1000000)
		took = now_us() - begin;
	stopped += err == -EINTR;
	converted++;
	/* What was stopped before goes on when it is opened here */
	if (err && err != -EINTR && err != -EALREADY)
		return fail("%s, operation %u: %s", path, op, strerror(-err));
	return 0;
}

/* Forget everything in memory; be plain for a while */
static int turn(struct side *a, struct side *b, unsigned int nr)
{
	if (nr % 30 == 29 && convert(a->path, BPIO_CRYPT_OP_DECRYPT))
		return 1;
	if (nr % 30 == 9 && convert(a->path, BPIO_CRYPT_OP_ENCRYPT))
		return 1;
	if (nr % 60 != 24)
		return 0;
	close_side(a);
	close_side(b);
	return drop_caches() || open_side(a) || open_side(b);
}

static int crypt_fuzz(int argc, char **argv)
{
	const struct sigaction act = { .sa_handler = on_alarm };
	struct side a, b;
	int bad = 0;

	sigaction(SIGALRM, &act, NULL);
	if (argc != 5)
		return fail("usage: crypt-fuzz FILE PLAIN SEED STEPS");
	a.path = argv[1];
	b.path = argv[2];
	state = number(argv[3]) * 0x9e3779b97f4a7c15ull + 1;
	if (posix_memalign((void **)&data, DIRECT, MAX_LEN + DIRECT) ||
	    posix_memalign((void **)&got[0], DIRECT, ROOM) ||
	    posix_memalign((void **)&got[1], DIRECT, ROOM))
		return fail("no memory");
	unlink(a.path);
	unlink(b.path);
	if (open_side(&a) || open_side(&b))
		return 1;
	for (unsigned int i = 0; i < number(argv[4]) && !bad; i++)
		bad = one_step(&a, &b, i) || turn(&a, &b, i);
	close_side(&a);
	close_side(&b);
	if (bad)
		fprintf(stderr, "seed %s\n", argv[3]);
	printf("%lu conversions, %lu of them stopped\n", converted, stopped);
	return bad;
}

CHECK("crypt-fuzz", crypt_fuzz,
      "FILE PLAIN SEED STEPS: a file that is encrypted and a plain one do the same")
