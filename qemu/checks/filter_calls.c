// SPDX-License-Identifier: GPL-2.0
/*
 * One call after the other on one file, and what each returned: what a program sees of
 * filters.
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "probe_call.h"

#define BLOCK	4096

/* The file of the calls; fd is -1 when it is not open */
static const char *path;
static int fd = -1;
static char *buf;

static long result(long n)
{
	return n < 0 ? -errno : n;
}

static long open_as(int flags)
{
	fd = open(path, flags, 0644);
	return fd < 0 ? -errno : 0;
}

static long do_open(void) { return open_as(O_RDWR); }
static long do_direct(void) { return open_as(O_RDONLY | O_DIRECT); }
static long do_direct_both(void) { return open_as(O_RDWR | O_DIRECT); }
static long do_create(void) { return open_as(O_RDWR | O_CREAT | O_EXCL); }
static long do_truncated(void) { return open_as(O_RDWR | O_TRUNC); }
static long do_tmpfile(void) { return open_as(O_RDWR | O_TMPFILE); }
static long do_directory(void) { return open_as(O_RDONLY | O_DIRECTORY); }
static long do_read(void) { return result(pread(fd, buf, BLOCK, 0)); }
static long do_write(void) { return result(pwrite(fd, buf, BLOCK, 0)); }
static long do_fsync(void) { return result(fsync(fd)); }
static long do_fdatasync(void) { return result(fdatasync(fd)); }
static long do_ftruncate(void) { return result(ftruncate(fd, 3 * BLOCK)); }
static long do_truncate(void) { return result(truncate(path, 3 * BLOCK)); }
static long do_fchmod(void) { return result(fchmod(fd, 0600)); }
static long do_fallocate(void) { return result(fallocate(fd, 0, 0, 2 * BLOCK)); }
static long do_unlink(void) { return result(unlink(path)); }

static long do_close(void)
{
	long ret = result(close(fd));

	fd = -1;
	return ret;
}

static long do_punch(void)
{
	return result(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, BLOCK));
}

static long do_mmap(void)
{
	void *map = mmap(NULL, BLOCK, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	munmap(map, BLOCK);
	return 0;
}

static long do_nowait(void)
{
	struct iovec iov = { .iov_base = buf, .iov_len = BLOCK };

	return result(preadv2(fd, &iov, 1, 0, RWF_NOWAIT));
}

static long do_nowait_write(void)
{
	struct iovec iov = { .iov_base = buf, .iov_len = BLOCK };

	return result(pwritev2(fd, &iov, 1, 0, RWF_NOWAIT));
}

static int open_copy(void)
{
	char name[256];

	snprintf(name, sizeof(name), "%s.copy", path);
	return open(name, O_RDWR | O_CREAT, 0644);
}

static long do_clone(void)
{
	int to = open_copy();
	long ret = result(ioctl(to, FICLONE, fd));

	close(to);
	return ret;
}

static long do_dedupe(void)
{
	struct {
		struct file_dedupe_range range;
		struct file_dedupe_range_info info;
	} arg = { .range = { .src_length = BLOCK, .dest_count = 1 } };
	int to = open_copy();
	long ret;

	arg.info.dest_fd = to;
	ret = result(ioctl(fd, FIDEDUPERANGE, &arg));
	close(to);
	return ret ? ret : arg.info.status;
}

static const struct {
	const char *name;
	long (*fn)(void);
} verbs[] = {
	{ "open", do_open }, { "direct", do_direct }, { "direct-both", do_direct_both },
	{ "create", do_create },
	{ "truncated", do_truncated }, { "tmpfile", do_tmpfile }, { "directory", do_directory },
	{ "read", do_read }, { "write", do_write }, { "fsync", do_fsync },
	{ "fdatasync", do_fdatasync }, { "ftruncate", do_ftruncate },
	{ "truncate", do_truncate }, { "fchmod", do_fchmod }, { "fallocate", do_fallocate },
	{ "punch", do_punch }, { "unlink", do_unlink }, { "close", do_close },
	{ "mmap", do_mmap }, { "nowait", do_nowait }, { "nowait-write", do_nowait_write },
	{ "clone", do_clone }, { "dedupe", do_dedupe },
};

/* "0", "EBUSY", or "ETXTBSY/bpio_probe.a/defrag/the text"; "+" where it was cut */
static void print_operation(const char *word)
{
	struct bpio_args a;
	const struct bpio_result *r = &a.results.filter;
	unsigned int op = bpio_op_of(word);
	int err = bpio_call(fd, op, 0, &a);

	if (err)
		printf("%s", errno_name(-err));
	else if (op == BPIO_OP_GET_INFO || !r->status)
		printf("0");
	else
		printf("%s/%.*s/%s/%.*s%s", errno_name(-r->status), r->driver_len,
		       (const char *)r->driver, bpio_reason_name(r->reason), r->text_len,
		       (const char *)r->text, r->flags & BPIO_RESULT_CUT ? "+" : "");
}

static void print_word(const char *word)
{
	long ret;

	printf("%s=", word);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(word, verbs[i].name))
			continue;
		ret = verbs[i].fn();
		if (ret < 0)
			printf("%s", errno_name(-ret));
		else
			printf("%ld", ret);
		return;
	}
	if (!strcmp(word, "path"))
		printf("%s", bpio_path_name(bpio_read_path(fd, buf, BLOCK, 0)));
	else if (!strcmp(word, "enabled"))
		printf("%d", !!({ struct bpio_args a; bpio_call(fd, BPIO_OP_QUERY, 0, &a);
				  a.out_flags & BPIO_OUT_ENABLED; }));
	else
		print_operation(word);
}

static int calls(int argc, char **argv)
{
	int space = 0;

	if (argc < 3)
		return fail("usage: filter-calls FILE WORD...");
	path = argv[1];
	if (posix_memalign((void **)&buf, BLOCK, BLOCK))
		return fail("no memory");
	memset(buf, 'x', BLOCK);
	for (int i = 2; i < argc; i++) {
		/* What comes with a "!" is for the filters */
		if (argv[i][0] == '!') {
			if (probe_must("%s", argv[i] + 1))
				return 1;
			continue;
		}
		if (space++)
			putchar(' ');
		print_word(argv[i]);
	}
	putchar('\n');
	return 0;
}

CHECK("filter-calls", calls, "FILE WORD...: open, read, enable and so on; prints what came of each")
