// SPDX-License-Identifier: GPL-2.0
/*
 * Do the volume drivers agree?
 *
 * Transitions
 *   bpio_drivers.users is the count that drivers go by (R19): what they agree
 *   to goes for all handles of the mount. It is raised before a handle is
 *   enabled and lowered after it was disabled and drained, so that bypassed
 *   reads are in flight only between ENABLE and DISABLE. To come from 0 or to
 *   go to 0 takes bpio_drivers.lock, and drivers are told under it: in order,
 *   each time, once (R98). Otherwise raising and lowering is an atomic
 *   operation.
 *
 * Who is told
 *   ENABLE goes to one driver after the other, until one vetoes; who comes
 *   after him is not asked. Who has agreed is owed a DISABLE and gets it when
 *   the count goes to 0, or he leaves. When drivers are asked again (R51),
 *   those who have agreed get a QUERY, and the others the ENABLE that they
 *   still have to see. So after an ENABLE to which it has agreed a driver gets
 *   one DISABLE, and then perhaps another ENABLE.
 *
 * The veto
 *   It is a state of the mount, from the moment that it is given until drivers
 *   are asked again and agree, or the count goes to 0. It works as a pause
 *   does: written before all streams are disarmed, and looked at after a stream
 *   says that it is arming. So when a driver comes to an active mount and
 *   vetoes, no bypassed read is in flight any more when that is over.
 *
 * Locking
 *   bpio_drivers.lock > bpio_stream.lock > bpio_volume.lock. Callbacks are
 *   called under the first alone and may sleep. Pauses do not take it, so a
 *   callback, and whoever keeps one waiting, can send them.
 */
#include <linux/export.h>

#include "driver.h"
#include "reason.h"
#include "trace.h"
#include "volume.h"

/**
 * struct bpio_ask - a question to a driver
 * @driver: whom
 * @result: his answer
 */
struct bpio_ask {
	const struct bpio_driver *driver;
	struct bpio_result *result;
};

/* See volume_driver.h */
int bpio_driver_veto(struct bpio_ask *ask, int status, enum bpio_reason reason,
		     const char *text)
{
	const char *name = ask->driver->name;
	int ret = bpio_refuse_as(ask->result, status, reason, text, name);

	/* Whatever he wanted to say, he did not want to agree */
	if (ret) {
		pr_warn_ratelimited("bypassfs: improper veto of %s\n", name);
		bpio_refuse_as(ask->result, -EOPNOTSUPP, BPIO_REASON_OTHER,
			       "the driver vetoes without a proper reason",
			       name);
	}
	return ret;
}
EXPORT_SYMBOL_GPL(bpio_driver_veto);

/* True if it agrees; else @result says why not */
static bool agrees(struct bpio_claim *claim, bool enable,
		   struct bpio_result *result)
{
	const struct bpio_driver *driver = claim->driver;
	struct bpio_ask ask = { .driver = driver, .result = result };

	if (!(driver->features & BPIO_FEATURE_BYPASS))
		bpio_refuse(result, BPIO_REASON_DRIVER_UNSUPPORTED,
			    driver->name);
	else if (enable && driver->enable)
		driver->enable(&claim->unit, &ask);
	else if (!enable && driver->query)
		driver->query(&claim->unit, &ask);
	return !result->status;
}

/* True if there was a veto, and now there is none */
static bool settle(struct bpio_volume *vol, struct bpio_claim *vetoer,
		   const struct bpio_result *result)
{
	struct bpio_drivers *d = &vol->drivers;
	bool was = d->vetoed;

	spin_lock(&vol->lock);
	d->vetoer = vetoer;
	d->veto = *result;
	WRITE_ONCE(d->vetoed, vetoer);
	spin_unlock(&vol->lock);
	if (!vetoer)
		return was;
	trace_bpio_volume_veto(vol->lower_sb, result->reason,
			       vetoer->driver->name);
	bpio_event_volume(vol, BPIO_EVENT_VETOED, result->reason,
			  vetoer->driver->name, 0,
			  READ_ONCE(vol->pauses.count));
	bpio_volume_disarm(vol, BPIO_REASON_VOLUME_VETOED);
	return false;
}

/* From the top; true if this was the end of a veto */
static bool ask_all(struct bpio_volume *vol)
{
	struct bpio_drivers *d = &vol->drivers;
	struct bpio_result result = {};
	struct bpio_claim *claim;

	list_for_each_entry(claim, &d->claims, node) {
		if (!agrees(claim, !claim->enabled, &result))
			return settle(vol, claim, &result);
		claim->enabled = true;
	}
	return settle(vol, NULL, &result);
}

/**
 * bpio_consent_again() - ask all drivers, if anything is enabled
 * @vol: the mount; the lock of its drivers is held
 *
 * Context: Sleeps.
 * Return: true if this was the end of a veto.
 */
bool bpio_consent_again(struct bpio_volume *vol)
{
	lockdep_assert_held(&vol->drivers.lock);
	return atomic_read(&vol->drivers.users) && ask_all(vol);
}

/**
 * bpio_consent_get() - a handle is about to be enabled
 * @vol: the mount
 *
 * Context: Sleeps. No lock of a stream is held.
 */
