// SPDX-License-Identifier: GPL-2.0
/*
 * A reader whose buffer is not there, and comes when a user likes (userfaultfd): whoever
 * wants the bypass out of the way does not wait for that user, and the read returns the
 * right bytes once he has made up his mind.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "caller_call.h"

#define PATIENCE	30000	/* ms until something counts as stuck */

#define load(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v)	__atomic_store_n(p, v, __ATOMIC_SEQ_CST)

struct fault {
	int fd, other, uffd, dev;
	unsigned int op;	/* 0: block */
	char *buf, *want;
	size_t len;
	ssize_t got;
	int reader_ended, op_ended, op_error;
};

static int wait_for(const int *ended, unsigned int ms)
{
	for (; ms && !load(ended); ms--)
		usleep(1000);
	return !load(ended);
}

static void *read_fn(void *arg)
{
	struct fault *f = arg;

	f->got = pread(f->fd, f->buf, f->len, 0);
	store(&f->reader_ended, 1);
	return NULL;
}

static void *op_fn(void *arg)
{
	struct fault *f = arg;
	const int fd = f->op == BPIO_OP_DISABLE ? f->fd : f->other;
	struct bpio_args a;

	f->op_error = f->op ? bpio_call(fd, f->op, 0, &a) : caller_block(f->dev, fd, CALLER);
	store(&f->op_ended, 1);
	return NULL;
}

/* The first @touched bytes are there, the others are not until they are served */
static int make_buffer(struct fault *f, size_t touched)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	f->buf = mmap(NULL, f->len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	f->uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (f->buf == MAP_FAILED || f->uffd < 0 || ioctl(f->uffd, UFFDIO_API, &api))
		return fail_errno("userfaultfd");
	madvise(f->buf, f->len, MADV_NOHUGEPAGE);
	memset(f->buf, 0xee, touched);
	reg.range.start = (unsigned long)f->buf;
	reg.range.len = f->len;
	return ioctl(f->uffd, UFFDIO_REGISTER, &reg) ? fail_errno("register") : 0;
}

static int wait_for_fault(struct fault *f)
{
	struct pollfd p = { .fd = f->uffd, .events = POLLIN };
	struct uffd_msg msg;

	if (poll(&p, 1, PATIENCE) != 1 || read(f->uffd, &msg, sizeof(msg)) != sizeof(msg))
		return fail_errno("nobody misses the buffer");
	return msg.event == UFFD_EVENT_PAGEFAULT ? 0 : fail("event %d", msg.event);
}

static int serve(struct fault *f, size_t touched)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (unsigned long)f->buf + touched, .len = f->len - touched },
	};

	return ioctl(f->uffd, UFFDIO_ZEROPAGE, &zero) ? fail_errno("zeropage") : 0;
}

/* With the reader waiting for his buffer: nobody else waits */
static int out_of_the_way(struct fault *f)
{
	pthread_t thread;
	struct timespec from, to;
	int stuck;

	clock_gettime(CLOCK_MONOTONIC, &from);
	if (pthread_create(&thread, NULL, op_fn, f))
		return fail("no thread");
	stuck = wait_for(&f->op_ended, 5000);
	clock_gettime(CLOCK_MONOTONIC, &to);
	if (stuck)
		return fail("waits for a user to give the reader its buffer");
	printf("did not wait: %ld ms\n",
	       (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000);
	if (load(&f->reader_ended))
		return fail("the read did not wait for its buffer");
	return f->op_error ? fail("%s", strerror(-f->op_error)) : 0;
}

static int took_path(struct fault *f, const struct bpio_info *before, const char *want)
{
	struct bpio_info after;

	if (bpio_counts(f->fd, &after))
		return 1;
	for (int i = 0; i < BPIO_PATH_MAX; i++) {
		const int took = after.reads[i] - before->reads[i];

		if (took != !strcmp(bpio_path_name(i), want))
			return fail("%d reads took path %s, wanted one that takes %s", took,
				    bpio_path_name(i), want);
	}
	return 0;
}

static int prepare(struct fault *f, const char *path, const char *lower, int skipped)
{
	struct bpio_args a;
	int fd = open(lower, O_RDONLY);

	f->want = malloc(f->len);
	if (fd < 0 || pread(fd, f->want, f->len, 0) != (ssize_t)f->len)
		return fail_errno("%s", lower);
	close(fd);
	f->fd = open(path, O_RDONLY | O_DIRECT);
	f->other = open(path, O_RDONLY | O_DIRECT);
	if (bpio_enable_full(f->fd, path) || bpio_enable_full(f->other, path))
		return 1;
	return skipped && bpio_call(f->other, BPIO_OP_VOLUME_PAUSE, 0, &a) ?
	       fail("volume-pause") : 0;
}

static int pause_fault(int argc, char **argv)
{
	struct fault f = { .dev = -1 };
	struct bpio_info before;
	struct bpio_args a;
	size_t touched;
	pthread_t thread;
	int bad;

	if (argc != 8)
		return fail("usage: pause-fault FILE LOWER LENGTH TOUCHED full|skipped OPERATION|block|none PATH");
	f.len = number(argv[3]);
	touched = number(argv[4]);
	if (!strcmp(argv[6], "block"))
		f.dev = caller_open();
	else if (strcmp(argv[6], "none"))
		f.op = bpio_op_of(argv[6]);
	if (prepare(&f, argv[1], argv[2], argv[5][0] == 's') || make_buffer(&f, touched) ||
	    bpio_counts(f.fd, &before) || pthread_create(&thread, NULL, read_fn, &f))
		return fail("cannot start");
	bad = wait_for_fault(&f) || (strcmp(argv[6], "none") && out_of_the_way(&f));
	bad |= serve(&f, touched);
	if (wait_for(&f.reader_ended, PATIENCE))
		return fail("the read is stuck");
	if (f.got != (ssize_t)f.len || memcmp(f.buf, f.want, f.len))
		bad |= fail("the read returned %zd, or other bytes", f.got);
	bad |= took_path(&f, &before, argv[7]);
	bad |= bpio_call(f.other, BPIO_OP_VOLUME_RESUME, 0, &a);
	return bad;
}

CHECK("pause-fault", pause_fault,
      "FILE LOWER LENGTH TOUCHED full|skipped OPERATION|block|none PATH: a buffer that comes late")
