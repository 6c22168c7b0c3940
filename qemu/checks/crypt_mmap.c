// SPDX-License-Identifier: GPL-2.0
/* Mappings and encryption keep each other out, also when they come at the same time. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crypt_call.h"

#define SIZE	(256 * 1024)
#define ROUNDS	30

static int fd, stop;
static unsigned long mapped, refused;

static int busy_while(int prot, int flags)
{
	void *map = mmap(NULL, SIZE, prot, flags, fd, 0);
	struct bpio_crypt_request req;
	struct bpio_args a;
	int err;

	if (map == MAP_FAILED)
		return fail_errno("mmap");
	err = crypt_request(fd, BPIO_CRYPT_OP_ENCRYPT, &req);
	if (err != -EBUSY)
		return fail("encrypt of a mapped file: %d", err);
	if (crypt_state(fd) != BPIO_CRYPT_PLAIN)
		return fail("refused, but state %d", crypt_state(fd));
	if (bpio_call(fd, BPIO_OP_QUERY, 0, &a) ||
	    a.results.filter.reason == BPIO_REASON_ENCRYPTED)
		return fail("refused, but vetoed");
	munmap(map, SIZE);
	return 0;
}

/* Whatever it can map is plain text for as long as it is mapped */
static void *mapper(void *arg)
{
	volatile unsigned char *map;

	while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
		map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED) {
			if (errno != ENODEV)
				return (void *)(long)fail_errno("mmap");
			refused++;
			usleep(300);
			continue;
		}
		mapped++;
		for (int i = 0; i < SIZE; i += 4093)
			if (map[i] != 'p')
				return (void *)(long)fail("mapped byte %d is %#x", i, map[i]);
		munmap((void *)map, SIZE);
		/* It is to be encrypted now and then */
		usleep(300);
	}
	return arg;
}

static int race(void)
{
	struct bpio_crypt_request req;
	unsigned long done = 0;
	pthread_t thread;
	void *bad;
	int err = 0;

	if (pthread_create(&thread, NULL, mapper, NULL))
		return fail("no thread");
	for (int i = 0; i < 100 * ROUNDS && done < ROUNDS && (!err || err == -EBUSY); i++) {
		err = crypt_request(fd, BPIO_CRYPT_OP_ENCRYPT, &req);
		if (err)
			continue;
		done++;
		err = crypt_request(fd, BPIO_CRYPT_OP_DECRYPT, &req);
	}
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	pthread_join(thread, &bad);
	if (bad)
		return 1;
	printf("%lu times encrypted, %lu mapped, %lu refused\n", done, mapped, refused);
	if (done < ROUNDS || !mapped || !refused)
		return fail("one never got its turn: last %d", err);
	return 0;
}

static int crypt_mmap(int argc, char **argv)
{
	static char data[SIZE];

	if (argc != 2)
		return fail("usage: crypt-mmap FILE");
	memset(data, 'p', sizeof(data));
	fd = open(argv[1], O_RDWR | O_CREAT, 0644);
	if (fd < 0 || write(fd, data, sizeof(data)) != SIZE)
		return fail_errno("%s", argv[1]);
	if (busy_while(PROT_READ, MAP_SHARED) || busy_while(PROT_READ, MAP_PRIVATE) ||
	    busy_while(PROT_READ | PROT_WRITE, MAP_SHARED) || crypt_must(argv[1], 1))
		return 1;
	if (mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0) != MAP_FAILED || errno != ENODEV)
		return fail_errno("mmap of an encrypted file");
	return crypt_must(argv[1], BPIO_CRYPT_OP_DECRYPT) || race();
}

CHECK("crypt-mmap", crypt_mmap,
      "FILE: a mapped file is not encrypted, an encrypted one not mapped")

/* Maps it, however long that takes, and looks at it for some seconds */
static int crypt_map(int argc, char **argv)
{
	const volatile unsigned char *map;

	if (argc != 2)
		return fail("usage: crypt-map FILE");
	fd = open(argv[1], O_RDONLY);
	map = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
	if (fd < 0 || map == MAP_FAILED)
		return fail_errno("mmap of %s", argv[1]);
	for (int n = 0; n < 300; n++, usleep(10000))
		for (int i = 0; i < SIZE; i += 4093)
			if (map[i] != 'p')
				return fail("mapped byte %d is %#x", i, map[i]);
	return 0;
}

CHECK("crypt-map", crypt_map, "FILE, of crypt-mmap: maps it, and it stays as it is")
