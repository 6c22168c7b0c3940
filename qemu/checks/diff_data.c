// SPDX-License-Identifier: GPL-2.0
/* Operations on open files, for diff_main.c */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <unistd.h>

#include "checks.h"
#include "diff.h"

#define MAX_SIZE	(512 * 1024)

static unsigned char *buffer(void)
{
	static unsigned char room[DIFF_OUT + 4096] __attribute__((aligned(4096)));

	return room;
}

/* mostly odd numbers; sometimes what direct I/O likes */
static long offset_of(const struct step *st, int n)
{
	long pos = st->rnd[n] % MAX_SIZE;

	return st->rnd[11] % 3 ? pos : pos & ~4095L;
}

static long length_of(const struct step *st, int n)
{
	long len = st->rnd[n] % (st->rnd[n + 1] % 4 ? 5000 : 64 * 1024);

	return st->rnd[11] % 3 ? len : len & ~4095L;
}

static void fill(unsigned char *buf, long len, uint64_t seed)
{
	while (len-- > 0) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		*buf++ = seed >> 56;
	}
}

static void op_pread(struct side *s, const struct step *st, struct outcome *o)
{
	long n = pread(s->fd[st->slot], buffer(), length_of(st, 0), offset_of(st, 2));

	outcome_ret(o, n);
	if (n > 0)
		outcome_add(o, buffer(), n);
}

static void op_read(struct side *s, const struct step *st, struct outcome *o)
{
	long n = read(s->fd[st->slot], buffer(), length_of(st, 0));

	outcome_ret(o, n);
	if (n > 0)
		outcome_add(o, buffer(), n);
}

static void op_pwrite(struct side *s, const struct step *st, struct outcome *o)
{
	long len = length_of(st, 0);

	fill(buffer(), len, st->rnd[5]);
	outcome_ret(o, pwrite(s->fd[st->slot], buffer(), len, offset_of(st, 2)));
}

static void op_write(struct side *s, const struct step *st, struct outcome *o)
{
	long len = length_of(st, 0);
	struct stat sb;

	if (!fstat(s->fd[st->slot], &sb) && S_ISREG(sb.st_mode) && sb.st_size > MAX_SIZE)
		len %= 100;
	fill(buffer(), len, st->rnd[5]);
	outcome_ret(o, write(s->fd[st->slot], buffer(), len));
}

static void op_pwritev2(struct side *s, const struct step *st, struct outcome *o)
{
	static const int flags[] = { RWF_APPEND, RWF_DSYNC, RWF_SYNC, RWF_HIPRI, 0, 1 << 30 };
	struct iovec iov[2] = {
		{ buffer(), st->rnd[0] % 3000 }, { buffer() + 4000, st->rnd[1] % 3000 },
	};

	fill(buffer(), 8000, st->rnd[5]);
	outcome_ret(o, pwritev2(s->fd[st->slot], iov, 2, offset_of(st, 2), flags[st->rnd[6] % 6]));
}

static void op_preadv2(struct side *s, const struct step *st, struct outcome *o)
{
	static const int flags[] = { RWF_HIPRI, 0, RWF_APPEND, 1 << 30 };
	struct iovec iov[2] = {
		{ buffer(), st->rnd[0] % 3000 }, { buffer() + 3000, st->rnd[1] % 3000 },
	};
	long n;

	memset(buffer(), 0, 6000);
	n = preadv2(s->fd[st->slot], iov, 2, offset_of(st, 2), flags[st->rnd[6] % 4]);
	outcome_ret(o, n);
	if (n > 0)
		outcome_add(o, buffer(), 6000);
}

