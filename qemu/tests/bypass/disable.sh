# SPDX-License-Identifier: GPL-2.0
# DISABLE succeeds whatever the state, and when it returns no read of the handle that skips a filter
# is on its way any more, also of those that another process makes with it.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

modprobe -q dm_mod || true
size=$(blockdev --getsz "$BPIO_NVME0")
dmsetup create bpio-stop --table "0 $size linear $BPIO_NVME0 0"
at_exit dmsetup remove --retry bpio-stop
dmsetup mknodes
stack_on "$FS" /dev/mapper/bpio-stop
checks write-pattern "$TOP/file" 1m 1

# waits PATH REASON: a child reads on that path while the disk is stopped; DISABLE waits for it
waits() {
	local pid
	rm -f "$BPIO_TMP"/{ready,stopped,disabled}
	checks handle "$TOP/file" "$LOWER/file" "enable=$2" "reads=$1" \
		"run=touch $BPIO_TMP/ready; until [ -e $BPIO_TMP/stopped ]; do sleep .1; done" \
		start=0,64k "run=sleep 1" disable "run=touch $BPIO_TMP/disabled" join &
	pid=$!
	wait_until 20 test -e "$BPIO_TMP/ready"
	dmsetup suspend --nolockfs --noflush bpio-stop
	touch "$BPIO_TMP/stopped"
	sleep 3
	if [ -e "$BPIO_TMP/disabled" ]; then
		dmsetup resume bpio-stop
		fail "did not wait for the read in flight"
	fi
	dmsetup resume bpio-stop
	wait "$pid" || fail "the read in flight went wrong"
	[ -e "$BPIO_TMP/disabled" ] || fail "not disabled"
}

# covers: R39
waits full none
exec 9<>"$TOP/file"
waits filters-skipped writer
exec 9>&-
# the same when another handle keeps the file armed
checks handle "$TOP/file" "$LOWER/file" enable \
	"run=touch $BPIO_TMP/up; until [ -e $BPIO_TMP/down ]; do sleep .1; done" &
second=$!
wait_until 20 test -e "$BPIO_TMP/up"
# covers: R39
waits full none
touch "$BPIO_TMP/down"
wait "$second"

# covers: R37 R38
checks handle "$TOP/file" "$LOWER/file" disable enable volume-pause disable disable count=0 \
	volume-resume enable reads=full stream-pause disable disable count=0 \
	enable reads=full stream-pause volume-pause disable count=0 volume-resume
exec 9<>"$TOP/file"
checks handle "$TOP/file" "$LOWER/file" enable=writer flags+=suspended disable count=0 disable
exec 9>&-
checks handle "$TOP/file" "$LOWER/file" enable reads=full "run=rm $TOP/file" disable count=0
checks write-pattern "$TOP/file" 1m 1
sync
checks handle "$TOP/file" "$LOWER/file" enable reads=full \
	"run=xfs_io -x -c shutdown $MNT" disable count=0 state=idle flags-=enabled disable
