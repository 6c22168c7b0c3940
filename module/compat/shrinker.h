/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BYPASSFS_COMPAT_SHRINKER_H
#define BYPASSFS_COMPAT_SHRINKER_H

#include <linux/shrinker.h>
#include <linux/slab.h>

/*
 * bp_shrinker_alloc(), bp_shrinker_register(), bp_shrinker_free() - before 6.7 whoever
 * had a shrinker made it himself, and registering it could fail
 */
#ifdef COMPAT_HAS_SHRINKER_ALLOC
static inline struct shrinker *bp_shrinker_alloc(const char *name)
{
	return shrinker_alloc(0, "%s", name);
}

static inline int bp_shrinker_register(struct shrinker *s, const char *name)
{
	shrinker_register(s);
	return 0;
}

static inline void bp_shrinker_free(struct shrinker *s)
{
	shrinker_free(s);
}
#else
static inline struct shrinker *bp_shrinker_alloc(const char *name)
{
	struct shrinker *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (s)
		s->seeks = DEFAULT_SEEKS;
	return s;
}

static inline int bp_shrinker_register(struct shrinker *s, const char *name)
{
	int ret = register_shrinker(s, "%s", name);

	if (ret)
		kfree(s);
	return ret;
}

static inline void bp_shrinker_free(struct shrinker *s)
{
	unregister_shrinker(s);
	kfree(s);
}
#endif

#endif /* BYPASSFS_COMPAT_SHRINKER_H */
