# SPDX-License-Identifier: GPL-2.0
# A read, of whichever way, is one event, with the path that it took: also one that finds
# that it is not known any more where it is on the disk.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

tracing=/sys/kernel/tracing
event=$tracing/events/bypassfs/bpio_read
stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
sync
echo 1 >"$event/enable"
at_exit eval "echo 0 >$event/enable"
forget="for i in 1 2 3 4 5; do echo 2 >/proc/sys/vm/drop_caches; done; echo >$tracing/trace"
for way in pread:none aio:none uring:nowait; do
	checks read-one "${way%:*}" "$TOP/file" 4096 8192 "${way#*:}" "$forget"
	assert_eq "$(grep -c bpio_read: "$tracing/trace")" 1 "events of one read by ${way%:*}"
done
