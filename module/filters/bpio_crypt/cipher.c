// SPDX-License-Identifier: GPL-2.0
/*
 * AES-256-XTS by units of 4096 bytes, tags of sectors
 *
 * All lengths are whole blocks, so there is no ciphertext stealing: each block
 * of 16 bytes depends on its place and on nothing else. A block of cipher text
 * that is all zero is a hole, and plain zeroes; real cipher text is that once
 * in 2^128.
 */
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/bitmap.h>
#include <linux/scatterlist.h>

#include "crypt.h"

#define BLOCKS	(CRYPT_UNIT / CRYPT_BLOCK)

/* Context: Sleeps. One unit, or the beginning of one. */
static int crypt_unit(struct skcipher_request *req, u8 *data, loff_t pos,
		      size_t len, bool encrypt)
{
	__le64 number = cpu_to_le64(pos / CRYPT_UNIT);
	u8 iv[CRYPT_BLOCK] = {};
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist sg;

	memcpy(iv, &number, sizeof(number));
	sg_init_one(&sg, data, len);
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG |
				      CRYPTO_TFM_REQ_MAY_SLEEP,
				      crypto_req_done, &wait);
	skcipher_request_set_crypt(req, &sg, &sg, len, iv);
	return crypto_wait_req(encrypt ? crypto_skcipher_encrypt(req) :
					 crypto_skcipher_decrypt(req), &wait);
}

/* Which blocks are holes? */
static unsigned int find_holes(const u8 *data, size_t len, unsigned long *holes)
{
	unsigned int i, found = 0;

	bitmap_zero(holes, BLOCKS);
	for (i = 0; i < len / CRYPT_BLOCK; i++) {
		if (memchr_inv(data + i * CRYPT_BLOCK, 0, CRYPT_BLOCK))
			continue;
		__set_bit(i, holes);
		found++;
	}
	return found;
}

static int decrypt_unit(struct skcipher_request *req, u8 *data, loff_t pos,
			size_t len)
{
	unsigned int i, found, blocks = len / CRYPT_BLOCK;
	DECLARE_BITMAP(holes, BLOCKS);
	int ret;

	found = find_holes(data, len, holes);
	if (found == blocks)
		return 0;
	ret = crypt_unit(req, data, pos, len, false);
	if (ret || !found)
		return ret;
	for_each_set_bit(i, holes, blocks)
		memset(data + i * CRYPT_BLOCK, 0, CRYPT_BLOCK);
	return 0;
}

static int crypt(const struct crypt_keys *keys, u8 *data, loff_t pos,
		 size_t len, bool encrypt)
{
	struct skcipher_request *req;
	size_t n, done;
	int ret = 0;

	if (WARN_ON_ONCE(!IS_ALIGNED(pos, CRYPT_UNIT) ||
			 !IS_ALIGNED(len, CRYPT_BLOCK)))
		return -EIO;
	req = skcipher_request_alloc(keys->xts, GFP_KERNEL);
	if (!req)
		return -ENOMEM;
	for (done = 0; done < len && !ret; done += n) {
		n = min_t(size_t, len - done, CRYPT_UNIT);
		if (encrypt)
			ret = crypt_unit(req, data + done, pos + done, n, true);
		else
			ret = decrypt_unit(req, data + done, pos + done, n);
	}
	skcipher_request_free(req);
	return ret;
}

/**
 * crypt_encrypt() - plain text to cipher text, in place
 * @keys: of the file
 * @data: not from vmalloc()
 * @pos: bytes; place of @data in the file; begins a unit
 * @len: bytes, whole blocks
 *
 * Context: Sleeps.
 * Return: 0, -ENOMEM or what the crypto API says.
 */
int crypt_encrypt(const struct crypt_keys *keys, u8 *data, loff_t pos,
		  size_t len)
{
	return crypt(keys, data, pos, len, true);
}

/**
 * crypt_decrypt() - cipher text, with holes, to plain text, in place
 * @keys: of the file
 * @data: not from vmalloc()
 * @pos: bytes; place of @data in the file; begins a unit
 * @len: bytes, whole blocks
 *
 * Context: Sleeps.
 * Return: 0, -ENOMEM or what the crypto API says.
 */
int crypt_decrypt(const struct crypt_keys *keys, u8 *data, loff_t pos,
		  size_t len)
{
	return crypt(keys, data, pos, len, false);
}

/**
 * crypt_tag() - by what the plain text of a sector is known again
 * @keys: of the file
 * @pos: bytes; where it begins
 * @data: of it
 * @len: bytes
 * @tag: out
 *
 * Context: Sleeps.
 * Return: 0 or what the crypto API says.
 */
int crypt_tag(const struct crypt_keys *keys, loff_t pos, const u8 *data,
	      size_t len, u8 *tag)
{
	SHASH_DESC_ON_STACK(desc, keys->mac);
	u8 mac[HASH_MAX_DIGESTSIZE];
	__le64 place = cpu_to_le64(pos);
	int ret;

	desc->tfm = keys->mac;
	ret = crypto_shash_init(desc) ?:
	      crypto_shash_update(desc, (u8 *)&place, sizeof(place)) ?:
	      crypto_shash_finup(desc, data, len, mac);
	if (!ret)
		memcpy(tag, mac, CRYPT_TAG);
	shash_desc_zero(desc);
	return ret;
}
