# SPDX-License-Identifier: GPL-2.0
# Scratch disks, file systems and the mounts that tests need; everything is undone at the test's
# end. `. "$BPIO_LIB/disk.sh"` after common.sh. Results come back in variables, not on standard
# output, so that clean-up registered here belongs to the test and not to a subshell:
# DISK (a device) from disk(), MNT (a mounted file system) from make_fs().
# shellcheck shell=bash
# shellcheck disable=SC2119,SC2120 # the arguments are optional

NULLB=/sys/kernel/config/nullb/nullb0

# disk KIND: nvme nvme1 virtio pmem null_blk dm-linear loop; sets DISK. Size: 1 to 2 GB each,
# the pmem disk 512 MB.
disk() {
	case $1 in
	nvme) DISK=$BPIO_NVME0 ;;
	nvme1) DISK=$BPIO_NVME1 ;;
	virtio) DISK=$BPIO_VBLK ;;
	pmem) DISK=${BPIO_PMEM:-} ;;
	null_blk) null_blk_disk ;;
	dm-linear) dm_linear_disk ;;
	loop) loop_disk ;;
	*) fail "no disk of kind $1" ;;
	esac
	[ -b "$DISK" ] || skip "this guest has no $1 disk"
}

# null_blk_disk [ATTRIBUTE=VALUE...]: memory backed; as blocksize=4096 or poll_queues=1
null_blk_disk() {
	local setting
	modprobe -q null_blk nr_devices=0 || skip "this kernel has no null_blk"
	[ -d "${NULLB%/*}" ] || fail "null_blk has no configfs directory"
	mkdir "$NULLB"
	at_exit rmdir "$NULLB"
	echo 1 >"$NULLB/memory_backed"
	echo 1024 >"$NULLB/size"
	echo 1 >"$NULLB/discard"
	for setting; do
		echo "${setting#*=}" >"$NULLB/${setting%%=*}"
	done
	echo 1 >"$NULLB/power"
	DISK=/dev/nullb0
	wait_until 5 test -b "$DISK"
}

# dm_linear_disk [DEVICE]: two pieces of a disk (default nvme1), swapped, so that a sector of the
# volume is never the same sector of the disk
dm_linear_disk() {
	local dev=${1:-$BPIO_NVME1} half
	modprobe -q dm_mod || true
	half=$(($(blockdev --getsz "$dev") / 2 / 2048 * 2048))
	dmsetup create bpio-linear <<-TABLE
	0 $half linear $dev $half
	$half $half linear $dev 0
	TABLE
	at_exit dmsetup remove --retry bpio-linear
	DISK=/dev/mapper/bpio-linear
	[ -b "$DISK" ] || dmsetup mknodes
}

# loop_disk [SIZE]: over a file in memory
loop_disk() {
	modprobe -q loop || true
	mkdir -p "$BPIO_TMP/loop"
	mount -t tmpfs none "$BPIO_TMP/loop"
	at_exit umount "$BPIO_TMP/loop"
	truncate -s "${1:-400M}" "$BPIO_TMP/loop/image"
	DISK=$(losetup --show -f "$BPIO_TMP/loop/image")
	at_exit detach_loop "$DISK"
}

detach_loop() {
	losetup -d "$1" && wait_until 10 test ! -s "/sys/block/${1##*/}/loop/backing_file"
}

# mkfs_on TYPE DEVICE [MKFS OPTION...]
mkfs_on() {
	local type=$1 dev=$2
	shift 2
	wipefs -qa "$dev"
	case $type in
	ext[234]) "mkfs.$type" -q -F -E nodiscard "$@" "$dev" ;;
	xfs) mkfs.xfs -q -f -K "$@" "$dev" ;;
	btrfs) mkfs.btrfs -q -f -K "$@" "$dev" ;;
	f2fs) mkfs.f2fs -q -f "$@" "$dev" ;;
	*) fail "no mkfs for $type" ;;
	esac >/dev/null
}

# unmount DIR: a ring of io_uring lets go of its files some time after its program has ended
unmount() {
	local end=$((SECONDS + 20))
	until umount "$1" 2>/dev/null || [ "$SECONDS" -ge "$end" ]; do
		sleep 0.2
	done
	! mountpoint -q "$1" || umount "$1"
}

# make_fs TYPE KIND|DEVICE [MOUNT OPTIONS [MKFS OPTION...]]: a new file system, mounted; sets DISK
# and MNT (one directory per call: /mnt/fs0, /mnt/fs1 ...)
MNT_COUNT=0
make_fs() {
	local type=$1 kind=$2 options=${3:-}
	shift $(($# < 3 ? $# : 3))
	require_fs "$type"
	case $kind in
	/*) DISK=$kind ;;
	*) disk "$kind" ;;
	esac
	mkfs_on "$type" "$DISK" "$@"
	MNT=/mnt/fs$MNT_COUNT
	MNT_COUNT=$((MNT_COUNT + 1))
	mkdir -p "$MNT"
	mount -t "$type" ${options:+-o "$options"} "$DISK" "$MNT"
	at_exit unmount "$MNT"
	chmod 1777 "$MNT"
}

# mount_bypassfs LOWER MOUNTPOINT [OPTIONS]
mount_bypassfs() {
	mkdir -p "$2"
	mount -t bypassfs ${3:+-o "$3"} "$1" "$2"
	at_exit unmount "$2"
}

# stack_on TYPE KIND [MOUNT OPTIONS [MKFS OPTION...]]: the usual set: LOWER is a directory on a
# new TYPE on KIND, TOP is bypassfs over it
stack_on() {
	make_fs "$@"
	LOWER=$MNT/lower
	TOP=/mnt/top
	mkdir -p "$LOWER"
	chmod 1777 "$LOWER"
	mount_bypassfs "$LOWER" "$TOP"
}

# drop_caches: the next buffered read goes to the disk
drop_caches() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

# disk_reads DEVICE: read requests it has completed
disk_reads() {
	local number
	number=$(stat -L -c '%Hr:%Lr' "$1")
	awk '{ print $1 }' "/sys/dev/block/$number/stat"
}
