// SPDX-License-Identifier: GPL-2.0
/*
 * The only writer of a stream's state, see the picture in state.h
 */
#include <linux/array_size.h>
#include <linux/bug.h>
#include <linux/compiler.h>

#include "compat/kunit.h"
#include "state.h"

#define TO(id)	(1U << BPIO_STATE_##id)

static const unsigned int legal[BPIO_STATE_MAX] = {
	[BPIO_STATE_IDLE]	= TO(ARMING),
	[BPIO_STATE_ARMING]	= TO(ARMED) | TO(IDLE),
	[BPIO_STATE_ARMED]	= TO(DRAINING),
	[BPIO_STATE_DRAINING]	= TO(IDLE),
};

#define STATE_NAME(value, id, name) \
	[BPIO_STATE_##id] = (name),

static const char * const names[BPIO_STATE_MAX] = {
	BPIO_STATES(STATE_NAME)
};

/**
 * bpio_state_legal() - may a stream go from one state to the other?
 * @from: where it is
 * @to: where it wants to go
 *
 * Context: Any.
 * Return: true if it may.
 */
bool bpio_state_legal(enum bpio_state from, enum bpio_state to)
{
	if (from >= BPIO_STATE_MAX || to >= BPIO_STATE_MAX)
		return false;
	return legal[from] & (1U << to);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_state_legal);

/**
 * bpio_state_move() - go to another state
 * @state: the stream's state; its lock is held
 * @to: where to
 *
 * An illegal move is a bug of ours: it is reported, and made all the same,
 * since each move is followed by what makes it true.
 *
 * Context: Any.
 */
void bpio_state_move(enum bpio_state *state, enum bpio_state to)
{
	WARN_ONCE(!bpio_state_legal(*state, to), "bypassfs: %s -> %s\n",
		  bpio_state_name(*state), bpio_state_name(to));
	WRITE_ONCE(*state, to);
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_state_move);

/**
 * bpio_state_name() - the name that tools and traces print
 * @state: any number
 *
 * Context: Any.
 * Return: a constant string.
 */
const char *bpio_state_name(enum bpio_state state)
{
	return state < BPIO_STATE_MAX ? names[state] : "?";
}
EXPORT_SYMBOL_IF_BPIO_KUNIT(bpio_state_name);
