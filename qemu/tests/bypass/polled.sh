# SPDX-License-Identifier: GPL-2.0
# Polled reads (IORING_SETUP_IOPOLL) go to the disk and complete without an interrupt of it, in
# registered and other buffers; who has to wait for them looks himself, also if it is their only
# sender; and an error of the disk arrives.
# covers: R39 R45 R55
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
nvme=$(basename "$(readlink -f "$DISK")")
[ "$(cat "/sys/block/$nvme/queue/io_poll")" = 1 ] || skip "this disk has no poll queue"
checks write-pattern "$TOP/file" 1m 1
sync

# How often it has interrupted, on both CPUs
interrupts() {
	awk -v name="${nvme%n*}q" 'index($0, name) { n += $2 + $3 } END { print n + 0 }' \
		/proc/interrupts
}

before=$(interrupts)
[ "$before" -gt 0 ] || fail "no interrupts of $nvme in /proc/interrupts"
checks polled "$TOP/file" "$LOWER/file" 500 single
after=$(interrupts)
# What remains is of the file system
[ $((after - before)) -lt 100 ] || fail "500 reads: $((after - before)) interrupts of the disk"
checks polled "$TOP/file" "$LOWER/file" 32
checks polled "$TOP/file" "$LOWER/file" 1 drain
