/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two instructions that do nothing, and that profile.c (a plugin of the emulator) knows again:
 * it counts from the one to the other. A no-operation of eight bytes, the last four of which
 * mean nothing to the processor.
 */
#ifndef BENCH_MARKER_H
#define BENCH_MARKER_H

#define MARKER_BYTES	"0x0f, 0x1f, 0x84, 0x00, 0x62, 0x70, 0x69, "
#define MARKER_PREFIX	{ 0x0f, 0x1f, 0x84, 0x00, 0x62, 0x70, 0x69 }
#define MARKER_START	1
#define MARKER_STOP	2

static inline void marker_start(void)
{
	__asm__ volatile(".byte " MARKER_BYTES "1" : : : "memory");
}

static inline void marker_stop(void)
{
	__asm__ volatile(".byte " MARKER_BYTES "2" : : : "memory");
}

#endif
