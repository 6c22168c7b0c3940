// SPDX-License-Identifier: GPL-2.0
/*
 * The example in BypassIO's documentation: an encryption filter and a file whose bypass is
 * enabled. Threads read, and look at every byte, from the beginning to the end.
 */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "crypt_call.h"
#include "readers.h"

#define BLOCKS	64
#define THREADS	4

static int vetoed(const struct bpio_result *r, const char *what)
{
	static const char who[] = "bpio_crypt", text[] = "Encrypted file not supported";

	if (r->status != -EOPNOTSUPP || r->reason != BPIO_REASON_ENCRYPTED)
		return fail("%s: status %d, %s", what, r->status, bpio_reason_name(r->reason));
	if (r->driver_len != sizeof(who) - 1 || memcmp(r->driver, who, r->driver_len) ||
	    r->text_len != sizeof(text) - 1 || memcmp(r->text, text, r->text_len))
		return fail("%s: '%.*s' says '%.*s'", what, r->driver_len, r->driver, r->text_len,
			    r->text);
	return 0;
}

/* ENABLE of a new open file, QUERY and RESUME of an old one */
static int all_vetoed(const char *path, int fd)
{
	struct bpio_args a;
	int other = open(path, O_RDONLY | O_DIRECT);

	if (other < 0)
		return fail_errno("%s", path);
	if (bpio_call(other, BPIO_OP_ENABLE, 0, &a) || vetoed(&a.results.filter, "enable"))
		return 1;
	if (a.stream_count != THREADS || a.out_flags & BPIO_OUT_ENABLED)
		return fail("vetoed enable: count %u, flags %#x", a.stream_count, a.out_flags);
	close(other);
	if (bpio_call(fd, BPIO_OP_QUERY, 0, &a) || vetoed(&a.results.filter, "query"))
		return 1;
	if (!(a.out_flags & BPIO_OUT_STREAM_PAUSED) || !(a.out_flags & BPIO_OUT_ENABLED) ||
	    a.stream_count != THREADS || a.pause_count != 1)
		return fail("encrypted: flags %#x, %u enabled, %u pauses", a.out_flags,
			    a.stream_count, a.pause_count);
	if (bpio_call(fd, BPIO_OP_STREAM_RESUME, 0, &a) || vetoed(&a.results.filter, "resume"))
		return 1;
	if (!(a.out_flags & BPIO_OUT_STREAM_PAUSED))
		return fail("resumed under an encryption");
	/* Through the lower file, which the readers have armed */
	if (truncate(path, BLOCKS * READERS_BLOCK))
		return fail_errno("truncate");
	return 0;
}

static int none_vetoes(int fd)
{
	struct bpio_args a;

	if (bpio_call(fd, BPIO_OP_QUERY, 0, &a) || a.results.filter.status)
		return fail("query: %s", bpio_reason_name(a.results.filter.reason));
	if (a.out_flags & BPIO_OUT_STREAM_PAUSED || a.stream_count != THREADS || a.pause_count)
		return fail("plain: flags %#x, %u enabled, %u pauses", a.out_flags, a.stream_count,
			    a.pause_count);
	return 0;
}

/* No 16 bytes of the lower file are those that were written */
static int is_cipher_text(const char *lower)
{
	uint64_t words[READERS_BLOCK / 8];
	int fd = open(lower, O_RDONLY);

	if (fd < 0)
		return fail_errno("%s", lower);
	for (unsigned int block = 0; block < BLOCKS; block++) {
		if (read(fd, words, sizeof(words)) != (ssize_t)sizeof(words))
			return fail_errno("%s: short", lower);
		for (unsigned int i = 0; i < READERS_BLOCK / 8; i += 2)
			if (words[i] == words[i + 1])
				return fail("%s: block %u, word %u: plain text", lower, block, i);
	}
	close(fd);
	return 0;
}

static int round_trip(struct readers *r, const char *path, const char *lower, int thorough)
{
	int fd = readers_fd(r, 0);

	/* The file is not encrypted: ENABLE was allowed, and a QUERY succeeds */
	if (readers_until(r, BPIO_PATH_FULL) || none_vetoes(fd))
		return 1;
	/*
	 * A request to encrypt it. The open count is not 0, so STREAM_PAUSE is sent down; when that
	 * returns the bypass is disabled and drained, and the request can be performed.
	 */
	if (crypt_must(path, BPIO_CRYPT_OP_ENCRYPT))
		return 1;
	if (crypt_state(fd) != BPIO_CRYPT_ENCRYPTED)
		return fail("state %d", crypt_state(fd));
	if (readers_take(r, BPIO_PATH_TRADITIONAL) || is_cipher_text(lower))
		return 1;
	/* From now on all ENABLEs and QUERYs are vetoed, with that status and that text */
	if (thorough && (all_vetoed(path, fd) || readers_take(r, BPIO_PATH_TRADITIONAL) ||
			 crypt_to(path, BPIO_CRYPT_OP_ENCRYPT) != -EALREADY))
		return fail("not as the example has it");
	/* Encrypted no longer: STREAM_RESUME, which asks everybody, and the bypass is back */
	if (crypt_must(path, BPIO_CRYPT_OP_DECRYPT))
		return 1;
	if (thorough && crypt_to(path, BPIO_CRYPT_OP_DECRYPT) != -EALREADY)
		return fail("decrypted twice");
	return readers_until(r, BPIO_PATH_FULL) || none_vetoes(fd);
}

static int crypt_steps(int argc, char **argv)
{
	struct readers *r;
	int bad = 0;

	if (argc != 4)
		return fail("usage: crypt-steps FILE LOWER TIMES");
	if (readers_write(argv[1], BLOCKS, 1))
		return 1;
	r = readers_start(argv[1], BLOCKS, THREADS);
	if (!r)
		return 1;
	for (unsigned int i = 0; i < number(argv[3]) && !bad; i++)
		bad = round_trip(r, argv[1], argv[2], i % 25 == 0);
	return readers_stop(r) || bad;
}

CHECK("crypt-steps", crypt_steps,
      "FILE LOWER TIMES: encrypted and decrypted under readers, as documented")
