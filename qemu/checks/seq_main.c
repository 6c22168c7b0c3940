// SPDX-License-Identifier: GPL-2.0
/* sequences: goes through all that are to be run, see seq.h. */
#include <time.h>

#include "checks.h"
#include "seq.h"

#define ENOUGH		100	/* differences */
#define PROGRESS_MS	30000

static const char * const names[SEQ_STEPS + 1] = {
	"A.enable", "A.disable", "A.query", "A.stream-pause", "A.stream-resume",
	"A.volume-pause", "A.volume-resume", "A.read",
	"B.enable", "B.disable", "B.query", "B.stream-pause", "B.stream-resume",
	"B.volume-pause", "B.volume-resume", "B.read",
	"writer", "map", "punch", [SEQ_FILL] = "fill",
};

struct tally {
	uint64_t sequences, steps, differences;
	uint64_t of;	/* so many there will be */
	uint64_t began, told;
};

const char *seq_step_name(unsigned int step)
{
	return step <= SEQ_FILL ? names[step] : "?";
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

/* Is the first step on a handle one on A? */
static int wanted(const unsigned char *steps, unsigned int length)
{
	for (unsigned int i = 0; i < length; i++)
		if (steps[i] < SEQ_WRITER)
			return steps[i] < SEQ_HANDLE_OPS;
	return 1;
}

/* The next in order; 0 after the last */
static int next(unsigned char *steps, unsigned int length)
{
	while (length--) {
		if (++steps[length] < SEQ_STEPS)
			return 1;
		steps[length] = 0;
	}
	return 0;
}

static void tell(struct tally *t)
{
	uint64_t now = now_ms();

	if (now - t->told < PROGRESS_MS)
		return;
	t->told = now;
	printf("  %llu of %llu sequences, %llu a second, %llu differences\n",
	       (unsigned long long)t->sequences, (unsigned long long)t->of,
	       (unsigned long long)(t->sequences * 1000 / (now - t->began)),
	       (unsigned long long)t->differences);
	fflush(stdout);
}

static int run(struct seq_drive *d, const unsigned char *steps, unsigned int length,
	       struct tally *t)
{
	int ret = seq_run(d, steps, length);

	t->sequences++;
	t->steps += length;
	t->differences += ret != 0;
	tell(t);
	if (ret < 0)
		return fail("what this sequence has left cannot be undone");
	return t->differences == ENOUGH ? fail("that many differences are enough") : 0;
}

static int run_all(struct seq_drive *d, unsigned int length, unsigned int part,
		   unsigned int parts, struct tally *t)
{
	unsigned char steps[SEQ_MAX_LENGTH] = { 0 };
	uint64_t number = 0;
	int bad = 0;

	t->of = (seq_count(length) + parts - part) / parts;
	do {
		if (wanted(steps, length) && number++ % parts == part - 1)
			bad = run(d, steps, length, t);
	} while (!bad && next(steps, length));
	if (!bad && t->sequences != t->of)
		bad = fail("%llu sequences, there should be %llu", (unsigned long long)t->sequences,
			   (unsigned long long)t->of);
	return bad;
}

static int run_one(struct seq_drive *d, int argc, char **argv, struct tally *t)
{
	unsigned char steps[argc + 1];

	for (int i = 0; i < argc; i++) {
		for (steps[i] = 0; steps[i] <= SEQ_FILL; steps[i]++)
			if (!strcmp(names[steps[i]], argv[i]))
				break;
		if (steps[i] > SEQ_FILL)
			return fail("no step %s", argv[i]);
	}
	return run(d, steps, argc, t);
}

/* Whoever looks at the mount once a second can be met once a second */
static int met_too_often(const struct seq_drive *d, uint64_t ms)
{
	if (seq_met(d))
		printf("sequences: %u reads met somebody and were sent again\n", seq_met(d));
	return seq_met(d) > ms / 1000 + 1 ? fail("more than once a second") : 0;
}

static int sequences(int argc, char **argv)
{
	unsigned int part = 1, parts = 1, length;
	struct tally t = { 0 };
	struct seq_drive *d;
	uint64_t ms;
	int bad, one = argc > 2 && !strcmp(argv[2], "--only");

	if (!one && argc != 3 && (argc != 5 || strcmp(argv[3], "--part") ||
				  sscanf(argv[4], "%u/%u", &part, &parts) != 2))
		return fail("usage: sequences FILE LENGTH [--part I/N] or FILE --only STEP...");
	length = one ? 0 : number(argv[2]);
	if (length > SEQ_MAX_LENGTH || !part || part > parts)
		return fail("length to %d, part 1/N to N/N", SEQ_MAX_LENGTH);
	d = seq_new(argv[1]);
	if (!d)
		return 1;
	t.began = t.told = now_ms();
	bad = one ? run_one(d, argc - 3, argv + 3, &t) : run_all(d, length, part, parts, &t);
	ms = now_ms() - t.began;
	bad |= met_too_often(d, ms);
	seq_free(d);
	printf("sequences: %llu sequences, %llu steps, %llu differences\n",
	       (unsigned long long)t.sequences, (unsigned long long)t.steps,
	       (unsigned long long)t.differences);
	printf("in %llu ms, %llu sequences a second\n", (unsigned long long)ms,
	       (unsigned long long)(ms ? t.sequences * 1000 / ms : 0));
	return bad || t.differences;
}

CHECK("sequences", sequences, "FILE LENGTH [--part I/N], FILE --only STEP...: see seq.h")