static void op_lseek(struct side *s, const struct step *st, struct outcome *o)
{
	static const int whences[] = { SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA, SEEK_HOLE, 77 };
	int fd = s->fd[st->slot], whence = whences[st->rnd[0] % 6];
	long pos = offset_of(st, 2);
	struct stat sb;

	/* positions in directories are the file system's own */
	if (!fstat(fd, &sb) && S_ISDIR(sb.st_mode))
		whence = SEEK_SET, pos = 0;
	/* where data end and holes begin is for the allocator to say until it is written */
	if (whence == SEEK_DATA || whence == SEEK_HOLE)
		fsync(fd);
	if (whence == SEEK_CUR || whence == SEEK_END)
		pos = pos / 8 - 3000;
	outcome_ret(o, lseek(fd, pos, whence));
}

static void op_ftruncate(struct side *s, const struct step *st, struct outcome *o)
{
	long size = offset_of(st, 2) - (st->rnd[0] % 50 ? 0 : MAX_SIZE);

	outcome_ret(o, ftruncate(s->fd[st->slot], size));
}

static void op_truncate(struct side *s, const struct step *st, struct outcome *o)
{
	(void)s;
	outcome_ret(o, truncate(st->path[0], offset_of(st, 2)));
}

static void op_fallocate(struct side *s, const struct step *st, struct outcome *o)
{
	static const int modes[] = {
		0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_ZERO_RANGE, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE, FALLOC_FL_UNSHARE_RANGE,
		FALLOC_FL_PUNCH_HOLE, 0x8000,
	};
	int mode = modes[st->rnd[0] % 10];
	long pos = offset_of(st, 2), len = 1 + length_of(st, 4);

	if (mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE)) {
		pos &= ~4095L;
		len = (len + 4095) & ~4095L;
	}
	outcome_ret(o, fallocate(s->fd[st->slot], mode, pos, len));
}

static void op_sync(struct side *s, const struct step *st, struct outcome *o)
{
	int fd = s->fd[st->slot];

	switch (st->rnd[0] % 4) {
	case 0:
		outcome_ret(o, fsync(fd));
		break;
	case 1:
		outcome_ret(o, fdatasync(fd));
		break;
	case 2:
		outcome_ret(o, sync_file_range(fd, offset_of(st, 2), length_of(st, 4),
					       st->rnd[5] % 8));
		break;
	default:
		outcome_ret(o, posix_fadvise(fd, offset_of(st, 2), length_of(st, 4),
					     st->rnd[5] % 7));
	}
}

static sigjmp_buf no_page;

static void on_sigbus(int sig)
{
	(void)sig;
	siglongjmp(no_page, 1);
}

/* A file system may refuse to make a page writable, as that of an immutable file. */
static void touch(unsigned char *p, long len, int writable, uint64_t seed, struct outcome *o)
{
	signal(SIGBUS, on_sigbus);
	if (sigsetjmp(no_page, 1)) {
		outcome_printf(o, "SIGBUS\n");
	} else {
		if (writable)
			fill(p + len / 3, len / 3, seed);
		outcome_add(o, p, len);
	}
	signal(SIGBUS, SIG_DFL);
}

static void op_mmap(struct side *s, const struct step *st, struct outcome *o)
{
	int fd = s->fd[st->slot], prot = st->rnd[0] % 2 ? PROT_READ | PROT_WRITE : PROT_READ;
	int flags = st->rnd[1] % 2 ? MAP_SHARED : MAP_PRIVATE;
	long pos = offset_of(st, 2) & ~4095L, len = 1 + st->rnd[4] % 20000;
	struct stat sb;
	unsigned char *p = mmap(NULL, len, prot, flags, fd, pos);

	outcome_ret(o, p == MAP_FAILED ? -1 : 0);
	if (p == MAP_FAILED)
		return;
	/* what lies past the end of the file is not ours to touch */
	if (!fstat(fd, &sb) && sb.st_size > pos)
		touch(p, sb.st_size - pos < len ? sb.st_size - pos : len, prot & PROT_WRITE,
		      st->rnd[5], o);
	munmap(p, len);
}

