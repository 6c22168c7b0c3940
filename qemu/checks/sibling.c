// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sibling.h"

int sibling_load(const char *name, const char *params)
{
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), "/bpio/ko/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno("%s", path);
	ret = syscall(SYS_finit_module, fd, params, 0) ? fail_errno("load %s", name) : 0;
	close(fd);
	return ret;
}

int sibling_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? fail_errno("unload %s", name) : 0;
}

static void param_path(char *path, size_t size, const char *name, const char *param)
{
	snprintf(path, size, "/sys/module/%s/parameters/%s", name, param);
}

unsigned long long sibling_number(const char *name, const char *param)
{
	unsigned long long n;
	char path[128];
	FILE *f;

	param_path(path, sizeof(path), name, param);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%llu", &n) != 1)
		exit(fail_errno("%s", path));
	fclose(f);
	return n;
}

int sibling_set(const char *name, const char *param, const char *value)
{
	const ssize_t len = strlen(value);
	char path[128];
	ssize_t n;
	int fd;

	param_path(path, sizeof(path), name, param);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno("%s", path);
	n = write(fd, value, len);
	close(fd);
	return n == len ? 0 : fail_errno("%s: %zd", path, n);
}

int sibling_refuses(int fd, unsigned int op, const char *name, enum bpio_reason reason)
{
	struct bpio_args a;
	const struct bpio_result *r = &a.results.filter;
	int err = bpio_call(fd, op, 0, &a);

	if (err)
		return fail("%s: %s", bpio_op_name(op), strerror(-err));
	if (r->reason != reason || r->status != -EOPNOTSUPP || !r->text_len)
		return fail("%s: status %d, reason %s, wanted %s", bpio_op_name(op), r->status,
			    bpio_reason_name(r->reason), bpio_reason_name(reason));
	if (r->driver_len != strlen(name) || memcmp(r->driver, name, r->driver_len))
		return fail("%s: refused by '%.*s', wanted '%s'", bpio_op_name(op), r->driver_len,
			    (const char *)r->driver, name);
	return 0;
}