void bpio_consent_get(struct bpio_volume *vol)
{
	struct bpio_drivers *d = &vol->drivers;

	if (atomic_inc_not_zero(&d->users))
		return;
	mutex_lock(&d->lock);
	if (!atomic_inc_not_zero(&d->users)) {
		ask_all(vol);
		/* Who comes meanwhile finds 0, and waits; later, the answer */
		atomic_set_release(&d->users, 1);
	}
	mutex_unlock(&d->lock);
}

static void disable(struct bpio_claim *claim)
{
	if (claim->enabled && claim->driver->disable)
		claim->driver->disable(&claim->unit);
	claim->enabled = false;
}

/**
 * bpio_consent_put() - a handle was disabled, and none of its reads is in
 * flight
 * @vol: the mount
 *
 * Context: Sleeps. No lock of a stream is held. Cannot fail, needs no memory.
 */
void bpio_consent_put(struct bpio_volume *vol)
{
	static const struct bpio_result nothing;
	struct bpio_drivers *d = &vol->drivers;
	struct bpio_claim *claim;

	if (!atomic_dec_and_mutex_lock(&d->users, &d->lock))
		return;
	list_for_each_entry(claim, &d->claims, node)
		disable(claim);
	settle(vol, NULL, &nothing);
	mutex_unlock(&d->lock);
}

/**
 * bpio_consent_join() - a driver comes to a mount
 * @claim: complete, and in no list yet
 *
 * If the mount is active it is asked at once. If it vetoes, or does not support
 * the bypass, no bypassed read is in flight on return.
 *
 * Context: Sleeps.
 */
void bpio_consent_join(struct bpio_claim *claim)
{
	struct bpio_drivers *d = &claim->vol->drivers;
	struct bpio_result result = {};

	mutex_lock(&d->lock);
	list_add_tail(&claim->node, &d->claims);
	if (!(claim->driver->features & BPIO_FEATURE_BYPASS))
		WRITE_ONCE(d->unsupported, d->unsupported + 1);
	if (atomic_read(&d->users) && !d->vetoed) {
		claim->enabled = agrees(claim, true, &result);
		if (!claim->enabled)
			settle(claim->vol, claim, &result);
	}
	mutex_unlock(&d->lock);
}

/**
 * bpio_consent_leave() - a driver goes, none of its callbacks runs on return
 * @claim: of bpio_consent_join()
 *
 * Context: Sleeps. Cannot fail, needs no memory.
 * Return: true if this was the end of a veto.
 */
bool bpio_consent_leave(struct bpio_claim *claim)
{
	struct bpio_drivers *d = &claim->vol->drivers;
	bool ended = false;

	mutex_lock(&d->lock);
	list_del(&claim->node);
	if (!(claim->driver->features & BPIO_FEATURE_BYPASS))
		WRITE_ONCE(d->unsupported, d->unsupported - 1);
	disable(claim);
	if (d->vetoer == claim)
		ended = bpio_consent_again(claim->vol);
	mutex_unlock(&d->lock);
	return ended;
}

/* The veto that is in force, if there is one */
static bool in_force(struct bpio_volume *vol, struct bpio_result *result)
{
	bool vetoed;

	spin_lock(&vol->lock);
	vetoed = vol->drivers.vetoed;
	if (vetoed)
		*result = vol->drivers.veto;
	spin_unlock(&vol->lock);
	return vetoed;
}

/**
 * bpio_consent_query() - what keeps, or would keep, the storage half back?
 * (R99)
 * @vol: the mount
 * @result: zeroed; filled in, with the first veto
 *
 * As long as anything is enabled, the answers to that count; else drivers are
 * asked what they would say.
 *
 * Context: Sleeps.
 * Return: true if there is a veto.
 */
bool bpio_consent_query(struct bpio_volume *vol, struct bpio_result *result)
{
	struct bpio_drivers *d = &vol->drivers;
	struct bpio_claim *claim;

	mutex_lock(&d->lock);
	if (!in_force(vol, result) && !atomic_read(&d->users)) {
		list_for_each_entry(claim, &d->claims, node)
			if (!agrees(claim, false, result))
				break;
	}
	mutex_unlock(&d->lock);
	return result->status;
}

/**
 * bpio_consent_each_veto() - all drivers that object, not only the first
 * @vol: the mount
 * @veto: called for each; the one in force comes first
 * @arg: for @veto
 *
 * Context: Sleeps.
 */
void bpio_consent_each_veto(struct bpio_volume *vol,
			    void (*veto)(struct bpio_result *result,
					 void *arg),
			    void *arg)
{
	struct bpio_drivers *d = &vol->drivers;
	struct bpio_result result;
	struct bpio_claim *claim;

	mutex_lock(&d->lock);
	if (in_force(vol, &result))
		veto(&result, arg);
	list_for_each_entry(claim, &d->claims, node) {
		memset(&result, 0, sizeof(result));
		if (claim != d->vetoer && !agrees(claim, false, &result))
			veto(&result, arg);
	}
	mutex_unlock(&d->lock);
}
