/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_UNINIT_H
#define BYPASSFS_COMPAT_UNINIT_H

/*
 * A local variable all of which is written before it is read: what kernels are
 * built with to zero them all (INIT_STACK_ALL_ZERO) would do it a second time
 */
#if __has_attribute(__uninitialized__)
#define bp_uninitialized	__attribute__((__uninitialized__))
#else
#define bp_uninitialized
#endif

#endif /* BYPASSFS_COMPAT_UNINIT_H */
