// SPDX-License-Identifier: GPL-2.0
/*
 * walk: all words of some steps, in one go and with nothing undone between them.
 *
 * They overlap: seq_order.c puts the steps in such an order that each word begins one step after
 * another, so it takes as many steps as there are words. Each word is run in the state that the
 * walk has come to, and most states are not that of a new scene: another seed, other states.
 *
 * The comparison after a step is that of seq_drive.c, with the bytes of a mapping, and now and
 * then the counters of file and mount. Reads are steps: that of the next read, after any word
 * that is shorter by one, is a word.
 *
 * A punch that finds the hole fills it here, or there would be one for ever.
 *
 * After a difference the steps since all was at rest are run from a new scene, with ever fewer
 * of them, and the shortest list that still differs is told.
 */
#include <time.h>

#include "checks.h"
#include "seq_drive.h"

#define LENGTH_MAX	5
#define PROGRESS_MS	30000
#define COUNTS_EVERY	64	/* steps */
#define STATES		256

struct walk {
	unsigned int length, words, steps;
	unsigned char *step;
	unsigned int rest;	/* the step before which all was at rest */
	/* From the steps as they were run: the last word, a bit for each, and how many */
	unsigned int word, numbers, seen;
	unsigned char *seen_word;
	unsigned char seen_state[STATES];
	uint64_t began, told;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

static void plan(struct walk *w, unsigned int length, uint64_t seed)
{
	int hole = 0;

	w->length = length;
	w->words = seq_count(length);
	w->steps = w->words + length - 1;
	w->step = seq_order(length, seed);
	for (w->numbers = 1; length; length--)
		w->numbers *= SEQ_STEPS;
	w->seen_word = calloc(w->numbers / 8 + 1, 1);
	if (!w->seen_word)
		exit(fail("no memory"));
	for (unsigned int i = 0; i < w->steps; i++) {
		if (w->step[i] != SEQ_PUNCH)
			continue;
		if (hole)
			w->step[i] = SEQ_FILL;
		hole = !hole;
	}
}

/* A step was run and compared */
static void see(struct walk *w, unsigned int at, const struct seq_model *m)
{
	unsigned int step = w->step[at] == SEQ_FILL ? SEQ_PUNCH : w->step[at];
	unsigned int state = m->enabled[0] | m->enabled[1] << 1 | m->armed << 2 | m->paused << 3 |
			     m->volume_paused << 4 | m->writer << 5 | m->mapped << 6 | m->hole << 7;
	unsigned int word;

	w->seen_state[state] = 1;
	if (!state)
		w->rest = at + 1;
	w->word = ((uint64_t)w->word * SEQ_STEPS + step) % w->numbers;
	word = seq_alike(w->word, w->length);
	if (at + 1 < w->length || w->seen_word[word / 8] & 1 << word % 8)
		return;
	w->seen_word[word / 8] |= 1 << word % 8;
	w->seen++;
}

static void tell(struct walk *w, unsigned int done)
{
	uint64_t now = now_ms();

	if (now - w->told < PROGRESS_MS)
		return;
	w->told = now;
	printf("  %u of %u steps, %llu a second\n", done, w->steps,
	       (unsigned long long)(done * 1000ull / (now - w->began)));
	fflush(stdout);
}

/* Still a difference without @count steps from @at? Then @list is without them. */
static int shorten(struct seq_drive *d, unsigned char *list, unsigned int steps, unsigned int at,
		   unsigned int count)
{
	unsigned char *shorter = malloc(steps);
	int ret;

	if (!shorter)
		return 0;
	memcpy(shorter, list, at);
	memcpy(shorter + at, list + at + count, steps - at - count);
	ret = seq_run(d, shorter, steps - count) == 1;
	if (ret)
		memcpy(list, shorter, steps - count);
	free(shorter);
	return ret;
}

static void reduce(struct seq_drive *d, unsigned char *list, unsigned int steps)
{
	d->quiet = 1;
	printf("%u steps since all was at rest: from a new scene they ", steps);
	if (seq_run(d, list, steps) != 1) {
		puts("do not differ. Walk again with the same seed.");
		return;
	}
	for (unsigned int count = (steps + 1) / 2; count; count /= 2)
		for (unsigned int at = 0; at + count <= steps;)
			if (shorten(d, list, steps, at, count))
				steps -= count;
			else
				at++;
	printf("differ, and so do these:\n  checks sequences %s --only", d->path);
	for (unsigned int i = 0; i < steps; i++)
		printf(" %s", seq_step_name(list[i]));
	putchar('\n');
	fflush(stdout);
}

static int step_differs(struct seq_drive *d)
{
	return seq_drive_step(d) || (d->map && seq_mapping_differs(d)) ||
	       (d->at % COUNTS_EVERY == 0 && seq_drive_left(d));
}

static int go(struct walk *w, struct seq_drive *d)
{
	w->began = w->told = now_ms();
	if (seq_begin(d, w->step, w->steps))
		return 1;
	for (; d->at < d->length; d->at++) {
		if (step_differs(d)) {
			w->steps = d->at + 1;
			if (seq_end(d, 1) == 1)
				reduce(d, w->step + w->rest, w->steps - w->rest);
			return 1;
		}
		see(w, d->at, &d->m);
		tell(w, d->at + 1);
	}
	return seq_end(d, 0);
}

static int result(const struct walk *w, const struct seq_drive *d, uint64_t ms, int differs)
{
	unsigned int states = 0;
	int bad = differs;

	for (unsigned int i = 0; i < STATES; i++)
		states += w->seen_state[i];
	printf("walk: %u of %u words of %u steps, in %u states, %s\n", w->seen, w->words,
	       w->length, states, differs ? "A DIFFERENCE" : "no difference");
	printf("%u steps in %llu ms, %llu a second; %u reads met somebody and were sent again\n",
	       w->steps, (unsigned long long)ms,
	       (unsigned long long)(ms ? w->steps * 1000ull / ms : 0), seq_met(d));
	if (!differs && w->seen != w->words)
		bad = fail("not every word was run");
	/* Whoever looks at the mount once a second can be met once a second */
	if (seq_met(d) > ms / 1000 + 1)
		bad = fail("met more than once a second");
	return bad;
}

static int walk(int argc, char **argv)
{
	uint64_t seed = argc > 3 ? number(argv[3]) : 1, ms;
	unsigned int length = argc > 2 ? number(argv[2]) : 0;
	struct walk w = { 0 };
	struct seq_drive *d;
	int differs;

	if (argc < 3 || argc > 4 || !length || length > LENGTH_MAX)
		return fail("usage: walk FILE LENGTH [SEED], length 1 to %d", LENGTH_MAX);
	d = seq_new(argv[1]);
	if (!d)
		return 1;
	plan(&w, length, seed);
	printf("walk: %u steps, seed %llu\n", w.steps, (unsigned long long)seed);
	fflush(stdout);
	differs = go(&w, d);
	ms = now_ms() - w.began;
	differs = result(&w, d, ms, differs);
	seq_free(d);
	free(w.step);
	free(w.seen_word);
	return differs;
}

CHECK("walk", walk, "FILE LENGTH [SEED]: all words of so many steps in one go; see seq_walk.c")
