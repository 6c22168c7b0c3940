# SPDX-License-Identifier: GPL-2.0
# Every kind of scratch disk carries the file system, and direct reads return what was written.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

one_kind() {
	local before
	note "$1"
	make_fs "$FS" "$1"
	checks write-pattern "$MNT/file" 1m 7
	drop_caches
	before=$(disk_reads "$DISK")
	checks read-pattern "$MNT/file" 1m 7 direct
	# Persistent memory is not read by requests, so it counts none.
	[ "$1" = pmem ] || [ "$(disk_reads "$DISK")" -gt "$before" ] ||
		fail "$1: no read reached the disk"
}

for kind in nvme virtio dm-linear loop null_blk pmem; do
	part one_kind "$kind"
done
