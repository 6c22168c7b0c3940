// SPDX-License-Identifier: GPL-2.0
/* Appended at once by several: each record is there in one piece, once, in its writer's order. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks.h"

#define MAGIC	0x61707065u
#define RECORDS	24
#define WRITERS	3

struct record {
	uint32_t magic, writer, number, len;
};

/* Some are longer than what filters are shown at a time; the others go on as long as these do */
static const uint32_t lengths[WRITERS] = { 700001, 4096, 333 };
static uint32_t written[WRITERS];
static int long_ones_done;
static const char *path;

static int goes_on(uint32_t writer)
{
	return written[writer] < RECORDS ||
	       (writer && !__atomic_load_n(&long_ones_done, __ATOMIC_SEQ_CST));
}

static void *append(void *arg)
{
	const uint32_t writer = (uintptr_t)arg, len = lengths[writer];
	int fd = open(path, O_WRONLY | O_APPEND);
	char *buf = malloc(len);
	intptr_t bad = 0;

	if (fd < 0 || !buf)
		exit(fail_errno("%s", path));
	memset(buf, 'a' + writer, len);
	for (; goes_on(writer) && !bad; written[writer]++) {
		memcpy(buf, &(struct record){ MAGIC, writer, written[writer], len },
		       sizeof(struct record));
		bad = write(fd, buf, len) != (ssize_t)len;
	}
	if (!writer)
		__atomic_store_n(&long_ones_done, 1, __ATOMIC_SEQ_CST);
	free(buf);
	close(fd);
	return (void *)bad;
}

static int is_record(const char *at, const char *end, uint32_t *next)
{
	struct record r;

	if (end - at < (long)sizeof(r))
		return 0;
	memcpy(&r, at, sizeof(r));
	if (r.magic != MAGIC || r.writer >= WRITERS || r.len != lengths[r.writer] ||
	    end - at < (long)r.len || r.number != next[r.writer])
		return 0;
	for (uint32_t i = sizeof(r); i < r.len; i++)
		if (at[i] != (char)('a' + r.writer))
			return 0;
	next[r.writer]++;
	return r.len;
}

static int all_there(void)
{
	uint32_t next[WRITERS] = {};
	struct stat st;
	char *data, *at;
	int fd = open(path, O_RDONLY), len;

	if (fd < 0 || fstat(fd, &st))
		return fail_errno("%s", path);
	data = malloc(st.st_size);
	if (!data || read(fd, data, st.st_size) != st.st_size)
		return fail_errno("read of %ld", (long)st.st_size);
	for (at = data; at < data + st.st_size; at += len) {
		len = is_record(at, data + st.st_size, next);
		if (!len)
			return fail("no whole record at %ld of %ld", (long)(at - data),
				    (long)st.st_size);
	}
	for (int i = 0; i < WRITERS; i++)
		if (next[i] != written[i])
			return fail("writer %d: %u records", i, next[i]);
	return 0;
}

static int appends(int argc, char **argv)
{
	pthread_t threads[WRITERS];
	void *ret;
	int bad = 0;

	if (argc != 2)
		return fail("usage: filter-append FILE");
	path = argv[1];
	close(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
	for (uintptr_t i = 0; i < WRITERS; i++)
		if (pthread_create(&threads[i], NULL, append, (void *)i))
			return fail("no thread");
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], &ret);
		bad |= !!ret;
	}
	return bad ? fail("a writer has failed") : all_there();
}

CHECK("filter-append", appends, "FILE: records appended by several at once stay whole")
