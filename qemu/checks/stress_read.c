// SPDX-License-Identifier: GPL-2.0
/*
 * Readers: enabled O_DIRECT handles, random offsets, each block judged. Plain calls,
 * kernel AIO and io_uring by turns, the latter two with several reads in flight.
 */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "read_uring.h"
#include "stress.h"
#include "uapi_call.h"

#define DEPTH		8
#define HANDLE_READS	400	/* then the file is opened anew */
#define OLD_READS	16	/* of a file that has been replaced */

struct handle {
	unsigned int index;
	struct slot *slot;
	uint64_t id;
	int fd, old;
	struct read_uring *uring;
};

struct request {
	char *buffer;
	unsigned int first, count;	/* blocks */
	uint32_t seq, size_done, blocks, shift_done, map_done;
	uint32_t lo[MAX_READ];
	uint64_t id;
};

static struct request requests[DEPTH];
static unsigned long aio;

static int bad(const struct handle *h, const struct request *r, unsigned int block,
	       const char *what, uint32_t lo, uint32_t hi)
{
	if (load(&sh->failed))
		return -1;
	store(&sh->failed, 1);
	store(&sh->stop, 1);
	fprintf(stderr, "FAIL: slot %u, file id %llu, block %u (read of %u at %u): %s; generations %u to %u%s\n",
		h->index, (unsigned long long)h->id, r->first + block, r->count, r->first, what,
		lo, hi, h->old ? "; the file has been replaced" : "");
	stress_dump(r->buffer + (size_t)block * BLOCK);
	return -1;
}

/* Before the read: what is true now, and a buffer that shows what was not read */
static void begin(const struct handle *h, struct request *r, uint64_t *x)
{
	unsigned int kind = stress_random(x) % 128;
	struct slot *s = h->slot;

	r->count = kind < 118 ? 1 : kind < 124 ? 4 : kind < 127 ? 16 : MAX_READ;
	if (r->count > sh->blocks)
		r->count = sh->blocks;
	r->first = stress_random(x) % sh->blocks;
	if (r->first + r->count > sh->blocks)
		r->first = sh->blocks - r->count;
	for (size_t i = 0; i < (size_t)r->count * SECTORS; i++)
		*(uint64_t *)(r->buffer + i * SECTOR) = STAMP;
	r->seq = load(&s->replace_seq);
	r->id = load(&s->id);
	r->size_done = load(&s->size_done);
	r->blocks = load(&s->blocks);
	r->shift_done = load(&s->shift_done);
	r->map_done = load(&s->map_done);
	for (unsigned int i = 0; i < r->count; i++)
		r->lo[i] = load(&s->done[r->first + i]);
}

static int wrong_length(const struct request *r, ssize_t n)
{
	off_t end = (off_t)r->blocks * BLOCK, at = (off_t)r->first * BLOCK;
	ssize_t want = end <= at ? 0 : end - at;

	if (want > (ssize_t)r->count * BLOCK)
		want = (ssize_t)r->count * BLOCK;
	return n != want;
}

/* After the read */
static int judge(struct handle *h, const struct request *r, ssize_t n)
{
	struct slot *s = h->slot;
	uint32_t lo, hi, sized = load(&s->size_begun), shifted = load(&s->shift_begun);
	int loose, ours, mapped = load(&s->map_begun) != r->map_done;
	const char *what;

	/* the generations are loaded before the sequence number that makes them valid */
	uint32_t his[MAX_READ];

	for (unsigned int i = 0; i < r->count; i++)
		his[i] = load(&s->begun[r->first + i]);
	ours = load(&s->replace_seq) == r->seq && !(r->seq & 1) && r->id == h->id;
	loose = !ours || shifted != r->shift_done;
	if (!ours && r->id != h->id)
		h->old++;
	if (n < 0 || n % SECTOR) {
		errno = n < 0 ? -n : 0;
		fprintf(stderr, "read of %u blocks at %u returned %zd\n", r->count, r->first, n);
		return stress_failed("reader", "read");
	}
	if (!loose && sized == r->size_done && wrong_length(r, n))
		return bad(h, r, 0, "wrong length", n, r->blocks);
	add(&sh->reads, 1);
	add(&sh->bytes, n);
	add(loose ? &sh->loose : &sh->checked, n / BLOCK);
	for (ssize_t at = 0; at < n; at += SECTOR) {
		unsigned int block = at / BLOCK, index = at % BLOCK / SECTOR;
		const char *sector = r->buffer + at;

		lo = loose ? 1 : r->lo[block];
		hi = loose ? 0 : his[block];
		block += r->first;
		what = stress_sector(sector, h->index, h->id, block, index, lo, hi);
		if (what && mapped &&
		    stress_mixed(sector, h->index, h->id, block, index, lo, hi))
			continue;
		if (what)
			return bad(h, r, block - r->first, what, lo, hi);
	}
	return 0;
}

