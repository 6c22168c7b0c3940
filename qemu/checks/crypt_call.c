// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "crypt_call.h"

int crypt_request(int fd, unsigned int op, struct bpio_crypt_request *req)
{
	int dev = open("/dev/bpio_crypt", O_RDWR | O_CLOEXEC);
	int err = 0;

	if (dev < 0) {
		fail_errno("/dev/bpio_crypt");
		exit(2);
	}
	*req = (struct bpio_crypt_request) { .op = op, .fd = fd };
	if (op == BPIO_CRYPT_OP_ENCRYPT) {
		req->key_len = strlen(CRYPT_KEY);
		memcpy(req->key, CRYPT_KEY, req->key_len);
	}
	if (ioctl(dev, BPIO_CRYPT_IOC_REQUEST, req))
		err = -errno;
	close(dev);
	return err;
}

int crypt_to(const char *path, unsigned int op)
{
	struct bpio_crypt_request req;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = crypt_request(fd, op, &req);
	close(fd);
	return err;
}

int crypt_must(const char *path, unsigned int op)
{
	int err = crypt_to(path, op);

	if (err)
		return fail("%s %s: %s", op == BPIO_CRYPT_OP_ENCRYPT ? "encrypt" : "decrypt", path,
			    strerror(-err));
	return 0;
}

int crypt_state(int fd)
{
	struct bpio_crypt_request req;
	int err = crypt_request(fd, BPIO_CRYPT_OP_STATE, &req);

	return err ?: (int)req.state;
}
