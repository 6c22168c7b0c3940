/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of the two mutexes of a stream
 *
 * A mutex is fair: who waits for it will get it. That is needed to show that
 * something ends (FAIR). For all else anybody may get it who happens to try,
 * which is more than can happen.
 *
 * Spinlocks are not here: a lock that is held for one step only is that step.
 */
#define STREAM_LOCK	0	/* bpio_stream.lock */
#define SKIP_LOCK	1	/* bpio_stream.skip_lock */

#ifndef FAIR
bit mutex[2];

#define LOCKED	mutex[STREAM_LOCK]

inline lock(m)
{
	atomic { !mutex[m] -> mutex[m] = 1 }
}

inline unlock(m)
{
	mutex[m] = 0
}

inline trylock(m)
{
	atomic { ok = !mutex[m]; mutex[m] = 1 }
}
#else
/* First in the queue is who holds it */
chan mutex[2] = [4] of { byte };

#define LOCKED	(len(mutex[STREAM_LOCK]) > 0)

inline lock(m)
{
	mutex[m]!_pid;
	mutex[m]?[eval(_pid)]
}

inline unlock(m)
{
	mutex[m]?eval(_pid)
}

inline trylock(m)
{
	atomic {
		ok = empty(mutex[m]);
		if
		:: ok -> mutex[m]!_pid
		:: else
		fi
	}
}
#endif
