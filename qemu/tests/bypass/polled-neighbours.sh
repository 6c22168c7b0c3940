# SPDX-License-Identifier: GPL-2.0
# Polled reads of two files that lie one behind the other on the disk do not become one request:
# who drains one file could not look for it.
# covers: R55
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

null_blk_disk poll_queues=1
[ "$(cat /sys/block/nullb0/queue/io_poll)" = 1 ] || skip "null_blk has no poll queue"
stack_on "$FS" /dev/nullb0
last=0 pairs=0
for i in $(seq 16); do
	checks write-pattern "$LOWER/$i" 64k "$i"
	sync
	sector=$(checks file-sector "$LOWER/$i" 0)
	if [ "$last" != 0 ] && [ "$sector" = $((last + 128)) ]; then
		checks polled-neighbours "$TOP/$((i - 1))" "$TOP/$i"
		pairs=$((pairs + 1))
	fi
	last=$sector
done
[ $pairs -gt 0 ] || fail "no file lies behind another"
