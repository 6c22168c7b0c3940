# SPDX-License-Identifier: GPL-2.0
# A read into a registered buffer that begins or ends anywhere in a sector is taken or refused as by
# the lower file system, with the same bytes.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# Not all of a buffer in one piece
thp=/sys/kernel/mm/transparent_hugepage/enabled
if [ -e $thp ]; then
	at_exit eval "echo $(sed 's/.*\[\(.*\)\].*/\1/' $thp) >$thp"
	echo never >$thp
fi

# on DISK
on() {
	stack_on "$FS" "$1"
	checks write-pattern "$TOP/file" 1m 1
	sync
	checks fixed-odd "$TOP/file" "$LOWER/file"
}

part on nvme
part on null_blk
