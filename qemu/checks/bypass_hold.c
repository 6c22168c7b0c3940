// SPDX-License-Identifier: GPL-2.0
/* Keeps a file in use in one way until it is killed; and small helpers of the tests. */
#include <fcntl.h>
#include <linux/fscrypt.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "checks.h"
#include "move.h"

/* The mapping outlives its descriptor */
static int map_and_close(int fd, int prot)
{
	char *p = mmap(NULL, 65536, prot, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return fail_errno("mmap");
	__atomic_load_n(p, __ATOMIC_RELAXED);
	if (prot & PROT_WRITE)
		__atomic_fetch_or(p, 0, __ATOMIC_RELAXED);
	close(fd);
	return 0;
}

static int hold_open(int argc, char **argv)
{
	const char *how = argc == 3 ? argv[2] : "";
	int write = !strcmp(how, "rw") || !strcmp(how, "mapped");
	int fd;

	if (argc != 3)
		return fail("usage: hold-open FILE rw|mapped|mapped-ro|lease");
	fd = open(argv[1], write ? O_RDWR : O_RDONLY);
	if (fd < 0)
		return fail_errno("%s", argv[1]);
	if (!strcmp(how, "mapped") && map_and_close(fd, PROT_READ | PROT_WRITE))
		return 1;
	if (!strcmp(how, "mapped-ro") && map_and_close(fd, PROT_READ))
		return 1;
	if (!strcmp(how, "lease")) {
		/* Told of a break, this process would die */
		if (signal(SIGIO, SIG_DFL) == SIG_ERR || fcntl(fd, F_SETLEASE, F_RDLCK))
			return fail_errno("%s: no lease", argv[1]);
	}
	pause();
	return 0;
}

CHECK("hold-open", hold_open, "FILE rw|mapped|mapped-ro|lease: keep a file in use until killed")

/* A key that all tests know, and a policy that uses it */
static int encrypt_dir(int argc, char **argv)
{
	struct {
		struct fscrypt_add_key_arg arg;
		unsigned char raw[64];
	} key = { .arg = { .raw_size = 64 } };
	struct fscrypt_policy_v2 policy = {
		.version = FSCRYPT_POLICY_V2,
		.contents_encryption_mode = FSCRYPT_MODE_AES_256_XTS,
		.filenames_encryption_mode = FSCRYPT_MODE_AES_256_CTS,
		.flags = FSCRYPT_POLICY_FLAGS_PAD_32,
	};
	int fd;

	if (argc != 2)
		return fail("usage: encrypt-dir DIRECTORY");
	fd = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fail_errno("%s", argv[1]);
	memset(key.raw, 0x5a, sizeof(key.raw));
	key.arg.key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER;
	if (ioctl(fd, FS_IOC_ADD_ENCRYPTION_KEY, &key))
		return fail_errno("add key");
	memcpy(policy.master_key_identifier, key.arg.key_spec.u.identifier,
	       FSCRYPT_KEY_IDENTIFIER_SIZE);
	if (ioctl(fd, FS_IOC_SET_ENCRYPTION_POLICY, &policy))
		return fail_errno("%s: set policy", argv[1]);
	close(fd);
	return 0;
}

CHECK("encrypt-dir", encrypt_dir, "DIRECTORY: encrypt what will be made in it")

/* What a defragmenter does, without its opinion on whether it is worth it */
static int move_blocks(int argc, char **argv)
{
	int fd, donor, err;

	if (argc != 5)
		return fail("usage: move-blocks FILE DONOR BLOCKS ERROR|0");
	fd = move_open(argv[1], O_RDWR);
	donor = move_open(argv[2], O_RDWR);
	if (donor < 0)
		return fail("%s: %s", argv[2], strerror(-donor));
	err = fd < 0 ? -fd : move_defragment(fd, donor, number(argv[3]));
	close(donor);
	if (fd >= 0)
		close(fd);
	if (err != errno_of(argv[4]))
		return fail("%s: %s, wanted %s", argv[1], errno_name(err), argv[4]);
	return 0;
}

CHECK("move-blocks", move_blocks, "FILE DONOR BLOCKS ERROR|0: exchange blocks of equal files")
