/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who asks the bypass core for something, or gets into its way
 *
 * Each does what it can do in any order and as often as it likes, and may stop
 * after each. Which of them there are is a matter of -D, see model.sh.
 */
#ifdef WITH_USER
proctype user()
{
	byte sum;
	bit ok, asked;

end:	do
	:: stream_pause(USER)
	:: stream_resume(USER)
	:: break
	od
}
#endif

#ifdef WITH_FILTER
proctype filter()
{
	byte sum;
	bit ok, asked;

end:	do
	::
#ifdef PAUSE_BEFORE_VETO
		stream_pause(FILTER);
		veto = 1;
#else
		veto = 1;
		stream_pause(FILTER);
#endif
		refused = 1;
		/* Now it does with the file what nobody may read past it */
		refused = 0;
		veto = 0;
		if
		:: stream_resume(FILTER)
		:: stream_forget(FILTER)
		fi
	:: break
	od
}
#endif

#ifdef WITH_BLOCKER
proctype blocker()
{
	byte sum;

end:	do
	:: attach_block(); attach_unblock()
	:: break
	od
}
#endif

#if OPENERS > 0
proctype opener(byte h)
{
	byte sum;
	bit ok;

end:	do
	:: stream_enable(h)
	:: stream_disable(h)
	:: break
	od
}
#endif

#if CLOSERS > 0
/* Disables the same open file as another, once */
proctype closer()
{
	byte sum;
	bit ok;

	stream_disable(0)
}
#endif

#ifdef WITH_VOLUME
proctype volume()
{
	byte sum;

end:	do
	:: volume_pause()
	:: volume_resume()
	:: break
	od
}
#endif

#ifdef WITH_WRITER
/* Through the mount. May have the file open for longer than he is pending. */
proctype writer()
{
	byte sum;
	bit found;

end:	do
	::
		writer_begin();
		/* get_write_access() */
		atomic {
			denied = (writecount < 0);
			assert(!denied);
			writecount++
		};
		if
		:: writer_end(); writecount--
		:: writecount--; writer_end()
		fi
	:: break
	od
}

/* Behind the mount: denied at times, and then he does not write */
proctype intruder()
{
end:	do
	:: atomic { writecount >= 0 -> writecount++ };
		writecount--
	:: break
	od
}
#endif

#ifdef LAYOUTS
/* Replaces blocks without write access to the file, as deduplication does */
proctype mover()
{
end:	do
	:: atomic { rwsem == 0 -> rwsem = EXCLUSIVE };
		/* break_layout(): ends the lease and calls layout_broken() */
		atomic {
			if
			:: leased -> leased = 0; gate_close(DISK, BROKEN)
			:: else
			fi
		};
		dio == 0;	/* inode_dio_wait() */
		atomic { moving = 1; stale = known };
		atomic { moving = 0; stale = known };
		rwsem = 0
	:: break
	od
}
#endif
