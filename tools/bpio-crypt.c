// SPDX-License-Identifier: GPL-2.0
/* bpio-crypt: encrypt and decrypt files of a bypassfs mount. See man/bpio-crypt.8. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bypassio_crypt.h>

#define USER_KEYRING	(-4)	/* KEY_SPEC_USER_KEYRING */
#define UNLINK		9	/* KEYCTL_UNLINK */
#define SEARCH		10	/* KEYCTL_SEARCH */
#define KEY_BYTES	64

static int usage(void)
{
	fputs("usage: bpio-crypt key NAME <KEY\n"
	      "       bpio-crypt forget NAME\n"
	      "       bpio-crypt encrypt NAME FILE...\n"
	      "       bpio-crypt decrypt FILE...\n"
	      "       bpio-crypt state FILE...\n", stderr);
	return 2;
}

static const char *reason(int err)
{
	switch (err) {
	case ENOTTY:
		return "not a regular file of a bypassfs mount that bpio_crypt is attached to";
	case ENOKEY:
		return "no key of this name in the keyrings of this process";
	case EKEYREJECTED:
		return "the key of this name is not the file's, or too short";
	case EBUSY:
		return "it is mapped into memory, being converted, or in use through another mount";
	case EALREADY:
		return "it is so already";
	default:
		return strerror(err);
	}
}

static int describe(char *desc, size_t size, const char *name)
{
	if (*name && strlen(name) <= BPIO_CRYPT_KEY_MAX) {
		snprintf(desc, size, "%s%s", BPIO_CRYPT_KEY_PREFIX, name);
		return 0;
	}
	fprintf(stderr, "bpio-crypt: the name of a key has 1 to %d bytes\n", BPIO_CRYPT_KEY_MAX);
	return 1;
}

/* From standard input, and not by stdio, which would keep a copy */
static size_t read_key(unsigned char *key)
{
	size_t len = 0;
	ssize_t n;

	while (len < KEY_BYTES) {
		n = read(STDIN_FILENO, key + len, KEY_BYTES - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	return len;
}

/* A key that programs cannot read back */
static int add_key(const char *name)
{
	char desc[sizeof(BPIO_CRYPT_KEY_PREFIX) + BPIO_CRYPT_KEY_MAX];
	unsigned char key[KEY_BYTES];
	size_t len;
	long id;

	if (describe(desc, sizeof(desc), name))
		return 1;
	len = read_key(key);
	if (len < 32) {
		fputs("bpio-crypt: a key has at least 32 bytes\n", stderr);
		explicit_bzero(key, sizeof(key));
		return 1;
	}
	id = syscall(SYS_add_key, "logon", desc, key, len, USER_KEYRING);
	explicit_bzero(key, sizeof(key));
	if (id < 0)
		fprintf(stderr, "bpio-crypt: key %s: %s\n", name, strerror(errno));
	return id < 0;
}

static int forget_key(const char *name)
{
	char desc[sizeof(BPIO_CRYPT_KEY_PREFIX) + BPIO_CRYPT_KEY_MAX];
	long id;

	if (describe(desc, sizeof(desc), name))
		return 1;
	id = syscall(SYS_keyctl, SEARCH, USER_KEYRING, "logon", desc, 0);
	if (id >= 0 && !syscall(SYS_keyctl, UNLINK, id, USER_KEYRING))
		return 0;
	fprintf(stderr, "bpio-crypt: key %s: %s\n", name, reason(errno));
	return 1;
}

static void print_state(const char *path, const struct bpio_crypt_request *req)
{
	static const char *const names[] = { "plain", "encrypting", "encrypted", "decrypting" };
	const char *name = req->state < 4 ? names[req->state] : "unknown";

	printf("%s: %s", path, name);
	if (req->state != BPIO_CRYPT_PLAIN)
		printf(", key %.*s, %llu bytes encrypted", (int)req->key_len, (char *)req->key,
		       (unsigned long long)req->encrypted);
	putchar('\n');
}

static int one(int dev, unsigned int op, const char *key, const char *path)
{
	int flags = op == BPIO_CRYPT_OP_STATE ? O_RDONLY : O_RDWR;
	struct bpio_crypt_request req = { .op = op };
	int err = 0;

	req.fd = open(path, flags | O_CLOEXEC | O_NOCTTY);
	if (req.fd < 0) {
		err = errno;
		fprintf(stderr, "bpio-crypt: cannot open %s: %s\n", path,
			err == ENOTTY ? strerror(err) : reason(err));
		return 1;
	}
	if (key) {
		req.key_len = strlen(key);
		memcpy(req.key, key, req.key_len);
	}
	if (ioctl(dev, BPIO_CRYPT_IOC_REQUEST, &req)) {
		err = errno;
		fprintf(stderr, "bpio-crypt: %s: %s\n", path, reason(err));
	} else if (op == BPIO_CRYPT_OP_STATE) {
		print_state(path, &req);
	}
	close(req.fd);
	return err != 0;
}

static int each(unsigned int op, const char *key, int count, char **paths)
{
	char desc[sizeof(BPIO_CRYPT_KEY_PREFIX) + BPIO_CRYPT_KEY_MAX];
	int dev, i, bad = 0;

	if (count < 1)
		return usage();
	if (key && describe(desc, sizeof(desc), key))
		return 1;
	dev = open("/dev/bpio_crypt", O_RDWR | O_CLOEXEC);
	if (dev < 0) {
		fprintf(stderr, "bpio-crypt: /dev/bpio_crypt: %s\n", strerror(errno));
		return 1;
	}
	for (i = 0; i < count; i++)
		bad |= one(dev, op, key, paths[i]);
	close(dev);
	return bad;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "key") && argc == 3)
		return add_key(argv[2]);
	if (!strcmp(verb, "forget") && argc == 3)
		return forget_key(argv[2]);
	if (!strcmp(verb, "encrypt") && argc > 2)
		return each(BPIO_CRYPT_OP_ENCRYPT, argv[2], argc - 3, argv + 3);
	if (!strcmp(verb, "decrypt"))
		return each(BPIO_CRYPT_OP_DECRYPT, NULL, argc - 2, argv + 2);
	if (!strcmp(verb, "state"))
		return each(BPIO_CRYPT_OP_STATE, NULL, argc - 2, argv + 2);
	return usage();
}
