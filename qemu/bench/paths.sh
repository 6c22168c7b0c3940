# SPDX-License-Identifier: GPL-2.0
# The disk, the file systems and the mounts that are measured. Sourced in the guest, after
# lib/common.sh, by scripts that define: measure PATH DIRECTORY [OPTION...]
# A directory holds file (32 MiB), large and scattered (both 100,000 blocks of 4 KiB); large is
# in one piece, of scattered each block is a piece. Where there are no files these are devices.
# shellcheck shell=bash
# shellcheck source=/dev/null disable=SC2153,SC2154
. "$BPIO_LIB/disk.sh"
# shellcheck source=/dev/null
. "$BPIO_LIB/probe.sh"

BENCH=$BPIO_SHARE0/bench
SPAN=$((100000 * 4096))
FILTERS=0

# pieces FILE LEAST MOST
pieces() {
	local n
	n=$(filefrag "$1" | sed 's/.*: \([0-9]*\) extents\? found/\1/')
	((n >= $2 && n <= $3)) || fail "$1 has $n extents, and not $2 to $3"
}

# check_files DIRECTORY
check_files() {
	pieces "$1/file" 1 1
	pieces "$1/large" 1 1
	pieces "$1/scattered" 99900 100100
}

# Blk-mq as real disks use it, and completion within the submission: no read ever waits, so
# what is counted is the path. No scheduler. Every page of the disk exists, so that looking one
# up costs the same on each path.
bench_disk() {
	local queue copies="eight bytes"
	null_blk_disk size=1280 blocksize=4096 queue_mode=2 irqmode=0 submit_queues=1 poll_queues=1 discard=0
	queue=/sys/block/${DISK##*/}/queue
	echo none >"$queue/scheduler"
	! grep -qw erms /proc/cpuinfo || copies="one byte"
	SETTING="null_blk memory_backed=1 queue_mode=2 irqmode=0 poll_queues=1, scheduler none,"
	SETTING+=" $(cat "$queue/logical_block_size") byte sectors; an instruction copies $copies"
	dd if="$BPIO_DISK0" of="$DISK" bs=1M iflag=direct oflag=direct status=none
	mkdir -p /mnt/low /mnt/top
}

# filters N: so many, with callbacks for reads and writes, that let reads bypass them
filters() {
	[ "$1" = 0 ] || load_module bpio_probe
	while [ "$FILTERS" -lt "$1" ]; do
		probe add "bench$FILTERS" "$((300000 + FILTERS))" bypass,quiet \
			pre:read post:read pre:write post:write
		FILTERS=$((FILTERS + 1))
	done
}

on_raw() {
	mkdir -p /tmp/raw
	ln -sf "$DISK" /tmp/raw/file
	ln -sf "$DISK" /tmp/raw/large
	ln -sf "$DISK" /tmp/raw/scattered
	measure raw /tmp/raw
}

# on_ext4 [N...]: and with so many filters on bypassfs
on_ext4() {
	local n
	mount -t ext4 "$DISK" /mnt/low
	check_files /mnt/low/lower
	measure ext4 /mnt/low/lower
	mount -t overlay -o lowerdir=/mnt/low/lower,upperdir=/mnt/low/upper,workdir=/mnt/low/work \
		overlay /mnt/top
	measure overlayfs /mnt/top
	umount /mnt/top
	mount -t bypassfs /mnt/low/lower /mnt/top
	for n; do
		filters "$n"
		measure "stack-$n" /mnt/top
		measure "bypass-$n" /mnt/top --enable
	done
	umount /mnt/top /mnt/low
}

on_xfs() {
	# So that the largest file fits into one group of blocks
	mkfs_on xfs "$DISK" -d agcount=2
	mount -t xfs "$DISK" /mnt/low
	dd if=/dev/zero of=/mnt/low/file bs=1M count=32 oflag=direct status=none
	dd if=/dev/zero of=/mnt/low/large bs=$SPAN count=1 oflag=direct status=none
	"$BENCH" scatter --span "$SPAN" /mnt/low/scattered
	check_files /mnt/low
	measure xfs /mnt/low
	umount /mnt/low
}
