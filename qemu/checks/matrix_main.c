// SPDX-License-Identifier: GPL-2.0
/*
 * Each operation in each situation of kunit/matrix.h, on a lower file system that can be
 * bypassed: the answer, the same answer again, and the path of a read afterwards. By
 * the ioctl, or from the kernel by bpio_caller.ko.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../kunit/matrix.h"
#include "caller_call.h"

#define SIZE	65536

struct bench {
	const char *dir;
	const char *who;	/* names us as the owner of a pause */
	int dev;
	int from_kernel;
	int fds[MATRIX_TARGETS];
	char *want;
	char *got;
};

static int send(struct bench *b, int fd, unsigned int op, struct bpio_args *a)
{
	return b->from_kernel ? caller_call(b->dev, fd, op, 0, a) : bpio_call(fd, op, 0, a);
}

static const char *path_of(const struct bench *b, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	return path;
}

static int make_file(const struct bench *b, const char *name)
{
	int fd = open(path_of(b, name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0)
		return fail_errno("%s", name);
	if (write(fd, b->want, SIZE) != SIZE || fsync(fd) || close(fd))
		return fail_errno("write %s", name);
	return 0;
}

static int open_all(struct bench *b)
{
	int bad = 0;

	b->fds[MATRIX_FILE] = open(path_of(b, "matrix.file"), O_RDONLY | O_DIRECT);
	b->fds[MATRIX_AGAIN] = open(path_of(b, "matrix.file"), O_RDONLY | O_DIRECT);
	b->fds[MATRIX_CACHED] = open(path_of(b, "matrix.cached"), O_RDONLY);
	b->fds[MATRIX_DIR] = open(path_of(b, "matrix.dir"), O_RDONLY | O_DIRECTORY);
	b->fds[MATRIX_ROOT] = open(b->dir, O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < MATRIX_TARGETS; i++)
		if (b->fds[i] < 0)
			bad = fail("target %d cannot be opened", i);
	return bad;
}

/* Nothing is left of the case before */
static int is_fresh(struct bench *b, const char *when)
{
	struct bpio_args a;

	if (bpio_call(b->fds[MATRIX_FILE], BPIO_OP_GET_INFO, 0, &a))
		return fail("%s: get-info", when);
	if (a.out_flags != BPIO_OUT_STORAGE_COMPATIBLE || a.state || a.stream_count ||
	    a.pause_count || a.volume_pause_count || a.info.volume_count)
		return fail("%s: flags %#x state %u count %u pauses %u of the mount %u, %u", when,
			    a.out_flags, a.state, a.stream_count, a.pause_count,
			    a.volume_pause_count, a.info.volume_count);
	return 0;
}

static int get_into(struct bench *b, unsigned int steps)
{
	static const struct {
		unsigned int step, op;
	} all[] = {
		{ MATRIX_DO_ENABLE, BPIO_OP_ENABLE },
		{ MATRIX_DO_DISABLE, BPIO_OP_DISABLE },
		{ MATRIX_DO_STREAM_PAUSE, BPIO_OP_STREAM_PAUSE },
		{ MATRIX_DO_VOLUME_PAUSE, BPIO_OP_VOLUME_PAUSE },
	};
	const int fd = b->fds[MATRIX_FILE];
	struct bpio_args a;
	int err;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (!(steps & all[i].step))
			continue;
		err = send(b, fd, all[i].op, &a);
		if (err)
			return fail("to get there: %s: %s", bpio_op_name(all[i].op),
				    strerror(-err));
	}
	err = steps & MATRIX_DO_BLOCK ? caller_block(b->dev, fd, CALLER) : 0;
	return err ? fail("to get there: block: %s", strerror(-err)) : 0;
}

static int close_all(struct bench *b)
{
	struct bpio_args a;
	int bad = bpio_call(b->fds[MATRIX_ROOT], BPIO_OP_VOLUME_RESUME, 0, &a);

	caller_unblock(b->dev, b->fds[MATRIX_ROOT], CALLER);
	for (int i = 0; i < MATRIX_TARGETS; i++)
		close(b->fds[i]);
	return bad ? fail("volume-resume: %s", strerror(-bad)) : 0;
}

static int result_is(const char *half, const struct bpio_result *r, unsigned int reason,
		     const char *driver)
{
	if (r->reason != reason || r->status != matrix_status(reason))
		return fail("the %s half says %s, %s; wanted %s, %s", half,
			    errno_name(-r->status), bpio_reason_name(r->reason),
			    errno_name(-matrix_status(reason)), bpio_reason_name(reason));
	if (!reason)
		return r->driver_len || r->text_len || r->flags ?
		       fail("the %s half does not refuse, but names somebody", half) : 0;
	if (r->driver_len != strlen(driver) || memcmp(r->driver, driver, r->driver_len))
		return fail("the %s half is refused by '%.*s', wanted '%s'", half, r->driver_len,
			    (const char *)r->driver, driver);
	return r->text_len ? 0 : fail("the %s half does not say why", half);
}

