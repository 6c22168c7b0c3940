// SPDX-License-Identifier: GPL-2.0
/*
 * SHA-256 by libcrypto: on every Debian system, kept by people who do nothing else.
 * A pipe to sha256sum would cost a process for each file, AF_ALG a kernel option
 * that small kernels leave out and a copy through the kernel under test.
 */
#include <errno.h>
#include <stdio.h>

#include <openssl/evp.h>

#include "hash.h"

static EVP_MD_CTX *context(struct hash *hash)
{
	return (EVP_MD_CTX *)hash;
}

/**
 * hash_new() - make one, to be used for any number of files
 *
 * Return: the hash, or NULL for want of memory.
 */
struct hash *hash_new(void)
{
	return (struct hash *)EVP_MD_CTX_new();
}

/**
 * hash_free() - the opposite of hash_new()
 * @hash: or NULL
 */
void hash_free(struct hash *hash)
{
	EVP_MD_CTX_free(context(hash));
}

/**
 * hash_begin() - forget what was added, begin a new stream
 * @hash: of hash_new()
 *
 * Return: 0 or -errno.
 */
int hash_begin(struct hash *hash)
{
	return EVP_DigestInit_ex(context(hash), EVP_sha256(), NULL) ? 0 : -EIO;
}

/**
 * hash_add() - add bytes to the stream
 * @hash: of hash_new()
 * @data: what
 * @len: bytes
 *
 * Return: 0 or -errno.
 */
int hash_add(struct hash *hash, const void *data, size_t len)
{
	return EVP_DigestUpdate(context(hash), data, len) ? 0 : -EIO;
}

/**
 * hash_end() - the digest of the stream
 * @hash: of hash_new()
 * @hex: takes it, in lower case
 *
 * Return: 0 or -errno.
 */
int hash_end(struct hash *hash, char hex[HASH_HEX_LEN + 1])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len;

	if (!EVP_DigestFinal_ex(context(hash), digest, &len) || len * 2 != HASH_HEX_LEN)
		return -EIO;
	for (unsigned int i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return 0;
}
