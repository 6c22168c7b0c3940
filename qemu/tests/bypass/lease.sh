# SPDX-License-Identifier: GPL-2.0
# XFS is bypassed only with a layout lease; without leases it says so and reads stay right. A
# program's own lease is not broken by arming and disarming.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
echo 0 >/proc/sys/fs/leases-enable
at_exit sh -c 'echo 1 >/proc/sys/fs/leases-enable'
if [ "$FS" = xfs ]; then
	checks handle "$TOP/file" "$LOWER/file" enable=no-lease read=0,4096,filters-skipped,no-lease
else
	checks handle "$TOP/file" "$LOWER/file" enable reads=full
fi
echo 1 >/proc/sys/fs/leases-enable
checks handle "$TOP/file" "$LOWER/file" enable reads=full \
	"run=checks hold-open $LOWER/file lease & echo \$! >/tmp/pid; sleep 1" reads=full disable \
	enable reads=full "run=checks hold-open $TOP/file lease & echo \$! >/tmp/pid2; sleep 1" \
	reads=full disable enable reads=full "run=kill -0 \$(cat /tmp/pid)" \
	"run=kill -0 \$(cat /tmp/pid2)" "run=kill \$(cat /tmp/pid) \$(cat /tmp/pid2)" reads=full
