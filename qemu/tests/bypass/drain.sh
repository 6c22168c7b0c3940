# SPDX-License-Identifier: GPL-2.0
# Who needs the bypass out of the way waits for the reads in flight, and for nothing else (R45,
# R55, R67, R39): with the disk stopped under a bypassed read, a writer, a pause and DISABLE wait;
# when it runs again they all go on, and the read has its bytes.
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
other=$TOP/other
echo >"$other"

# blocks COMMAND...: with a read stopped in the disk, it waits; and ends when the disk goes on
blocks() {
	local reader waiter
	rm -f "$BPIO_TMP"/{ready,stopped}
	checks handle "$TOP/file" "$LOWER/file" enable reads=full \
		"run=touch $BPIO_TMP/ready; until [ -e $BPIO_TMP/stopped ]; do sleep .1; done" \
		read=0,64k,full &
	reader=$!
	wait_until 20 test -e "$BPIO_TMP/ready"
	dmsetup suspend --nolockfs --noflush bpio-stop
	touch "$BPIO_TMP/stopped"
	sleep 1
	"$@" &
	waiter=$!
	sleep 1
	if ! kill -0 "$waiter" 2>/dev/null; then
		dmsetup resume bpio-stop
		fail "did not wait for the read in flight: $*"
	fi
	dmsetup resume bpio-stop
	wait "$reader" || fail "the read in flight went wrong under: $*"
	wait "$waiter" || fail "failed: $*"
}

# covers: R34 R67
blocks sh -c ": 3<>$TOP/file"
blocks truncate -s 1m "$TOP/file"
# covers: R45 R46 R67
blocks checks handle "$other" "$LOWER/other" volume-pause volume-resume
# covers: R55 R67
blocks checks handle "$TOP/file" "$LOWER/file" stream-pause stream-resume
