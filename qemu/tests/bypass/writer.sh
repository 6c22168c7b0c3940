# SPDX-License-Identifier: GPL-2.0
# Who writes through the stack always wins and never sees ETXTBSY; the bypass comes back by
# itself when he is gone (R84 to R87), also for writers that only map, and across mounts.
# covers: R34 R84 R85 R86 R87 R94
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
mount_bypassfs "$LOWER" /mnt/second
checks write-pattern "$TOP/file" 1m 1
for via in "$TOP" /mnt/second; do
	checks handle "$TOP/file" "$LOWER/file" enable reads=full \
		"run=echo more >>$via/file" reads=full \
		"run=dd if=/dev/urandom of=$via/file bs=64k seek=3 count=2 conv=notrunc status=none" \
		reads=full "run=truncate -s 700001 $via/file" reads=full \
		"run=truncate -s 900000 $via/file" \
		"run=dd if=/dev/urandom of=$via/file bs=1k seek=683 count=250 conv=notrunc status=none" \
		until=full \
		"run=checks hold-open $via/file rw & echo \$! >/tmp/pid; sleep 1" \
		read=0,4096,filters-skipped,writer flags+=suspended state=idle \
		"run=kill \$(cat /tmp/pid)" until=full flags-=suspended reads=full \
		"run=checks hold-open $via/file mapped & echo \$! >/tmp/pid; sleep 1" \
		read=0,4096,filters-skipped,writer "run=kill \$(cat /tmp/pid)" until=full
done
checks handle "$TOP/file" "$LOWER/file" flags=rw enable=writer read=0,4096,filters-skipped,writer

# What a writer leaves in memory is written out when the file is armed again, and not by chance
writeback=$(cat /proc/sys/vm/dirty_writeback_centisecs)
at_exit sh -c "echo $writeback >/proc/sys/vm/dirty_writeback_centisecs"
echo 0 >/proc/sys/vm/dirty_writeback_centisecs
checks write-pattern "$TOP/left" 1m 1
checks handle "$TOP/left" "$LOWER/left" enable reads=full \
	"run=head -c 64k /dev/urandom | dd of=$TOP/left bs=64k conv=notrunc status=none" \
	until=full reads=full
