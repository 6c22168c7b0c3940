// SPDX-License-Identifier: GPL-2.0
/* Who may register a volume driver, and for what a mount fails. */
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "driver_call.h"

static const struct {
	const char *name;
	unsigned int features, flags;
	int attach, want;
	const char *what;
} all[] = {
	{ "", 1, 0, 0, -EINVAL, "without a name" },
	{ "volsnap", 1, 0, 0, -EINVAL, "in another's name" },
	{ "bpio_voldr", 1, 0, 0, -EINVAL, "with a part of the name" },
	{ "bpio_voldrv2", 1, 0, 0, -EINVAL, "with more than the name" },
	{ "bpio_voldrv.a\n", 1, 0, 0, -EINVAL, "with a line feed" },
	{ "bpio_voldrv.a b", 1, 0, 0, -EINVAL, "with a space" },
	{ "bpio_voldrv.45678901234567890123", 1, 0, 0, 0, "with 32 bytes" },
	{ "bpio_voldrv.456789012345678901234", 1, 0, 0, -EINVAL, "with 33 bytes" },
	{ "bpio_voldrv.a", 2, 0, 0, -EINVAL, "with features of filters" },
	{ "bpio_voldrv.a", 0x80000001, 0, 0, -EINVAL, "with unknown features" },
	{ "bpio_voldrv.a", 1, BPIO_VOLDRV_NO_ATTACH, 0, -EINVAL, "that claims nothing" },
	{ "bpio_voldrv.a", 1, BPIO_VOLDRV_NO_ENABLE, 0, -EINVAL, "without enable" },
	{ "bpio_voldrv.a", 1, BPIO_VOLDRV_NO_QUERY, 0, -EINVAL, "without query" },
	{ "bpio_voldrv.a", 1, BPIO_VOLDRV_NO_ENABLE | BPIO_VOLDRV_NO_QUERY, 0, 0,
	  "that is never asked" },
	{ "bpio_voldrv.a", 1, 0, -ENODEV, 0, "that claims no disk" },
	{ "bpio_voldrv.a", 1, 0, -EIO, -EIO, "that cannot say" },
	{ "bpio_voldrv.a", 1, 0, 1, -EINVAL, "that says what is no errno" },
	{ "bpio_voldrv.a", 1, 0, -4096, -EINVAL, "that says what is no errno either" },
	{ "bpio_voldrv", 1, 0, 0, -EEXIST, "under a name that is in use" },
};

static int registers(int dev, size_t i, unsigned int disk)
{
	struct bpio_voldrv_driver d = {
		.number = 1, .features = all[i].features, .flags = all[i].flags,
		.attach = all[i].attach, .dev = disk,
	};
	int err;

	strcpy(d.name, all[i].name);
	err = ioctl(dev, BPIO_VOLDRV_REGISTER, &d) ? -errno : 0;
	if (err != all[i].want)
		return fail("%s: %s, wanted %s", all[i].what, errno_name(-err),
			    errno_name(-all[i].want));
	if (driver_state(dev, 1).units != (!err && !all[i].attach))
		return fail("%s: %u units", all[i].what, driver_state(dev, 1).units);
	if (!err && (driver_remove(dev, 1) || driver_state(dev, 1).units))
		return fail("%s: does not go", all[i].what);
	return 0;
}

static int is_registered(int argc, char **argv)
{
	unsigned int disk;
	int dev;

	if (argc != 2)
		return fail("usage: driver-register LOWER_FILE");
	dev = driver_open();
	disk = driver_dev(argv[1]);
	if (driver_add(dev, 0, OPTED_IN, disk))
		return fail("cannot start");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (registers(dev, i, disk))
			return 1;
	return driver_state(dev, 0).units == 1 ? 0 : fail("the first is not there any more");
}

CHECK("driver-register", is_registered, "LOWER_FILE: who may register a volume driver")

/* A driver that cannot say whether the disk is its own, when the mount is made */
static int fails_to_mount(int argc, char **argv)
{
	struct bpio_voldrv_driver d = { .number = 1, .features = 1, .attach = -EUCLEAN };
	int dev;

	if (argc != 3)
		return fail("usage: driver-mount LOWER DIRECTORY");
	dev = driver_open();
	d.dev = driver_dev(argv[1]);
	strcpy(d.name, driver_name(1));
	if (driver_add(dev, 0, OPTED_IN, d.dev) || ioctl(dev, BPIO_VOLDRV_REGISTER, &d))
		return fail_errno("cannot start");
	if (!mount(argv[1], argv[2], "bypassfs", 0, NULL))
		return fail("is mounted all the same");
	if (errno != EUCLEAN)
		return fail_errno("mount");
	if (driver_state(dev, 0).units || driver_remove(dev, 1))
		return fail("the mount is not forgotten");
	if (mount(argv[1], argv[2], "bypassfs", 0, NULL) || driver_state(dev, 0).units != 1)
		return fail_errno("mount without it");
	return umount(argv[2]) || driver_state(dev, 0).units || driver_state(dev, 0).wrong ?
	       fail("the mount has gone and is not forgotten") : 0;
}

CHECK("driver-mount", fails_to_mount, "LOWER DIRECTORY: mounted only if all drivers can say")
