/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The volume drivers of a mount, see volume_driver.h
 */
#ifndef BPIO_DRIVER_H
#define BPIO_DRIVER_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>

#include "filter.h"

struct bpio_volume;

/**
 * struct bpio_claim - a driver at a mount whose block device it claims
 * @unit: what the driver sees of it
 * @driver: I: which
 * @vol: I: the mount
 * @enabled: T: it has agreed to an ENABLE, and so is owed a DISABLE
 * @serial: I: later ones have higher numbers
 * @refs: the list's, and of who pauses or resumes
 * @gone: none is left
 * @node: T: in bpio_drivers.claims
 * @all: in the list of all claims
 *
 * I: set when made. T: under bpio_drivers.lock.
 */
struct bpio_claim {
	struct bpio_unit unit;
	const struct bpio_driver *driver;
	struct bpio_volume *vol;
	bool enabled;
	u64 serial;
	refcount_t refs;
	struct completion gone;
	struct list_head node;
	struct list_head all;
};

/**
 * struct bpio_drivers - all that a mount knows of volume drivers
 * @lock: one question at a time; outside of the locks of streams and volume
 * @users: handles that are enabled, or about to be. From and to 0: under @lock.
 * @claims: T: in the order in which they are asked
 * @vetoer: V: who has vetoed, or NULL; changed under @lock as well
 * @veto: V: if so, what he says
 * @vetoed: V: there is one; read without any lock
 * @unsupported: T: how many do not support the bypass; read without the lock
 * @node: in the list of mounts
 *
 * T: under @lock. V: written under the volume's lock.
 */
struct bpio_drivers {
	struct mutex lock;	/* callbacks are called under it */
	atomic_t users;
	struct list_head claims;
	struct bpio_claim *vetoer;
	struct bpio_result veto;
	bool vetoed;
	unsigned int unsupported;
	struct list_head node;
};

/* driver.c: who is there */
void bpio_drivers_init(struct bpio_drivers *drivers);
int bpio_driver_mount(struct bpio_volume *vol);
void bpio_driver_umount(struct bpio_volume *vol);

/* consent.c: what they say */
void bpio_consent_get(struct bpio_volume *vol);
void bpio_consent_put(struct bpio_volume *vol);
void bpio_consent_join(struct bpio_claim *claim);
bool bpio_consent_leave(struct bpio_claim *claim);
bool bpio_consent_again(struct bpio_volume *vol);
bool bpio_consent_query(struct bpio_volume *vol, struct bpio_result *result);
void bpio_consent_each_veto(struct bpio_volume *vol,
			    void (*veto)(struct bpio_result *result,
					 void *arg),
			    void *arg);

#endif /* BPIO_DRIVER_H */
