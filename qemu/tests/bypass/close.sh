# SPDX-License-Identifier: GPL-2.0
# An enabled handle that is closed, by close, exit or a signal, leaves nothing behind: no count,
# and the lower file is free for writers at once.
# covers: R19 R20
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

enabled_is() { bpioctl info --stream "$TOP/file" | grep -q "stream_count:  $1"; }
free() { enabled_is 0 && echo x >>"$LOWER/file"; }

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
checks handle "$TOP/file" "$LOWER/file" enable reads=full close "run=echo x >>$LOWER/file"
# not the last one: still armed
checks handle "$TOP/file" "$LOWER/file" enable \
	"run=checks handle $TOP/file $LOWER/file enable close" state=armed reads=full \
	"fails=echo x 2>/tmp/err >>$LOWER/file"
free || fail "after the end of the process"

checks handle "$TOP/file" "$LOWER/file" enable until=traditional 2>/dev/null &
wait_until 5 enabled_is 1
sleep 1
assert_fails "Text file busy" truncate -s 0 "$LOWER/file"
kill -9 $!
wait $! || true
free || fail "after the process was killed"
