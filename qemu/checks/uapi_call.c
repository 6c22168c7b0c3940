// SPDX-License-Identifier: GPL-2.0
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi_call.h"

static const char * const ops[BPIO_OP_MAX] = {
	[BPIO_OP_ENABLE] = "enable",
	[BPIO_OP_DISABLE] = "disable",
	[BPIO_OP_QUERY] = "query",
	[BPIO_OP_VOLUME_PAUSE] = "volume-pause",
	[BPIO_OP_VOLUME_RESUME] = "volume-resume",
	[BPIO_OP_STREAM_PAUSE] = "stream-pause",
	[BPIO_OP_STREAM_RESUME] = "stream-resume",
	[BPIO_OP_GET_INFO] = "get-info",
};

static const char * const paths[BPIO_PATH_MAX] = {
	[BPIO_PATH_TRADITIONAL] = "traditional",
	[BPIO_PATH_FILTERS_SKIPPED] = "filters-skipped",
	[BPIO_PATH_LOWER_SKIPPED] = "lower-skipped",
	[BPIO_PATH_FULL] = "full",
};

#define REASON_ROW(value, id, name, text) { (value), (name), (text) },
static const struct {
	unsigned int value;
	const char *name;
	const char *text;
} reasons[] = { BPIO_REASONS(REASON_ROW) };

int bpio_call(int fd, unsigned int op, unsigned int in_flags, struct bpio_args *a)
{
	memset(a, 0, sizeof(*a));
	a->op = op;
	a->in_flags = in_flags;
	return ioctl(fd, BPIO_IOC_MANAGE, a) < 0 ? -errno : 0;
}

static int refused(const char *path, const char *half, const struct bpio_result *r)
{
	return fail("%s: the %s half refuses: %s by %.*s: %s (%.*s)", path, half,
		    errno_name(-r->status), r->driver_len, (const char *)r->driver,
		    bpio_reason_name(r->reason), r->text_len, (const char *)r->text);
}

int bpio_enable_full(int fd, const char *path)
{
	struct bpio_args a;
	int err = bpio_call(fd, BPIO_OP_ENABLE, 0, &a);

	if (err)
		return fail("%s: enable: %s", path, strerror(-err));
	if (a.results.filter.status)
		return refused(path, "filter", &a.results.filter);
	if (a.results.storage.status)
		return refused(path, "storage", &a.results.storage);
	return 0;
}

int bpio_counts(int fd, struct bpio_info *info)
{
	struct bpio_args a;
	int err = bpio_call(fd, BPIO_OP_GET_INFO, BPIO_IN_SCOPE_HANDLE, &a);

	if (err)
		return fail("get-info: %s", strerror(-err));
	*info = a.info;
	return 0;
}

int bpio_read_path(int fd, void *buf, size_t len, long off)
{
	struct bpio_info before, after;
	int path = -1;

	if (bpio_counts(fd, &before))
		return -1;
	if (pread(fd, buf, len, off) != (ssize_t)len) {
		fail_errno("read of %zu at %ld", len, off);
		return -1;
	}
	if (bpio_counts(fd, &after))
		return -1;
	for (int i = 0; i < BPIO_PATH_MAX; i++)
		if (after.reads[i] != before.reads[i])
			path = i;
	return path;
}

void bpio_print_counts(const char *what, const struct bpio_info *info)
{
	printf("%s:", what);
	for (unsigned int i = BPIO_PATH_MAX; i-- > 0;)
		printf(" %s %llu", paths[i], (unsigned long long)info->reads[i]);
	for (unsigned int i = 1; i < BPIO_REASON_MAX; i++)
		if (info->reasons[i])
			printf(", %s %llu", bpio_reason_name(i),
			       (unsigned long long)info->reasons[i]);
	putchar('\n');
	fflush(stdout);
}

unsigned int bpio_op_of(const char *name)
{
	for (unsigned int i = 1; i < BPIO_OP_MAX; i++)
		if (!strcmp(ops[i], name))
			return i;
	fprintf(stderr, "checks: no such operation: %s\n", name);
	exit(2);
}

const char *bpio_op_name(unsigned int op)
{
	return op < BPIO_OP_MAX && ops[op] ? ops[op] : "unknown";
}

const char *bpio_reason_name(unsigned int reason)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].value == reason)
			return reasons[i].name;
	return "unknown";
}

const char *bpio_path_name(unsigned int path)
{
	return path < BPIO_PATH_MAX ? paths[path] : "unknown";
}
