# SPDX-License-Identifier: GPL-2.0
# Data that lie inside the inode: the handle is enabled, the file system reads; as soon as a write
# has moved them out into blocks, the bypass reads, without another ENABLE.
# covers: R32
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on ext4 nvme "" -O inline_data -I 256
echo tiny >"$LOWER/file"
sync
checks handle "$TOP/file" "$LOWER/file" enable=inline count=1 flags+=enabled flags+=suspended \
	read=0,4096,filters-skipped,inline \
	"run=dd if=/dev/urandom of=$TOP/file bs=64k count=4 status=none" \
	until=full flags-=suspended reads=full