static int open_handle(struct handle *h, uint64_t *x)
{
	struct bpio_args a;
	char path[4096];
	uint32_t seq;

	for (;;) {
		h->index = stress_random(x) % sh->slots;
		h->slot = &sh->slot[h->index];
		h->old = 0;
		seq = load(&h->slot->replace_seq);
		h->id = load(&h->slot->id);
		stress_path(path, sh->upper, h->index);
		h->fd = open(path, O_RDONLY | O_DIRECT);
		if (h->fd < 0 && errno != ENOENT)
			return stress_failed("reader", "open");
		if (h->fd >= 0 && !(seq & 1) && load(&h->slot->replace_seq) == seq)
			break;
		if (h->fd >= 0)
			close(h->fd);
		if (load(&sh->stop))
			return -1;
		stress_nap(1);
	}
	errno = -bpio_call(h->fd, BPIO_OP_ENABLE, 0, &a);
	if (errno)
		return stress_failed("reader", "enable");
	if (a.results.filter.status)
		add(&sh->unenabled, 1);
	add(&sh->opens, 1);
	h->uring = NULL;
	return 0;
}

static int close_handle(struct handle *h)
{
	struct bpio_info info;

	if (bpio_counts(h->fd, &info))
		return stress_failed("reader", "get-info");
	for (int i = 0; i < BPIO_PATH_MAX; i++)
		add(&sh->paths[i], info.reads[i]);
	for (int i = 0; i < BPIO_REASON_MAX; i++)
		add(&sh->reasons[i], info.reasons[i]);
	read_uring_free(h->uring);
	close(h->fd);
	return 0;
}

static int read_plain(struct handle *h, uint64_t *x)
{
	struct request *r = &requests[0];
	ssize_t n;

	begin(h, r, x);
	n = pread(h->fd, r->buffer, (size_t)r->count * BLOCK, (off_t)r->first * BLOCK);
	return judge(h, r, n < 0 ? -errno : n);
}

static int read_aio(struct handle *h, uint64_t *x)
{
	struct iocb cbs[DEPTH], *list[DEPTH];
	struct io_event events[DEPTH];
	long left = DEPTH, n;

	memset(cbs, 0, sizeof(cbs));
	for (unsigned int i = 0; i < DEPTH; i++) {
		begin(h, &requests[i], x);
		list[i] = &cbs[i];
		cbs[i].aio_fildes = h->fd;
		cbs[i].aio_lio_opcode = IOCB_CMD_PREAD;
		cbs[i].aio_buf = (uintptr_t)requests[i].buffer;
		cbs[i].aio_nbytes = (size_t)requests[i].count * BLOCK;
		cbs[i].aio_offset = (off_t)requests[i].first * BLOCK;
		cbs[i].aio_data = i;
	}
	if (syscall(SYS_io_submit, aio, (long)DEPTH, list) != DEPTH)
		return stress_failed("reader", "io_submit");
	while (left) {
		n = syscall(SYS_io_getevents, aio, 1L, left, events, NULL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return stress_failed("reader", "io_getevents");
		left -= n;
		for (long i = 0; i < n; i++)
			if (judge(h, &requests[events[i].data], events[i].res))
				return -1;
	}
	return 0;
}

static int read_ring(struct handle *h, uint64_t *x)
{
	unsigned int left = DEPTH;
	unsigned long tag;
	ssize_t n;

	if (!h->uring)
		h->uring = read_uring_new(h->fd);
	if (!h->uring)
		return read_aio(h, x);
	for (unsigned int i = 0; i < DEPTH; i++) {
		begin(h, &requests[i], x);
		if (read_uring_queue(h->uring, requests[i].buffer,
				     (size_t)requests[i].count * BLOCK,
				     (off_t)requests[i].first * BLOCK, i))
			return stress_failed("reader", "io_uring queue");
	}
	while (left) {
		errno = -read_uring_submit(h->uring, 1);
		if (errno && errno != EINTR)
			return stress_failed("reader", "io_uring_enter");
		while (!read_uring_take(h->uring, &tag, &n)) {
			left--;
			if (judge(h, &requests[tag], n))
				return -1;
		}
	}
	return 0;
}

/* Reads by one handle; a file that has been replaced is read a little longer */
static int use_handle(struct handle *h, uint64_t *x)
{
	unsigned int kind = stress_random(x) % 8;
	int ret = 0;

	for (unsigned int n = 0; n < HANDLE_READS && !ret && h->old < OLD_READS; ) {
		if (load(&sh->stop))
			break;
		if (kind < 5) {
			ret = read_plain(h, x);
			n++;
		} else {
			ret = kind < 7 ? read_aio(h, x) : read_ring(h, x);
			n += DEPTH;
		}
	}
	return ret;
}

int stress_reader(unsigned int number)
{
	uint64_t x = sh->seed * 0x9e3779b97f4a7c15ull + number * 77 + 1;
	struct handle h;
	char *buffers;

	buffers = mmap(NULL, (size_t)DEPTH * MAX_READ * BLOCK, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buffers == MAP_FAILED || syscall(SYS_io_setup, (long)DEPTH, &aio))
		return stress_failed("reader", "set-up");
	for (unsigned int i = 0; i < DEPTH; i++)
		requests[i].buffer = buffers + (size_t)i * MAX_READ * BLOCK;
	while (!load(&sh->stop)) {
		if (open_handle(&h, &x))
			break;
		if (use_handle(&h, &x) || close_handle(&h))
			break;
		if (load(&sh->reads) >= sh->want_reads || stress_now_ms() >= sh->deadline)
			store(&sh->stop, 1);
	}
	return load(&sh->failed);
}
