# SPDX-License-Identifier: GPL-2.0
# No error is invented: where the disk fails, the reader gets what the lower file system gives;
# and when it works again the bypass does.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

modprobe -q dm_mod || true
size=$(blockdev --getsz "$BPIO_NVME0")
dmsetup create bpio-bad --table "0 $size linear $BPIO_NVME0 0"
at_exit dmsetup remove --retry bpio-bad
dmsetup mknodes
stack_on "$FS" /dev/mapper/bpio-bad
checks write-pattern "$TOP/file" 1m 1
sync
bad() { dmsetup suspend --nolockfs bpio-bad; dmsetup reload bpio-bad --table "0 $size $1"; dmsetup resume bpio-bad; }
export -f bad
export size BPIO_NVME0
checks handle "$TOP/file" "$LOWER/file" enable reads=full \
	"run=bash -c 'bad error'" \
	"fails=dd if=$LOWER/file of=/dev/null bs=4k count=1 iflag=direct 2>/tmp/err" \
	"run=grep -q 'Input/output error' /tmp/err" \
	errno=0,4096,EIO errno=64k,256k,EIO \
	"run=bash -c 'bad \"linear $BPIO_NVME0 0\"'" until=full reads=full
