# SPDX-License-Identifier: GPL-2.0
# A disk of which no request may cross certain lines: reads that cross none are polled as on any
# other, also if their sender may not wait, and those that do cross one end all the same.
# lanes: distro
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# 15 zones of 64 MiB that can be written anywhere; the last, which cannot, is not the file system's
null_blk_disk poll_queues=1 zoned=1 zone_size=64 zone_nr_conv=15
[ "$(cat /sys/block/nullb0/queue/io_poll)" = 1 ] || skip "null_blk has no poll queue"
[ "$(cat /sys/block/nullb0/queue/chunk_sectors)" = 131072 ] || fail "no chunks"
mkfs.ext4 -q -F -E nodiscard /dev/nullb0 900m
LOWER=/mnt/lower
TOP=/mnt/top
mkdir -p $LOWER
mount /dev/nullb0 $LOWER
at_exit unmount $LOWER
mount_bypassfs $LOWER $TOP
checks write-pattern $TOP/file 1m 1
sync
checks polled-nowait $TOP/file $LOWER/file
checks polled-large $TOP/file $LOWER/file
