/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * bypassio_crypt.h - encrypt and decrypt files of a bypassfs mount in place
 *
 * BPIO_CRYPT_IOC_REQUEST on /dev/bpio_crypt, which module bpio_crypt makes. The
 * right to it is the file: ENCRYPT and DECRYPT want it open for reading and
 * writing. Programs may read and write it meanwhile.
 *
 *	struct bpio_crypt_request r = {
 *		.op = BPIO_CRYPT_OP_ENCRYPT,
 *		.fd = fd,
 *		.key_len = 4,
 *		.key = "mine",
 *	};
 *
 * The key is one of type "logon", or "user", of at least 32 bytes, with the
 * description "bpio_crypt:mine", in a keyring of the process that asks. So is
 * that of each process that opens an encrypted file: ENOKEY without,
 * EKEYREJECTED with another one of the same name.
 *
 * Errors of the ioctl, nothing having changed:
 *
 *	EINVAL		unknown @op or flag, non-zero reserved field, bad @key
 *	EBADF		@fd is not open for what @op needs
 *	ENOTTY		it is not a regular file of a mount that bpio_crypt is
 *			attached to
 *	EALREADY	it is encrypted, or plain, already
 *	EBUSY		it is mapped into memory; it is being converted; it is
 *			in use through another mount of the same directory
 *	ENOKEY EKEYREVOKED EKEYEXPIRED
 *			there is no such key, or not any more
 *	EKEYREJECTED	it is not the file's, too short, or not the one that an
 *			interrupted encryption has begun with
 *	EOPNOTSUPP	the lower file system has no trusted extended attributes
 *	EUCLEAN		what it says of the file nobody has written so
 *
 * EINTR (a signal), EIO, ENOSPC and others can come in the middle. The file is
 * read and written as before then, one part of it converted. Whoever next opens
 * it finishes that, as after a crash.
 */
#ifndef _UAPI_LINUX_BYPASSIO_CRYPT_H
#define _UAPI_LINUX_BYPASSIO_CRYPT_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * enum bpio_crypt_op - what to do
 * @BPIO_CRYPT_OP_ENCRYPT: the whole file, and all that is written to it later
 * @BPIO_CRYPT_OP_DECRYPT: the opposite
 * @BPIO_CRYPT_OP_STATE: tell how it is; needs no key but to open it
 */
enum bpio_crypt_op {
	BPIO_CRYPT_OP_ENCRYPT	= 1,
	BPIO_CRYPT_OP_DECRYPT	= 2,
	BPIO_CRYPT_OP_STATE	= 3,
};

/**
 * enum bpio_crypt_state - how a file is
 * @BPIO_CRYPT_PLAIN: what is on the disk is what programs see
 * @BPIO_CRYPT_ENCRYPTING: a part is encrypted, the rest will be
 * @BPIO_CRYPT_ENCRYPTED: all of it is
 * @BPIO_CRYPT_DECRYPTING: a part still is
 */
enum bpio_crypt_state {
	BPIO_CRYPT_PLAIN	= 0,
	BPIO_CRYPT_ENCRYPTING	= 1,
	BPIO_CRYPT_ENCRYPTED	= 2,
	BPIO_CRYPT_DECRYPTING	= 3,
};

#define BPIO_CRYPT_KEY_MAX	32
#define BPIO_CRYPT_KEY_PREFIX	"bpio_crypt:"

/**
 * struct bpio_crypt_request - argument of BPIO_CRYPT_IOC_REQUEST
 * @op: in: enum bpio_crypt_op
 * @fd: in: an open file of a bypassfs mount
 * @flags: in: must be 0
 * @key_len: in: of ENCRYPT: bytes of @key; out: the same. Else must be 0.
 * @key: in: of ENCRYPT: name of the key, printable, no space. out: of a file
 *	that is not plain
 * @state: out: enum bpio_crypt_state
 * @reserved: must be 0
 * @encrypted: out: bytes from the beginning of the file that are encrypted
 */
struct bpio_crypt_request {
	__u32 op;
	__s32 fd;
	__u32 flags;
	__u32 key_len;
	__u8 key[BPIO_CRYPT_KEY_MAX];
	__u32 state;
	__u32 reserved;
	__u64 encrypted;
};

#define BPIO_CRYPT_IOC_REQUEST	_IOWR(0xbf, 16, struct bpio_crypt_request)

#endif /* _UAPI_LINUX_BYPASSIO_CRYPT_H */
