# SPDX-License-Identifier: GPL-2.0
# QUERY answers what ENABLE would and changes nothing; it asks in order, and no further than the
# first refusal, or than it was told to.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
# covers: R40
checks handle "$TOP/file" "$LOWER/file" query=none,none flags-=enabled count=0 mounted=0 \
	state=idle "run=echo x >>$LOWER/file" read=0,4096,none

# Data that have no blocks yet: asking the storage half writes them out.
writeback=$(cat /proc/sys/vm/dirty_writeback_centisecs)
at_exit sh -c "echo $writeback >/proc/sys/vm/dirty_writeback_centisecs"
echo 0 >/proc/sys/vm/dirty_writeback_centisecs
dd if=/dev/urandom of="$TOP/new" bs=64k count=4 status=none
delayed="filefrag -v $LOWER/new | grep -q delalloc"
# covers: R6
checks handle "$TOP/new" "$LOWER/new" "run=$delayed" filters-only "run=$delayed" \
	query=none,none "fails=$delayed"
exec 8<>"$TOP/file"
# covers: R6
checks handle "$TOP/file" "$LOWER/file" filters-only query=none,writer enable-skip=writer count=1

# covers: R26 R27
truncate -s 1m "$TOP/sparse"
exec 9<>"$TOP/sparse"
checks handle "$TOP/file" "$LOWER/file" flags=cached query=not-direct,none vetoed=not-direct \
	count=0 mounted=0 state=idle flags-=enabled filters-only=not-direct
checks handle "$TOP/sparse" "$LOWER/sparse" query=sparse,none vetoed=sparse count=0 mounted=0
checks handle "$TOP/sparse" "$LOWER/sparse" flags=cached query=not-direct,none vetoed=not-direct

# covers: R42
checks handle "$TOP/file" "$LOWER/file" agree agree volume-pause agree disable agree \
	volume-resume agree
checks handle "$TOP/file" "$LOWER/file" flags=cached agree
checks handle "$TOP/sparse" "$LOWER/sparse" agree
exec 8>&- 9>&-
checks handle "$TOP/file" "$LOWER/file" agree agree stream-pause agree volume-pause agree
checks handle "$TOP/file" "$LOWER/file" volume-resume agree
