/* SPDX-License-Identifier: GPL-2.0 */
/* Asking bpio_crypt, for the verbs about it. The key is "test", see key_test() in the tests. */
#ifndef CRYPT_CALL_H
#define CRYPT_CALL_H

#include <linux/bypassio_crypt.h>

#include "uapi_call.h"

#define CRYPT_KEY	"test"

/* One request on an open file: 0 or -errno */
int crypt_request(int fd, unsigned int op, struct bpio_crypt_request *req);

/* Opens for reading and writing, converts, closes: 0 or -errno */
int crypt_to(const char *path, unsigned int op);

/* The same; 1 after saying why not */
int crypt_must(const char *path, unsigned int op);

/* enum bpio_crypt_state, or -errno */
int crypt_state(int fd);

#endif
