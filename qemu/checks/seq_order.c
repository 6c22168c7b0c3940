// SPDX-License-Identifier: GPL-2.0
/*
 * An order of steps in which each word of some length is there once: a de Bruijn sequence. Words
 * that differ by the names of the handles alone count as one, see seq.h.
 *
 * Take a word that is one shorter as a node, and a step as an edge to the node that the word is
 * then. Each node has as many edges in as out, so there is a way that takes each edge once and
 * ends where it began, and its steps are such an order. It is found as Hierholzer did: go on
 * until there is no edge left, then back to the last node that has some, and on from there.
 *
 * In a node the first step on a handle is on A. An edge that leads to a word where it is on B
 * makes the handles change names; they get their own again when the way is written down.
 *
 * The edges of a node are taken in an order of its own, that the seed makes. The usual orders,
 * that of the alphabet for one, would not do: the words that begin with enable come first, and
 * once they are done no handle is ever enabled again.
 */
#include <stdlib.h>

#include "checks.h"
#include "seq.h"

struct way {
	unsigned int length;	/* of a node, in steps */
	unsigned int nodes, words;
	unsigned char *edges;	/* of each node */
	unsigned char *taken;	/* so many of them */
	unsigned int *node;	/* those on the way, whose edges need not all be taken yet */
	unsigned char *by;	/* the steps that led to them */
};

static unsigned int other_handle(unsigned int step)
{
	return step < SEQ_WRITER ? (step + SEQ_HANDLE_OPS) % SEQ_WRITER : step;
}

/* The word with the handles exchanged */
static unsigned int twin(unsigned int word, unsigned int length)
{
	unsigned int place = 1, other = 0;

	for (; length; length--, place *= SEQ_STEPS, word /= SEQ_STEPS)
		other += other_handle(word % SEQ_STEPS) * place;
	return other;
}

unsigned int seq_alike(unsigned int word, unsigned int length)
{
	unsigned int other = twin(word, length);

	/* They differ first in their first step on a handle, and A's have the lower numbers */
	return other < word ? other : word;
}

uint64_t seq_count(unsigned int length)
{
	uint64_t named = 0, others = 1;

	while (length--) {
		named = named * SEQ_STEPS + others * SEQ_HANDLE_OPS;
		others *= SEQ_STEPS - SEQ_WRITER;
	}
	return named + others;
}

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 31) * 0x9e3779b97f4a7c15ull;
	x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9ull;
	return x ^ x >> 32;
}

static void shuffle(unsigned char *edges, uint64_t x)
{
	for (unsigned int i = 0; i < SEQ_STEPS; i++)
		edges[i] = i;
	for (unsigned int i = SEQ_STEPS - 1; i; i--) {
		unsigned int j = (x = mix(x + i)) % (i + 1);
		unsigned char edge = edges[i];

		edges[i] = edges[j];
		edges[j] = edge;
	}
}

/* The word that is there after a step. The handles may have to change names in it. */
static unsigned int after(const struct way *w, unsigned int node, unsigned int step)
{
	return ((uint64_t)node * SEQ_STEPS + step) % w->nodes;
}

/* The next edge of a node; SEQ_STEPS if there is none. With no handle in it, A and B are one. */
static unsigned int take(struct way *w, unsigned int node)
{
	unsigned int step;

	while (w->taken[node] < SEQ_STEPS) {
		step = w->edges[node * SEQ_STEPS + w->taken[node]++];
		if (step < SEQ_HANDLE_OPS || step >= SEQ_WRITER || twin(node, w->length) != node)
			return step;
	}
	return SEQ_STEPS;
}

/* Its end is found first */
static void find(struct way *w, unsigned char *order)
{
	unsigned int at = w->words, top = 0;

	while (at) {
		unsigned int node = w->node[top], step = take(w, node);

		if (step == SEQ_STEPS) {
			order[--at] = w->by[top--];
			continue;
		}
		w->node[++top] = seq_alike(after(w, node, step), w->length);
		w->by[top] = step;
	}
}

/* By the handles' own names, and on past the end until the first word comes again */
static void write_down(const struct way *w, unsigned char *order)
{
	unsigned int node = 0, exchanged = 0;

	memcpy(order + w->words, order, w->length);
	for (unsigned int i = 0; i < w->words + w->length; i++) {
		unsigned int word = after(w, node, order[i]);

		if (exchanged)
			order[i] = other_handle(order[i]);
		node = seq_alike(word, w->length);
		exchanged ^= node != word;
	}
}

unsigned char *seq_order(unsigned int length, uint64_t seed)
{
	struct way w = { .length = length - 1, .nodes = 1, .words = seq_count(length) };
	unsigned char *order = malloc(w.words + w.length);

	for (unsigned int i = 0; i < w.length; i++)
		w.nodes *= SEQ_STEPS;
	w.edges = malloc(w.nodes * SEQ_STEPS);
	w.taken = calloc(w.nodes, 1);
	w.node = calloc(w.words + 1, sizeof(*w.node));
	w.by = malloc(w.words + 1);
	if (!w.edges || !w.taken || !w.node || !w.by || !order)
		exit(fail("no memory"));
	for (unsigned int node = 0; node < w.nodes; node++)
		shuffle(w.edges + node * SEQ_STEPS, mix(seed + 1) + node);
	find(&w, order);
	write_down(&w, order);
	free(w.edges);
	free(w.taken);
	free(w.node);
	free(w.by);
	return order;
}
