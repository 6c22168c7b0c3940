/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>

#define HASH_HEX_LEN	64

/* SHA-256 of a stream of bytes */
struct hash;

struct hash *hash_new(void);
void hash_free(struct hash *hash);
int hash_begin(struct hash *hash);
int hash_add(struct hash *hash, const void *data, size_t len);
int hash_end(struct hash *hash, char hex[HASH_HEX_LEN + 1]);

#endif /* HASH_H */
