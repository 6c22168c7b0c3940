# SPDX-License-Identifier: GPL-2.0
# Polled reads that a disk cannot take at once complete all the same, past the file system; those of
# device-mapper, which can be looked for by one only, while a drain would look as well.
# covers: R55
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

null_blk_disk poll_queues=1 max_sectors=2560
[ "$(cat /sys/block/nullb0/queue/io_poll)" = 1 ] || skip "null_blk has no poll queue"

# on DEVICE
on() {
	stack_on "$FS" "$1"
	checks write-pattern "$TOP/file" 1m 1
	sync
	checks polled-large "$TOP/file" "$LOWER/file"
	checks read-make "$TOP/pieces" 1m 64k
	checks polled-pieces "$TOP/pieces" "$LOWER/pieces"
	checks polled-race "$TOP/file" "$LOWER/file" 50
}

part on /dev/nullb0
dm_linear_disk /dev/nullb0
part on "$DISK"
