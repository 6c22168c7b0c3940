// SPDX-License-Identifier: GPL-2.0
/* Requests on open files that all threads share, see rand.h. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rand.h"

/* Resumes come more often than pauses, so that all four paths are taken */
static const unsigned char ops[] = {
	BPIO_OP_ENABLE, BPIO_OP_ENABLE, BPIO_OP_ENABLE, BPIO_OP_ENABLE,
	BPIO_OP_DISABLE, BPIO_OP_DISABLE, BPIO_OP_QUERY, BPIO_OP_QUERY,
	BPIO_OP_STREAM_PAUSE, BPIO_OP_STREAM_RESUME, BPIO_OP_STREAM_RESUME,
	BPIO_OP_STREAM_RESUME, BPIO_OP_VOLUME_PAUSE, BPIO_OP_VOLUME_RESUME,
	BPIO_OP_VOLUME_RESUME, BPIO_OP_VOLUME_RESUME, BPIO_OP_GET_INFO, BPIO_OP_GET_INFO,
};

/* One that is open, locked for use; or NULL */
static struct rand_slot *use_slot(struct rand_thread *t)
{
	struct rand_slot *s = &world.slot[rand_number(t, RAND_SLOTS)];

	pthread_rwlock_rdlock(&s->lock);
	if (s->fd >= 0)
		return s;
	pthread_rwlock_unlock(&s->lock);
	return NULL;
}

static int is_one_of(unsigned int reason, const unsigned char *list, size_t len)
{
	return !!memchr(list, reason, len);
}

/* A request that is all right, with all that it may carry */
static void make_request(struct rand_thread *t, struct bpio_args *a)
{
	static const unsigned int scopes[] = { 0, BPIO_IN_SCOPE_HANDLE, BPIO_IN_SCOPE_STREAM };

	memset(a, 0, sizeof(*a));
	a->op = ops[rand_number(t, sizeof(ops))];
	switch (a->op) {
	case BPIO_OP_QUERY:
		a->in_flags = rand_number(t, 2) ? BPIO_IN_ALL : 0;
		a->first = a->in_flags ? rand_number(t, 3) : 0;
		break;
	case BPIO_OP_STREAM_PAUSE:
	case BPIO_OP_VOLUME_PAUSE:
		a->in_flags = rand_number(t, 16) ? 0 : BPIO_IN_OWNED;
		if (rand_number(t, 2))
			break;
		a->in_flags |= BPIO_IN_WHY;
		a->pause.reason = BPIO_REASON_MONITORING;
		a->pause.text_len = rand_number(t, BPIO_TEXT_MAX + 1);
		memset(a->pause.text, 'x', a->pause.text_len);
		break;
	case BPIO_OP_GET_INFO:
		a->in_flags = scopes[rand_number(t, 3)];
		break;
	}
	if (!rand_number(t, 4))
		a->in_flags |= BPIO_IN_SKIP_STORAGE;
}

static const char *impossible_result(const struct bpio_result *r)
{
	if (r->status > 0 || !r->status != !r->reason || !r->status != !r->driver_len)
		return "a status that does not fit its reason";
	if (r->driver_len > BPIO_DRIVER_MAX || r->text_len > BPIO_TEXT_MAX)
		return "a string that is too long";
	return NULL;
}

const char *rand_impossible(const struct bpio_args *a)
{
	const unsigned int most = RAND_SLOTS + RAND_OPERATORS + RAND_READERS;
	const char *bad;

	if (a->size != sizeof(*a) || a->state >= BPIO_STATE_MAX || a->stream_count > most)
		return "the header";
	if (a->op == BPIO_OP_GET_INFO)
		return a->info.volume_count > most ? "the mount's count" : NULL;
	if (a->op != BPIO_OP_QUERY || !(a->in_flags & BPIO_IN_ALL)) {
		bad = impossible_result(&a->results.filter);
		return bad ? bad : impossible_result(&a->results.storage);
	}
	if (a->blockers.count > a->blockers.total || a->blockers.count > BPIO_BLOCKERS_MAX)
		return "the number of blockers";
	for (unsigned int i = 0; i < a->blockers.count; i++)
		if (!a->blockers.list[i].result.status ||
		    impossible_result(&a->blockers.list[i].result))
			return "a blocker";
	return NULL;
}

