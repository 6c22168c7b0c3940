/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_KUNIT_H
#define BYPASSFS_COMPAT_KUNIT_H

#include <linux/export.h>
#include <linux/kconfig.h>

/*
 * EXPORT_SYMBOL_IF_BPIO_KUNIT() - let the suites in kunit/ reach a private function
 *
 * kunit/visibility.h has EXPORT_SYMBOL_IF_KUNIT(), but only since 6.2; its
 * name space is used, so that one import serves both.
 */
#if IS_ENABLED(CONFIG_KUNIT)
#define EXPORT_SYMBOL_IF_BPIO_KUNIT(sym) \
	EXPORT_SYMBOL_NS_GPL(sym, EXPORTED_FOR_KUNIT_TESTING)
#else
#define EXPORT_SYMBOL_IF_BPIO_KUNIT(sym)
#endif

#endif /* BYPASSFS_COMPAT_KUNIT_H */