static void op_copy(struct side *s, const struct step *st, struct outcome *o)
{
	int in = s->fd[st->slot], out = s->fd[st->other];
	off_t from = offset_of(st, 2), to = offset_of(st, 4);
	struct file_clone_range clone = {
		.src_fd = in, .src_offset = from & ~4095L, .dest_offset = to & ~4095L,
		.src_length = length_of(st, 6) & ~4095L,
	};

	/* not between the mount and the directory below it */
	if (s->fd_view[st->slot] != s->fd_view[st->other])
		return;
	switch (st->rnd[0] % 4) {
	case 0:
		outcome_ret(o, copy_file_range(in, &from, out, &to, length_of(st, 6), 0));
		break;
	case 1:
		outcome_ret(o, ioctl(out, FICLONERANGE, &clone));
		break;
	case 2:
		outcome_ret(o, ioctl(out, FICLONE, in));
		break;
	default:
		outcome_ret(o, sendfile(out, in, &from, length_of(st, 6)));
	}
}

static void op_dedupe(struct side *s, const struct step *st, struct outcome *o)
{
	struct {
		struct file_dedupe_range r;
		struct file_dedupe_range_info i;
	} d = {
		.r.src_offset = offset_of(st, 2) & ~4095L, .r.src_length = 4096, .r.dest_count = 1,
		.i.dest_fd = s->fd[st->other], .i.dest_offset = offset_of(st, 4) & ~4095L,
	};

	if (s->fd_view[st->slot] != s->fd_view[st->other])
		return;
	outcome_ret(o, ioctl(s->fd[st->slot], FIDEDUPERANGE, &d));
	outcome_printf(o, "%d %lld\n", d.i.status, (long long)d.i.bytes_deduped);
}

static void op_setfl(struct side *s, const struct step *st, struct outcome *o)
{
	static const int flags[] = { O_APPEND, O_DIRECT, O_NOATIME, 0 };
	int fd = s->fd[st->slot];

	outcome_ret(o, fcntl(fd, F_SETFL, O_NONBLOCK | flags[st->rnd[0] % 4]));
	outcome_printf(o, "%x\n", fcntl(fd, F_GETFL));
}

static void op_lock(struct side *s, const struct step *st, struct outcome *o)
{
	struct flock l = {
		.l_type = st->rnd[1] % 3, .l_whence = st->rnd[2] % 3,
		.l_start = st->rnd[3] % 1000, .l_len = st->rnd[4] % 1000,
	};
	int fd = s->fd[st->slot];

	switch (st->rnd[0] % 4) {
	case 0:
		outcome_ret(o, flock(fd, (st->rnd[1] % 2 ? LOCK_EX : LOCK_SH) | LOCK_NB));
		break;
	case 1:
		outcome_ret(o, flock(fd, LOCK_UN));
		break;
	case 2:
		outcome_ret(o, fcntl(fd, F_OFD_SETLK, &l));
		break;
	default:
		outcome_ret(o, fcntl(fd, F_OFD_GETLK, &l));
		outcome_printf(o, "%d %ld %ld\n", l.l_type, (long)l.l_start, (long)l.l_len);
	}
}

const struct op diff_data[] = {
	{ "pread", 16, op_pread },
	{ "read", 8, op_read },
	{ "pwrite", 16, op_pwrite },
	{ "write", 10, op_write },
	{ "pwritev2", 5, op_pwritev2 },
	{ "preadv2", 3, op_preadv2 },
	{ "lseek", 8, op_lseek },
	{ "ftruncate", 5, op_ftruncate },
	{ "truncate", 4, op_truncate },
	{ "fallocate", 8, op_fallocate },
	{ "sync", 4, op_sync },
	{ "mmap", 8, op_mmap },
	{ "copy", 8, op_copy },
	{ "dedupe", 3, op_dedupe },
	{ "setfl", 3, op_setfl },
	{ "lock", 6, op_lock },
	{ }
};