/* The two halves of an answer: what can be in the way of these files */
static const char *impossible_halves(const struct rand_slot *s, const struct bpio_args *a)
{
	static const unsigned char storage[] = {
		BPIO_REASON_NONE, BPIO_REASON_WRITER, BPIO_REASON_VOLUME_PAUSED,
		BPIO_REASON_LAYOUT_BROKEN, BPIO_REASON_NO_LEASE,
	};
	unsigned int want = s->directory ? BPIO_REASON_DIRECTORY :
			    s->direct ? BPIO_REASON_NONE : BPIO_REASON_NOT_DIRECT;

	switch (a->op) {
	case BPIO_OP_QUERY:
		if (a->in_flags & BPIO_IN_ALL)
			return NULL;
		/* fallthrough */
	case BPIO_OP_ENABLE:
		if (a->results.filter.reason != want)
			return "the filter half";
		break;
	case BPIO_OP_VOLUME_RESUME:
		if (a->results.filter.reason)
			return "the filter half";
		break;
	case BPIO_OP_STREAM_RESUME:
		if (a->results.filter.reason &&
		    a->results.filter.reason != BPIO_REASON_STREAM_PAUSED)
			return "the filter half";
		break;
	}
	return is_one_of(a->results.storage.reason, storage, sizeof(storage)) ?
	       NULL : "the storage half";
}

int rand_op_manage(struct rand_thread *t)
{
	struct rand_slot *s = use_slot(t);
	const char *bad = NULL;
	struct bpio_args a;
	unsigned int op;

	if (!s)
		return 0;
	make_request(t, &a);
	op = a.op;
	if (ioctl(s->fd, BPIO_IOC_MANAGE, &a))
		bad = strerror(errno);
	else if (a.op != op)
		bad = "another operation came back";
	else
		bad = rand_impossible(&a);
	if (!bad && op != BPIO_OP_GET_INFO)
		bad = impossible_halves(s, &a);
	pthread_rwlock_unlock(&s->lock);
	if (!bad)
		return 0;
	return rand_failed("%s, flags %#x: %s (%s, %s)", bpio_op_name(op), a.in_flags, bad,
			   bpio_reason_name(a.results.filter.reason),
			   bpio_reason_name(a.results.storage.reason));
}

/* Spoils a good request in one of the ways that the manual names */
static int spoil(struct rand_thread *t, struct bpio_args *a)
{
	switch (rand_number(t, 8)) {
	case 0:
		a->op = rand_number(t, 2) ? 0 : BPIO_OP_MAX + rand_number(t, 1000);
		return EINVAL;
	case 1:
		a->in_flags |= BPIO_IN_KNOWN + 1;
		return EINVAL;
	case 2:
		a->reserved1 = 1;
		return EINVAL;
	case 3:
		a->reserved2 = 1ull << rand_number(t, 64);
		return EINVAL;
	case 4:
		a->op = BPIO_OP_GET_INFO;
		a->in_flags = BPIO_IN_SCOPE_HANDLE | BPIO_IN_SCOPE_STREAM;
		return EINVAL;
	case 5:
		a->op = BPIO_OP_DISABLE;
		a->in_flags = BPIO_IN_OWNED;
		return EINVAL;
	case 6:
		a->op = BPIO_OP_VOLUME_PAUSE;
		a->in_flags = BPIO_IN_WHY;
		a->pause.reason = BPIO_REASON_NONE;
		return EINVAL;
	default:
		a->op = BPIO_OP_ENABLE;
		a->first = 1;
		return EINVAL;
	}
}

int rand_op_wrong(struct rand_thread *t)
{
	struct rand_slot *s = use_slot(t);
	struct bpio_args a, before;
	int want, got = 0;

	if (!s)
		return 0;
	make_request(t, &a);
	want = spoil(t, &a);
	before = a;
	if (!rand_number(t, 8)) {
		want = EFAULT;
		got = ioctl(s->fd, BPIO_IOC_MANAGE, NULL) ? errno : 0;
	} else {
		got = ioctl(s->fd, BPIO_IOC_MANAGE, &a) ? errno : 0;
	}
	pthread_rwlock_unlock(&s->lock);
	if (got != want)
		return rand_failed("a wrong %s, flags %#x: %s, not %s", bpio_op_name(before.op),
				   before.in_flags, errno_name(got), errno_name(want));
	return memcmp(&a, &before, sizeof(a)) ? rand_failed("a refused request was written to") : 0;
}

/* Closes one if it is open, with all that it owns; else opens one */
int rand_op_reopen(struct rand_thread *t)
{
	struct rand_slot *s = &world.slot[rand_number(t, RAND_SLOTS)];
	unsigned int kind = rand_number(t, 16), file = rand_number(t, RAND_FILES);
	int bad = 0;

	pthread_rwlock_wrlock(&s->lock);
	if (s->fd >= 0) {
		close(s->fd);
		s->fd = -1;
	} else {
		s->directory = kind == 0;
		s->direct = kind > 2;
		s->fd = rand_open(s->directory ? RAND_FILES : file,
				  s->direct ? O_RDONLY | O_DIRECT : O_RDONLY);
		bad = s->fd < 0 ? -1 : 0;
	}
	pthread_rwlock_unlock(&s->lock);
	return bad;
}
