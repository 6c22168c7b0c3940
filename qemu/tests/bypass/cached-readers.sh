# SPDX-License-Identifier: GPL-2.0
# Better than R84: cached readers and read-only mappings suspend nothing, since while a file is
# armed its page cache is clean.
# covers: R84
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
checks handle "$TOP/file" "$LOWER/file" enable reads=full "run=cat $TOP/file >/dev/null" \
	"run=cat $LOWER/file >/dev/null" \
	"run=checks hold-open $TOP/file mapped-ro & echo \$! >/tmp/pid; sleep 1" \
	reads=full flags-=suspended "run=kill \$(cat /tmp/pid)" reads=full
