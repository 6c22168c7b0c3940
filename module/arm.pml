/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model of arm.c, and of what it needs of freeze.c, writer.c and volume.c
 *
 * inline                        function
 * admit, forget                 bpio_writer_admit(), bpio_writer_forget()
 * writer_begin, writer_end      bpio_writer_begin(), bpio_writer_end()
 * hold_take, hold_drop          bpio_hold_take(), bpio_hold_drop()
 * hold_and_map, arm_idle        of the same name
 * arm, disarm, rearm            bpio_stream_arm(), _disarm(), _rearm()
 * disarm_all                    of the same name
 * volume_pause, volume_resume   bpio_volume_pause(), bpio_volume_resume()
 *
 * A lock that is held for one step only is that step. The lock of writer.c's
 * bucket is written out all the same, for the sake of one mutant.
 */
#define IDLE	0
#define ARMING	1
#define ARMED	2
#define DRAIN	3	/* BPIO_STATE_DRAINING */

/* struct bpio_stream */
byte state;
bit map;
bit known;	/* the map has been filled ... */
bit stale;	/* ... and the blocks have moved since */
byte count;
bit registered;	/* @armed, in writer.c's table */

/* struct bpio_volume */
bit vol_paused;

/* The bucket of the lower inode */
bit bucket;
byte pending;

/* The lower inode */
short writecount;	/* -1: deny_write_access(); above 0: open for writing */
bit leased;
byte rwsem;		/* readers, or EXCLUSIVE */
byte dio;		/* inode_dio_begin() */

#define EXCLUSIVE	255

inline admit()
{
#ifdef NO_ADMIT
	atomic { !bucket -> registered = 1 }
#else
	atomic { !bucket -> ok = !pending; registered = ok }
#endif
}

inline forget()
{
	atomic { !bucket -> registered = 0 }
}

inline hold_drop()
{
#ifdef LAYOUTS
	leased = 0;
#endif
	writecount++	/* allow_write_access() */
}

/* Steps in the order of freeze.c's banner. ok: taken */
inline hold_take()
{
	/* deny_write_access() */
	atomic {
		ok = (writecount <= 0);
		if
		:: ok -> writecount--
		:: else
		fi
	};
#ifdef LAYOUTS
	if
	:: ok ->
		leased = 1;
#ifndef LEASE_IS_ENOUGH
		/* inode_trylock_shared(), and back */
		ok = (rwsem != EXCLUSIVE);
#endif
		if
		:: !ok -> hold_drop()
		:: else
		fi
	:: else
	fi
#endif
}

inline map_free()
{
	atomic { map = 0; known = 0; stale = 0 }
}

inline hold_and_map()
{
#ifdef FORGIVE_LATE
	hold_take();
	gate_open(DISK, BROKEN);
#else
	gate_open(DISK, BROKEN);
	hold_take();
#endif
	if
	:: ok ->
#ifdef OPEN_BEFORE_MAP
		gate_open(DISK, DISARMED);
#endif
		map = 1
	:: else -> forget()
	fi
}

/* ok: armed */
inline arm_idle()
{
	ok = !vol_paused;	/* bpio_veto_storage() */
	if
	:: ok ->
#ifdef ARM_LOOKS_FIRST
		ok = !vol_paused;
		state = ARMING;
#else
		state = ARMING;
		/* barrier 3 */
		ok = !vol_paused;
#endif
		if
		:: ok -> admit()
		:: else
		fi;
		if
		:: ok -> hold_and_map()
		:: else
		fi;
		if
		:: ok -> state = ARMED; gate_open(DISK, DISARMED)
		:: else -> state = IDLE
		fi
	:: else
	fi
}

inline disarm()
{
	if
	:: state == ARMED ->
		state = DRAIN;
		gate_close(DISK, DISARMED);
#ifdef ALLOW_BEFORE_DRAIN
		hold_drop();
		gate_drain(DISK);
		map_free();
#else
		gate_drain(DISK);
#ifdef ALLOW_BEFORE_UNMAP
		hold_drop();
		map_free();
#else
		map_free();
		hold_drop();
#endif
#endif
		state = IDLE;
		forget()
	:: else
	fi
}

/* ok: armed */
inline arm()
{
	if
	:: state == ARMED && (gates[DISK].closed & BROKEN) -> disarm()
	:: else
	fi;
	if
	:: state == IDLE -> arm_idle()
	:: else -> ok = 1
	fi
}

/* ok: the gate is worth another try */
inline rearm()
{
	ok = !vol_paused;
	if
	:: ok -> ok = (writecount <= 0)
	:: else
	fi;
	if
	:: ok ->
		trylock(STREAM_LOCK);
		if
		:: ok ->
#ifndef REARM_UNCOUNTED
			ok = (count > 0);
#endif
			if
			:: ok -> arm()
			:: else
			fi;
			unlock(STREAM_LOCK)
		:: else
		fi
	:: else
	fi
}

inline disarm_all()
{
	do
	:: state != IDLE -> lock(STREAM_LOCK); disarm(); unlock(STREAM_LOCK)
	:: else -> break
	od
}

inline volume_pause()
{
	waiting = waiting | VOLUME;
#ifdef SCAN_BEFORE_PAUSED
	disarm_all();
	vol_paused = 1;
#else
	vol_paused = 1;
	/* barrier 3 */
	disarm_all();
#endif
	vol_quiet = 1;
	waiting = waiting & ~VOLUME
}

inline volume_resume()
{
	vol_quiet = 0;
	vol_paused = 0
}

/* found: a stream to be disarmed */
inline writer_begin()
{
	waiting = waiting | WRITER;
#ifdef LOOK_BEFORE_PENDING
	found = registered;
	pending++;
#else
	atomic { !bucket -> pending++; found = registered };
#endif
	do
	:: found ->
#ifdef KEEP_THE_BUCKET
		bucket = 1;
#endif
		lock(STREAM_LOCK);
		disarm();
		unlock(STREAM_LOCK);
		atomic {
#ifdef KEEP_THE_BUCKET
			bucket = 0;
#endif
			found = registered
		}
	:: else -> break
	od;
	waiting = waiting & ~WRITER
}

inline writer_end()
{
	atomic { !bucket -> pending-- }
}
