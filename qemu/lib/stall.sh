# SPDX-License-Identifier: GPL-2.0
# A disk that can be stopped where a file has one of its blocks, and goes on everywhere else.
# `. "$BPIO_LIB/stall.sh"` after disk.sh.
# shellcheck shell=bash

# stall_disk: sets DISK, over nvme. Inside it is another, bpio-stop, for the blocks that will stop.
stall_disk() {
	modprobe -q dm_mod || true
	dmsetup create bpio-stop --table "0 8 linear $BPIO_NVME0 0"
	at_exit dmsetup remove --retry bpio-stop
	dmsetup create bpio-stall --table "0 $(blockdev --getsz "$BPIO_NVME0") linear $BPIO_NVME0 0"
	at_exit dmsetup remove --retry bpio-stall
	dmsetup mknodes
	# shellcheck disable=SC2034 # for make_fs
	DISK=/dev/mapper/bpio-stall
}

# stall_at LOWER_FILE OFFSET: the 64 KiB of the disk from there on can be stopped
stall_at() {
	local sector size end
	sector=$(checks file-sector "$1" "$2")
	size=$(blockdev --getsz "$BPIO_NVME0")
	end=$((sector + 128))
	sync
	dmsetup suspend bpio-stall
	dmsetup load bpio-stop --table "0 128 linear $BPIO_NVME0 $sector"
	dmsetup resume bpio-stop
	dmsetup load bpio-stall <<-TABLE
	0 $sector linear $BPIO_NVME0 0
	$sector 128 linear /dev/mapper/bpio-stop 0
	$end $((size - end)) linear $BPIO_NVME0 $end
	TABLE
	dmsetup resume bpio-stall
	at_exit unstall
}

stall() { dmsetup suspend --nolockfs --noflush bpio-stop; }
unstall() { dmsetup resume bpio-stop; }
