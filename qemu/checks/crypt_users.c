// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that write and read, each its own part of a file, while the file is encrypted and
 * decrypted. The parts meet inside blocks. The first often goes past the page cache. One more
 * appends.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "crypt_call.h"

#define THREADS	4
#define PART	50021		/* odd: parts share blocks, units and chunks */
#define APPEND	113
#define DIRECT	4096

struct user {
	const char *path;
	unsigned int nr;
	uint64_t random, ops;
	unsigned char model[PART];
	int bad;
	pthread_t thread;
};

static int stop;

static unsigned long draw(struct user *u, unsigned long below)
{
	u->random = u->random * 6364136223846793005ull + 1442695040888963407ull;
	return (u->random >> 33) % below;
}

static int write_some(struct user *u, int fd, long base)
{
	long at = draw(u, PART), len = 1 + draw(u, draw(u, 4) ? 100 : PART);

	if (at + len > PART)
		len = PART - at;
	for (long i = at; i < at + len; i++)
		u->model[i] = draw(u, 256);
	if (pwrite(fd, u->model + at, len, base + at) != len)
		return fail_errno("user %u: write", u->nr);
	return 0;
}

static int read_some(struct user *u, int fd, long base)
{
	unsigned char got[PART];
	long at = draw(u, PART), len = 1 + draw(u, PART - at);

	if (pread(fd, got, len, base + at) != len)
		return fail_errno("user %u: read", u->nr);
	for (long i = 0; i < len; i++)
		if (got[i] != u->model[at + i])
			return fail("user %u, byte %ld of its part: %#x, wanted %#x", u->nr,
				    at + i, got[i], u->model[at + i]);
	return 0;
}

/* Whole blocks with O_DIRECT; the first part begins with one */
static int direct_some(struct user *u, int fd)
{
	static unsigned char data[PART / DIRECT * DIRECT] __attribute__((aligned(DIRECT)));
	long at = draw(u, PART / DIRECT), nr = 1 + draw(u, PART / DIRECT - at);
	long pos = at * DIRECT, len = nr * DIRECT;

	if (draw(u, 2)) {
		for (long i = 0; i < len; i++)
			data[i] = u->model[pos + i] = draw(u, 256);
		if (pwrite(fd, data, len, pos) != len)
			return fail_errno("direct write");
		return 0;
	}
	if (pread(fd, data, len, pos) != len)
		return fail_errno("direct read");
	if (memcmp(data, u->model + pos, len))
		return fail("direct read of %ld at %ld: other bytes", len, pos);
	return 0;
}

static void *user(void *arg)
{
	struct user *u = arg;
	long base = (long)u->nr * PART;
	int fd = open(u->path, O_RDWR), direct = open(u->path, O_RDWR | O_DIRECT);

	u->bad = fd < 0 || direct < 0;
	while (!u->bad && !__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
		if (!u->nr && draw(u, 2))
			u->bad = direct_some(u, direct);
		else
			u->bad = draw(u, 2) ? write_some(u, fd, base) : read_some(u, fd, base);
		u->ops++;
	}
	u->bad = u->bad || read_some(u, fd, base);
	close(direct);
	close(fd);
	return NULL;
}

/* Whole records, and one after the other */
static void *appender(void *arg)
{
	struct user *u = arg;
	unsigned char record[APPEND];
	int fd = open(u->path, O_WRONLY | O_APPEND);

	while (fd >= 0 && !u->bad && !__atomic_load_n(&stop, __ATOMIC_SEQ_CST) && u->ops < 3000) {
		memset(record, (int)(u->ops & 0xff), sizeof(record));
		if (write(fd, record, sizeof(record)) != APPEND)
			u->bad = fail_errno("append");
		u->ops++;
	}
	close(fd);
	return NULL;
}

static int check_records(const char *path, uint64_t records)
{
	unsigned char record[APPEND];
	int fd = open(path, O_RDONLY);
	off_t pos = (off_t)THREADS * PART;

	for (uint64_t i = 0; i < records; i++, pos += APPEND) {
		if (pread(fd, record, APPEND, pos) != APPEND)
			return fail_errno("record %lu", (unsigned long)i);
		for (int j = 0; j < APPEND; j++)
			if (record[j] != (i & 0xff))
				return fail("record %lu of %lu, byte %d: %#x", (unsigned long)i,
					    (unsigned long)records, j, record[j]);
	}
	if (read(fd, record, 0) || lseek(fd, 0, SEEK_END) != pos)
		return fail("size %ld, wanted %ld", (long)lseek(fd, 0, SEEK_END), (long)pos);
	close(fd);
	return 0;
}

static int start(struct user *users, const char *path)
{
	for (unsigned int i = 0; i <= THREADS; i++) {
		users[i].path = path;
		users[i].nr = i;
		users[i].random = i * 7919 + 1;
		if (pthread_create(&users[i].thread, NULL, i == THREADS ? appender : user,
				   &users[i]))
			return fail("no thread");
	}
	return 0;
}

static int crypt_users(int argc, char **argv)
{
	static struct user users[THREADS + 1];
	uint64_t ops = 0;
	int bad = 0;

	if (argc != 3)
		return fail("usage: crypt-users FILE TIMES");
	close(open(argv[1], O_RDWR | O_CREAT, 0644));
	if (truncate(argv[1], (off_t)THREADS * PART))
		return fail_errno("%s", argv[1]);
	if (start(users, argv[1]))
		return 1;
	for (unsigned int i = 0; i < number(argv[2]) && !bad; i++)
		bad = crypt_must(argv[1], BPIO_CRYPT_OP_ENCRYPT) ||
		      crypt_must(argv[1], BPIO_CRYPT_OP_DECRYPT);
	bad = bad || crypt_must(argv[1], BPIO_CRYPT_OP_ENCRYPT);
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i <= THREADS; i++) {
		pthread_join(users[i].thread, NULL);
		bad |= users[i].bad;
		ops += users[i].ops;
	}
	printf("%lu reads and writes, %lu appends\n", (unsigned long)ops,
	       (unsigned long)users[THREADS].ops);
	return bad || check_records(argv[1], users[THREADS].ops);
}

CHECK("crypt-users", crypt_users,
      "FILE TIMES: it is encrypted and decrypted while threads write, read and append")
