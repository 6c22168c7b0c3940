/* SPDX-License-Identifier: GPL-2.0 */
/*
 * State of a stream's storage half
 *
 *             arm                 held, flushed, mapped
 *   IDLE ------------> ARMING ----------------------------> ARMED
 *    ^                   |                                    |
 *    |      refused      |                           disarm   |
 *    +-------------------+                                    |
 *    |                                                        |
 *    +----------------------- DRAINING <----------------------+
 *           map dropped, writers allowed
 *
 *             gate      hold on the lower file     map
 *   IDLE      closed    none                       none
 *   ARMING    closed    being taken                being made
 *   ARMED     open *    taken                      valid
 *   DRAINING  closed    taken                      valid, till drained
 *
 * (*) or closed by BPIO_GATE_BROKEN: the lower file system took the layout
 * back. The next arm, disarm or read notices and goes through DRAINING.
 */
#ifndef BPIO_STATE_H
#define BPIO_STATE_H

#include <linux/types.h>

#include <linux/bypassio.h>

bool bpio_state_legal(enum bpio_state from, enum bpio_state to);
void bpio_state_move(enum bpio_state *state, enum bpio_state to);
const char *bpio_state_name(enum bpio_state state);

#endif /* BPIO_STATE_H */
