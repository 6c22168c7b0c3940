// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "driver_call.h"

const char *driver_name(unsigned int n)
{
	static const char * const names[] = {
		"bpio_voldrv", "bpio_voldrv.b", "bpio_voldrv.c", "bpio_voldrv.d",
	};

	return names[n];
}

int driver_open(void)
{
	int dev = open("/dev/bpio_voldrv", O_RDWR | O_CLOEXEC);

	if (dev < 0)
		exit(fail_errno("/dev/bpio_voldrv"));
	return dev;
}

unsigned int driver_dev(const char *path)
{
	struct stat st;
	unsigned int low;

	if (stat(path, &st))
		exit(fail_errno("%s", path));
	low = minor(st.st_dev);
	return (low & 0xff) | major(st.st_dev) << 8 | (low & ~0xffu) << 12;
}

int driver_add(int dev, unsigned int n, unsigned int features, unsigned int disk)
{
	struct bpio_voldrv_driver d = { .number = n, .features = features, .dev = disk };

	snprintf(d.name, sizeof(d.name), "%s", driver_name(n));
	return ioctl(dev, BPIO_VOLDRV_REGISTER, &d) ? -errno : 0;
}

int driver_remove(int dev, unsigned int n)
{
	return ioctl(dev, BPIO_VOLDRV_UNREGISTER, &n) ? -errno : 0;
}

int driver_say(int dev, const struct bpio_voldrv_say *say)
{
	return ioctl(dev, BPIO_VOLDRV_SAY, say) ? -errno : 0;
}

int driver_agree(int dev, unsigned int n)
{
	return driver_say(dev, &(struct bpio_voldrv_say){ .number = n });
}

int driver_veto(int dev, unsigned int n, int status, unsigned int reason, const char *text)
{
	struct bpio_voldrv_say say = {
		.number = n, .veto = 1, .status = status, .reason = reason,
	};

	snprintf(say.text, sizeof(say.text), "%s", text);
	return driver_say(dev, &say);
}

struct bpio_voldrv_state driver_state(int dev, unsigned int n)
{
	struct bpio_voldrv_state s = { .number = n };

	if (ioctl(dev, BPIO_VOLDRV_STATE, &s))
		exit(fail_errno("state of driver %u", n));
	return s;
}

int driver_told(int dev, unsigned int n, unsigned int enables, unsigned int disables)
{
	const struct bpio_voldrv_state s = driver_state(dev, n);

	if (s.wrong)
		return fail("%s: %u callbacks that should not have come", driver_name(n), s.wrong);
	if (s.enables != enables || s.disables != disables)
		return fail("%s: told ENABLE %u times and DISABLE %u times; wanted %u and %u",
			    driver_name(n), s.enables, s.disables, enables, disables);
	return 0;
}

int driver_pause(int dev, unsigned int n, unsigned int disk, unsigned int reason,
		 const char *text)
{
	struct bpio_voldrv_pause p = { .number = n, .dev = disk, .reason = reason };

	snprintf(p.text, sizeof(p.text), "%s", text);
	return ioctl(dev, BPIO_VOLDRV_PAUSES, &p) ? -errno : 0;
}

int driver_resume(int dev, unsigned int n, unsigned int disk)
{
	struct bpio_voldrv_pause p = { .number = n, .dev = disk };

	return ioctl(dev, BPIO_VOLDRV_RESUMES, &p) ? -errno : 0;
}

int driver_refused(const char *what, const struct bpio_result *r, unsigned int n, int status,
		   unsigned int reason, const char *text)
{
	const char *who = driver_name(n);

	if (r->status != status || r->reason != reason)
		return fail("%s: status %d, %s; wanted %d, %s", what, r->status,
			    bpio_reason_name(r->reason), status, bpio_reason_name(reason));
	if (r->driver_len != strlen(who) || memcmp(r->driver, who, r->driver_len))
		return fail("%s: refused by '%.*s', wanted '%s'", what, r->driver_len,
			    (const char *)r->driver, who);
	if (text && (r->text_len != strlen(text) || memcmp(r->text, text, r->text_len)))
		return fail("%s: says '%.*s', wanted '%s'", what, r->text_len,
			    (const char *)r->text, text);
	return r->text_len ? 0 : fail("%s: no text", what);
}
