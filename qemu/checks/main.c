// SPDX-License-Identifier: GPL-2.0
/* checks VERB ARGUMENT...: finds the verb in the table that the other files fill. */
#include <ctype.h>
#include "checks.h"

extern const struct check *const __start_checks[], *const __stop_checks[];

static const struct { const char *name; int err; } errnos[] = {
#define E(x) { #x, x }
	E(EPERM), E(ENOENT), E(EINTR), E(EIO), E(ENXIO), E(EBADF), E(EAGAIN), E(ENOMEM),
	E(EACCES), E(EFAULT), E(EBUSY), E(EEXIST), E(EXDEV), E(ENODEV), E(ENOTDIR), E(EISDIR),
	E(EINVAL), E(EMFILE), E(ENOTTY), E(ETXTBSY), E(EFBIG), E(ENOSPC), E(ESPIPE), E(EROFS),
	E(EMLINK), E(EPIPE), E(ERANGE), E(EDEADLK), E(ENAMETOOLONG), E(ENOSYS), E(ENOTEMPTY),
	E(ELOOP), E(ENODATA), E(EOVERFLOW), E(EOPNOTSUPP), E(ESTALE), E(EDQUOT), E(EUCLEAN),
	E(ENOKEY), E(ETIMEDOUT), E(E2BIG), E(EBADMSG), E(ECANCELED),
#undef E
};

unsigned long long number(const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 0);

	switch (tolower((unsigned char)*end)) {
	case 'g':
		n <<= 10;
		/* fallthrough */
	case 'm':
		n <<= 10;
		/* fallthrough */
	case 'k':
		n <<= 10;
		end++;
	}
	if (end == text || *end) {
		fprintf(stderr, "checks: not a number: %s\n", text);
		exit(2);
	}
	return n;
}

int errno_of(const char *name)
{
	for (size_t i = 0; i < sizeof(errnos) / sizeof(*errnos); i++)
		if (!strcmp(errnos[i].name, name))
			return errnos[i].err;
	if (!strcmp(name, "0"))
		return 0;
	fprintf(stderr, "checks: no such error: %s\n", name);
	exit(2);
}

const char *errno_name(int err)
{
	for (size_t i = 0; i < sizeof(errnos) / sizeof(*errnos); i++)
		if (errnos[i].err == err)
			return errnos[i].name;
	return err ? strerror(err) : "0";
}

int main(int argc, char **argv)
{
	const struct check *const *c;

	for (c = __start_checks; argc > 1 && c < __stop_checks; c++)
		if (!strcmp((*c)->name, argv[1]))
			return (*c)->fn(argc - 1, argv + 1);
	for (c = __start_checks; c < __stop_checks; c++)
		printf("checks %s %s\n", (*c)->name, (*c)->usage);
	return argc > 1 ? 2 : 0;
}
