#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the guest of bench.sh: every case on every path, over one memory-backed null_blk disk.
# Prints for the host: clock NS_PER_INSTRUCTION, setting TEXT, and per measurement
# result CASE PATH MEDIAN LEAST MOST, all separated by tabs.
# shellcheck source=/dev/null disable=SC2154
. "$BPIO_LIB/common.sh"
# shellcheck source=/dev/null
. "$BPIO_LIB/disk.sh"

export BPIO_TMP=/tmp/bench
PREAD=$BPIO_SHARE0/pread
SPAN=$((32 << 20))

# CASE: the program and its options. A new case is a line here.
declare -A CASES=(
	[pread-4k]="$PREAD --span $SPAN --block 4096"
)
ORDER="pread-4k"

# measure PATH FILE [OPTION...]
measure() {
	local path=$1 file=$2 name out
	shift 2
	# The clock runs on while the guest idles, so these seconds cost nothing
	sync
	sleep 10
	for name in $ORDER; do
		# shellcheck disable=SC2086 # a command line
		out=$(${CASES[$name]} "$@" "$file")
		printf 'result\t%s\t%s\t%s\n' "$name" "$path" "${out// /$'\t'}"
	done
}

# one_extent FILE: written, on the disk, in one piece
one_extent() {
	dd if=/dev/zero of="$1" bs=1M count=$((SPAN >> 20)) conv=fsync status=none
	sync
	filefrag "$1" | grep -q ': 1 extent found' || fail "$(filefrag "$1")"
}

# Blk-mq as real disks use it, and completion within the submission: no read ever waits, so
# what is counted is the path. No scheduler.
null_blk_disk size=384 queue_mode=2 irqmode=0 submit_queues=1 discard=0
queue=/sys/block/${DISK##*/}/queue
echo none >"$queue/scheduler"
copies="eight bytes"
! grep -qw erms /proc/cpuinfo || copies="one byte"
printf 'setting\tnull_blk memory_backed=1 queue_mode=2 irqmode=0, scheduler none, %s byte sectors; %s\n' \
	"$(cat "$queue/logical_block_size")" "an instruction copies $copies"
dev=$DISK
# Every page of the disk exists, so that looking one up costs the same on each path.
dd if=/dev/zero of="$dev" bs=1M oflag=direct status=none 2>/dev/null || true
printf 'clock\t%s\n' "$("$PREAD" --calibrate)"

measure raw "$dev"

mkdir -p /mnt/low /mnt/top
# Nothing is left for a background thread to write later on
mkfs_on ext4 "$dev" -E lazy_itable_init=0,lazy_journal_init=0
mount -t ext4 "$dev" /mnt/low
mkdir /mnt/low/{lower,upper,work}
one_extent /mnt/low/lower/file
measure ext4 /mnt/low/lower/file
mount -t bypassfs /mnt/low/lower /mnt/top
measure stack-0 /mnt/top/file
measure bypass-0 /mnt/top/file --enable
umount /mnt/top
mount -t overlay -o lowerdir=/mnt/low/lower,upperdir=/mnt/low/upper,workdir=/mnt/low/work \
	overlay /mnt/top
measure overlayfs /mnt/top/file
umount /mnt/top /mnt/low

mkfs_on xfs "$dev"
mount -t xfs "$dev" /mnt/low
one_extent /mnt/low/file
measure xfs /mnt/low/file
umount /mnt/low
