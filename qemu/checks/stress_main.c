// SPDX-License-Identifier: GPL-2.0
/* stress: sets up the files, starts readers and actors as processes, adds up. */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stress.h"
#include "uapi_call.h"

#define FREE_LEFT	(24ull << 20)
#define GRACE_MS	120000

struct shared *sh;

static const struct {
	const char *name;
	int (*act)(uint64_t *x);
	unsigned int slower;	/* times the usual pause */
	int as_owner;
} actors[ACTORS] = {
	[ACTOR_WRITE]	 = { "write", stress_act_write, 1, 0 },
	[ACTOR_MMAP]	 = { "mmap", stress_act_mmap, 4, 0 },
	[ACTOR_TRUNCATE] = { "truncate", stress_act_truncate, 6, 0 },
	[ACTOR_PUNCH]	 = { "punch", stress_act_punch, 6, 0 },
	[ACTOR_SHIFT]	 = { "shift", stress_act_shift, 12, 0 },
	[ACTOR_REPLACE]	 = { "replace", stress_act_replace, 6, 0 },
	[ACTOR_CLONE]	 = { "clone", stress_act_clone, 12, 0 },
	[ACTOR_DEDUPE]	 = { "dedupe", stress_act_dedupe, 8, 1 },
	[ACTOR_BEHIND]	 = { "behind", stress_act_behind, 2, 0 },
	[ACTOR_DEFRAG]	 = { "defrag", stress_act_defrag, 8, 0 },
	[ACTOR_CHATTR]	 = { "chattr", stress_act_chattr, 10, 0 },
	[ACTOR_FREEZE]	 = { "freeze", stress_act_freeze, 40, 0 },
	[ACTOR_FILL]	 = { "fill", stress_act_fill, 1, 0 },
};

static unsigned int readers = 4, min_bypass;
static unsigned int chosen;	/* bit per actor */

static int actor_process(enum actor_id who)
{
	uint64_t x = sh->seed * 0x2545f4914f6cdd1dull + who * 1013 + 7;
	int ret;

	if (actors[who].as_owner && (setgroups(0, NULL) || setgid(OWNER) || setuid(OWNER)))
		return stress_failed(actors[who].name, "become the owner");
	while (!load(&sh->stop)) {
		ret = actors[who].act(&x);
		if (ret < 0)
			return 1;
		if (ret > 0)	/* this file system or kernel cannot do it */
			break;
		add(&sh->actors[who].done, 1);
		stress_nap(sh->pace_ms * actors[who].slower);
	}
	return 0;
}

static pid_t start(int (*fn)(enum actor_id), enum actor_id arg)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(fn(arg) ? 1 : 0);
	}
	return pid;
}

static int reader_process(enum actor_id number)
{
	return stress_reader(number);
}

static int make_files(void)
{
	pthread_mutexattr_t attr;
	char path[4096];

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	for (unsigned int i = 0; i < sh->slots; i++) {
		struct slot *s = &sh->slot[i];

		pthread_mutex_init(&s->lock, &attr);
		s->id = ++sh->next_id;
		s->blocks = sh->blocks;
		for (unsigned int b = 0; b < sh->blocks; b++)
			s->begun[b] = s->done[b] = 2;
		stress_path(path, sh->upper, i);
		if (stress_make(path, i, s->id, s->begun, sh->blocks))
			return stress_failed("set-up", path);
	}
	sync();
	return 0;
}

/* Takes the free space but for a little, so that freed blocks are soon used again */
static int put_ballast(void)
{
	uint64_t at = 0;
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/ballast", sh->lower);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return stress_failed("set-up", path);
	for (uint64_t size = 1ull << 30; size >= 1 << 20; size /= 2)
		while (!fallocate(fd, 0, at, size))
			at += size;
	if (at < FREE_LEFT || ftruncate(fd, at - FREE_LEFT) || fsync(fd))
		return stress_failed("set-up", path);
	close(fd);
	sync();
	return 0;
}

static unsigned int actors_of(const char *list)
{
	unsigned int bits = 0;
	char copy[256], *save, *name;

	if (!strcmp(list, "all"))
		return (1u << ACTORS) - 1;
	if (!strcmp(list, "none"))
		return 0;
	snprintf(copy, sizeof(copy), "%s", list);
	for (name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		unsigned int i = 0;

		while (i < ACTORS && strcmp(actors[i].name, name))
			i++;
		if (i == ACTORS) {
			fprintf(stderr, "checks: no actor %s\n", name);
			exit(2);
		}
		bits |= 1u << i;
	}
	return bits;
}