static int results_are(const struct bench *b, const struct matrix_cell *c,
		       const struct bpio_results *r)
{
	static const struct bpio_results none;
	const unsigned int storage = c->storage == MATRIX_PAUSED ? BPIO_REASON_VOLUME_PAUSED : 0;

	if (!matrix_has_results(c->op))
		return c->op != BPIO_OP_GET_INFO && memcmp(r, &none, sizeof(none)) ?
		       fail("results where there are none") : 0;
	return result_is("filter", &r->filter, c->filter,
			 c->filter == BPIO_REASON_ATTACH_BLOCKED ? CALLER : "bypassfs") ||
	       result_is("storage", &r->storage, storage, b->who);
}

/* @again: how often this operation was sent before */
static int answer_is(const struct bench *b, const struct matrix_cell *c, const struct bpio_args *a,
		     unsigned int again)
{
	const unsigned int flags = matrix_flags(c->flags) | BPIO_OUT_STORAGE_COMPATIBLE;
	const enum matrix_target target = matrix_situations[c->in].target;
	unsigned int more = matrix_counts(c) ? again : 0;
	unsigned int pauses = c->pauses + (c->op == BPIO_OP_STREAM_PAUSE ? more : 0);
	unsigned int volume_pauses = c->volume_pauses +
				     (c->op == BPIO_OP_VOLUME_PAUSE ? more : 0);
	int bad = results_are(b, c, &a->results);

	if (a->op != c->op || a->size != sizeof(*a))
		bad |= fail("op %u, size %u", a->op, a->size);
	if (a->out_flags != flags)
		bad |= fail("flags %#x, wanted %#x", a->out_flags, flags);
	if (a->stream_count != c->count)
		bad |= fail("count %u, wanted %u", a->stream_count, c->count);
	if (a->pause_count != pauses)
		bad |= fail("pauses %u, wanted %u", a->pause_count, pauses);
	if (a->volume_pause_count != volume_pauses)
		bad |= fail("pauses of the mount %u, wanted %u", a->volume_pause_count,
			    volume_pauses);
	if (c->op == BPIO_OP_GET_INFO &&
	    a->info.volume_count != (target <= MATRIX_AGAIN ? c->count : 1))
		bad |= fail("%u enabled on the mount", a->info.volume_count);
	return bad;
}

static int read_takes(struct bench *b, enum bpio_path path)
{
	const int fd = b->fds[MATRIX_FILE];
	struct bpio_args before, after;
	int took = -1;

	memset(b->got, 0xee, SIZE);
	if (bpio_call(fd, BPIO_OP_GET_INFO, 0, &before))
		return fail("get-info");
	if (pread(fd, b->got, SIZE, 0) != SIZE)
		return fail_errno("read afterwards");
	if (bpio_call(fd, BPIO_OP_GET_INFO, 0, &after))
		return fail("get-info");
	if (memcmp(b->got, b->want, SIZE))
		return fail("the read afterwards returned other bytes");
	for (int i = 0; i < BPIO_PATH_MAX; i++)
		if (after.info.reads[i] != before.info.reads[i])
			took = i;
	if (took != (int)path)
		return fail("the read afterwards took path %s, wanted %s",
			    took < 0 ? "none" : bpio_path_name(took), bpio_path_name(path));
	return 0;
}

static int cell(struct bench *b, const struct matrix_cell *c)
{
	const struct matrix_situation *s = &matrix_situations[c->in];
	struct bpio_args a;
	int bad = open_all(b) || is_fresh(b, "before") || get_into(b, s->steps);

	for (int again = 0; again < 2 && !bad; again++) {
		int err = send(b, b->fds[s->target], c->op, &a);

		bad = err ? fail("%s", strerror(-err)) : answer_is(b, c, &a, again);
		if (bad && again)
			bad = fail("when sent again");
	}
	bad = bad || read_takes(b, c->path);
	bad |= close_all(b);
	if (bad)
		fprintf(stderr, "FAIL: in the cell: %s, %s\n", s->name, bpio_op_name(c->op));
	return bad;
}

static int matrix(int argc, char **argv)
{
	const size_t count = sizeof(matrix_cells) / sizeof(*matrix_cells);
	struct bench b = { .who = "checks" };
	int bad = 0;

	if (argc != 3 || (strcmp(argv[2], "ioctl") && strcmp(argv[2], "kernel")))
		return fail("usage: matrix DIRECTORY ioctl|kernel");
	b.dir = argv[1];
	b.dev = caller_open();
	b.from_kernel = argv[2][0] == 'k';
	if (b.from_kernel)
		b.who = CALLER;
	if (posix_memalign((void **)&b.want, 4096, SIZE) ||
	    posix_memalign((void **)&b.got, 4096, SIZE))
		return fail("no memory");
	for (unsigned int i = 0; i < SIZE; i++)
		b.want[i] = i * 31 + i / 4096;
	if (make_file(&b, "matrix.file") || make_file(&b, "matrix.cached"))
		return 1;
	if (mkdir(path_of(&b, "matrix.dir"), 0755) && errno != EEXIST)
		return fail_errno("mkdir");
	if (count != MATRIX_SITUATIONS_NR * (BPIO_OP_MAX - 1))
		bad = fail("%zu cells", count);
	for (size_t i = 0; i < count; i++)
		bad |= cell(&b, &matrix_cells[i]);
	printf("%zu cells by %s\n", count, argv[2]);
	return bad;
}

CHECK("matrix", matrix, "DIRECTORY ioctl|kernel: each operation in each situation")
