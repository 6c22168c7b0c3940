// SPDX-License-Identifier: GPL-2.0
/*
 * Keys of users, and the keys of a file that are made of them
 *
 * HKDF (RFC 5869) with SHA-256: the user's key is what goes in, the file's
 * nonce is the salt. Out come 64 bytes for XTS, 32 for the tags of the journal,
 * and 16 that are kept with the file: they tell that a key is the right one,
 * and nothing about it.
 */
#include <crypto/hash.h>
#include <crypto/sha2.h>
#include <crypto/skcipher.h>
#include <keys/user-type.h>
#include <linux/key.h>
#include <linux/slab.h>

#include "crypt.h"

#define XTS_KEY		64
#define MAC_KEY		32
#define KEY_MIN		32
#define INFO		"bpio_crypt file 1"

/**
 * struct okm - what HKDF gives, in its order
 * @xts: key of the data
 * @mac: key of the tags
 * @check: see above
 * @rest: of the last block
 */
struct okm {
	u8 xts[XTS_KEY];
	u8 mac[MAC_KEY];
	u8 check[CRYPT_CHECK];
	u8 rest[SHA256_DIGEST_SIZE - CRYPT_CHECK];
};

static int expand(struct crypto_shash *hmac, u8 *out, size_t len)
{
	u8 in[SHA256_DIGEST_SIZE + sizeof(INFO)];
	size_t at = 0, done;
	u8 count = 0;
	int ret;

	for (done = 0; done < len; done += SHA256_DIGEST_SIZE) {
		memcpy(in + at, INFO, sizeof(INFO) - 1);
		in[at + sizeof(INFO) - 1] = ++count;
		ret = crypto_shash_tfm_digest(hmac, in, at + sizeof(INFO),
					      out + done);
		if (ret)
			break;
		memcpy(in, out + done, SHA256_DIGEST_SIZE);
		at = SHA256_DIGEST_SIZE;
	}
	memzero_explicit(in, sizeof(in));
	return ret;
}

static int hkdf(const u8 *salt, const u8 *secret, size_t len, struct okm *okm)
{
	struct crypto_shash *hmac = crypto_alloc_shash("hmac(sha256)", 0, 0);
	u8 prk[SHA256_DIGEST_SIZE];
	int ret;

	BUILD_BUG_ON(sizeof(*okm) % SHA256_DIGEST_SIZE);
	if (IS_ERR(hmac))
		return PTR_ERR(hmac);
	ret = crypto_shash_setkey(hmac, salt, CRYPT_NONCE);
	if (!ret)
		ret = crypto_shash_tfm_digest(hmac, secret, len, prk);
	if (!ret)
		ret = crypto_shash_setkey(hmac, prk, sizeof(prk));
	if (!ret)
		ret = expand(hmac, (u8 *)okm, sizeof(*okm));
	memzero_explicit(prk, sizeof(prk));
	crypto_free_shash(hmac);
	return ret;
}

static struct crypt_keys *keys_of(const struct okm *okm)
{
	struct crypt_keys *keys = kzalloc(sizeof(*keys), GFP_KERNEL);
	int ret;

	if (!keys)
		return ERR_PTR(-ENOMEM);
	memcpy(keys->check, okm->check, sizeof(keys->check));
	keys->xts = crypto_alloc_skcipher("xts(aes)", 0, 0);
	if (IS_ERR(keys->xts)) {
		ret = PTR_ERR(keys->xts);
		goto out_keys;
	}
	keys->mac = crypto_alloc_shash("hmac(sha256)", 0, 0);
	if (IS_ERR(keys->mac)) {
		ret = PTR_ERR(keys->mac);
		goto out_xts;
	}
	ret = crypto_skcipher_setkey(keys->xts, okm->xts, sizeof(okm->xts));
	if (!ret)
		ret = crypto_shash_setkey(keys->mac, okm->mac,
					  sizeof(okm->mac));
	if (!ret)
		return keys;
	crypto_free_shash(keys->mac);
out_xts:
	crypto_free_skcipher(keys->xts);
out_keys:
	kfree_sensitive(keys);
	return ERR_PTR(ret);
}

/* A key that programs cannot read is looked for first */
static struct key *find_key(const char *name)
{
	char desc[sizeof(BPIO_CRYPT_KEY_PREFIX) + BPIO_CRYPT_KEY_MAX];
	struct key *key;

	snprintf(desc, sizeof(desc), "%s%s", BPIO_CRYPT_KEY_PREFIX, name);
	key = request_key(&key_type_logon, desc, NULL);
	if (PTR_ERR_OR_ZERO(key) == -ENOKEY)
		key = request_key(&key_type_user, desc, NULL);
	return key;
}

static int derive(struct key *key, const u8 *nonce, struct okm *okm)
{
	const struct user_key_payload *payload;
	int ret;

	down_read(&key->sem);
	payload = user_key_payload_locked(key);
	if (!payload)
		ret = -EKEYREVOKED;
	else if (payload->datalen < KEY_MIN)
		ret = -EKEYREJECTED;
	else
		ret = hkdf(nonce, payload->data, payload->datalen, okm);
	up_read(&key->sem);
	return ret;
}

/**
 * crypt_keys_find() - the keys of a file, if the calling process has the user's
 * @head: of the file; its check is not compared
 *
 * Context: Sleeps.
 * Return: The keys; -ENOKEY, -EKEYREJECTED for one that is too short,
 * -EKEYREVOKED, -EKEYEXPIRED, -ENOMEM or what the crypto API says.
 */
struct crypt_keys *crypt_keys_find(const struct crypt_head *head)
{
	struct key *key = find_key(head->key);
	struct crypt_keys *keys;
	struct okm okm;
	int ret;

	if (IS_ERR(key))
		return ERR_CAST(key);
	ret = derive(key, head->nonce, &okm);
	key_put(key);
	keys = ret ? ERR_PTR(ret) : keys_of(&okm);
	memzero_explicit(&okm, sizeof(okm));
	return keys;
}

/**
 * crypt_keys_free() - forget them
 * @keys: or NULL
 *
 * Context: Any but interrupts.
 */
void crypt_keys_free(struct crypt_keys *keys)
{
	if (!keys)
		return;
	crypto_free_shash(keys->mac);
	crypto_free_skcipher(keys->xts);
	kfree_sensitive(keys);
}