static int parse(int argc, char **argv)
{
	uint64_t seconds = 60;

	sh->slots = 48;
	sh->blocks = 64;
	sh->pace_ms = 10;
	sh->seed = 1;
	sh->want_reads = 100000;
	for (int i = 1; i + 1 < argc; i += 2) {
		const char *key = argv[i], *value = argv[i + 1];

		if (!strcmp(key, "--dir"))
			sh->upper = value;
		else if (!strcmp(key, "--lower"))
			sh->lower = value;
		else if (!strcmp(key, "--actors"))
			chosen = actors_of(value);
		else if (!strcmp(key, "--reads"))
			sh->want_reads = number(value);
		else if (!strcmp(key, "--seconds"))
			seconds = number(value);
		else if (!strcmp(key, "--seed"))
			sh->seed = number(value) + 1;
		else if (!strcmp(key, "--readers"))
			readers = number(value);
		else if (!strcmp(key, "--files"))
			sh->slots = number(value);
		else if (!strcmp(key, "--size"))
			sh->blocks = number(value) / BLOCK;
		else if (!strcmp(key, "--pace"))
			sh->pace_ms = number(value);
		else if (!strcmp(key, "--min-bypass"))
			min_bypass = number(value);
		else
			return fail("no option %s", key);
	}
	sh->deadline = stress_now_ms() + seconds * 1000;
	if (argc % 2 == 0 || !sh->upper || !sh->lower || !sh->slots || sh->slots > MAX_SLOTS ||
	    sh->blocks < 24 || sh->blocks > MAX_BLOCKS || !readers || readers > 32)
		return fail("stress needs --dir and --lower; files to %d, size 96k to 1m, readers to 32",
			    MAX_SLOTS);
	return 0;
}

/* Ends when all have; kills what does not come back after the deadline */
static int wait_for_all(unsigned int left, const pid_t *pids, unsigned int count)
{
	int status, bad = 0;

	while (left) {
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid > 0) {
			left--;
			if (status) {
				bad = fail("a process ended with status %#x", status);
				store(&sh->failed, 1);
				store(&sh->stop, 1);
			}
			continue;
		}
		if (stress_now_ms() > sh->deadline)
			store(&sh->stop, 1);
		if (stress_now_ms() > sh->deadline + GRACE_MS) {
			for (unsigned int i = 0; i < count; i++)
				kill(pids[i], SIGKILL);
			return fail("%u processes did not end", left);
		}
		stress_nap(100);
	}
	return bad;
}

static int totals(uint64_t ms)
{
	uint64_t all = 0, full = sh->paths[BPIO_PATH_FULL];
	struct bpio_info info = { 0 };

	memcpy(info.reads, sh->paths, sizeof(info.reads));
	memcpy(info.reasons, sh->reasons, sizeof(info.reasons));
	bpio_print_counts("paths", &info);
	for (int i = 0; i < BPIO_PATH_MAX; i++)
		all += sh->paths[i];
	for (unsigned int i = 0; i < ACTORS; i++)
		if (chosen & (1u << i))
			printf("actor %s: %llu done, %llu ETXTBSY, %llu not possible\n",
			       actors[i].name, (unsigned long long)sh->actors[i].done,
			       (unsigned long long)sh->actors[i].busy,
			       (unsigned long long)sh->actors[i].refused);
	printf("blocks judged by generation %llu, by identity alone %llu; handles %llu, not enabled %llu\n",
	       (unsigned long long)sh->checked, (unsigned long long)sh->loose,
	       (unsigned long long)sh->opens, (unsigned long long)sh->unenabled);
	printf("stress: %llu reads, %llu bytes, %llu.%02llu %% on the full bypass, %llu ms\n",
	       (unsigned long long)sh->reads, (unsigned long long)sh->bytes,
	       (unsigned long long)(all ? full * 100 / all : 0),
	       (unsigned long long)(all ? full * 10000 / all % 100 : 0), (unsigned long long)ms);
	if (full * 100 < min_bypass * all || (min_bypass && !all))
		return fail("under %u %% of the reads took the full bypass", min_bypass);
	return 0;
}

static int stress(int argc, char **argv)
{
	pid_t pids[64];
	unsigned int count = 0;
	uint64_t began;
	int bad;

	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		return fail_errno("mmap");
	chosen = actors_of("all");
	if (parse(argc, argv) || make_files() || put_ballast())
		return 1;
	began = stress_now_ms();
	for (unsigned int i = 0; i < readers; i++)
		pids[count++] = start(reader_process, i);
	for (unsigned int i = 0; i < ACTORS; i++)
		if (chosen & (1u << i))
			pids[count++] = start(actor_process, i);
	bad = wait_for_all(count, pids, count);
	bad |= totals(stress_now_ms() - began);
	return bad || load(&sh->failed);
}
CHECK("stress", stress, "--dir UPPER --lower LOWER [--reads N --seconds S --seed X --readers N "
      "--files N --size BYTES --actors all|none|LIST --pace MS --min-bypass PERCENT]: see stress.h")
