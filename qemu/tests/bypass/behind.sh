# SPDX-License-Identifier: GPL-2.0
# Behind the mount an armed file is denied to writers, as a running program is; as soon as it is
# not armed it is theirs, and the bypass stays away as long as they have it open.
# covers: R34 R84 R86
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
checks handle "$TOP/file" "$LOWER/file" enable reads=full \
	"fails=echo x 2>/tmp/err >>$LOWER/file" "run=grep -q 'Text file busy' /tmp/err" \
	"fails=truncate -s 0 $LOWER/file 2>/tmp/err" "run=grep -q 'Text file busy' /tmp/err" \
	reads=full disable "run=echo x >>$LOWER/file" \
	"run=checks hold-open $LOWER/file rw & echo \$! >/tmp/pid; sleep 1" \
	enable=writer read=0,4096,filters-skipped,writer "run=kill \$(cat /tmp/pid)" until=full reads=full
