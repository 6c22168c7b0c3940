# SPDX-License-Identifier: GPL-2.0
# A defragmenter cannot move blocks under the bypass; it can while a writer has it suspended, and
# afterwards the bypass finds the blocks where they are now.
# covers: R89
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

blocks() { filefrag -v "$LOWER/file" | awk '/^ *[0-9]+:/ { print $4, $5 }'; }

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
cp --reflink=never "$LOWER/file" "$LOWER/donor"
sync
before=$(blocks)
# The blocks that the file had are the donor's then, and get other bytes.
checks handle "$TOP/file" "$LOWER/file" enable reads=full \
	"run=checks move-blocks $LOWER/file $LOWER/donor 256 ETXTBSY" reads=full \
	"run=checks hold-open $TOP/file rw & echo \$! >/tmp/pid; sleep 1" \
	read=0,4096,filters-skipped,writer \
	"run=checks move-blocks $LOWER/file $LOWER/donor 256 0" \
	"run=dd if=/dev/urandom of=$LOWER/donor bs=1M count=1 conv=notrunc,fsync status=none" \
	read=0,64k,filters-skipped,writer "run=kill \$(cat /tmp/pid)" until=full reads=full
[ "$(blocks)" != "$before" ] || fail "no block was moved: nothing was tested"
