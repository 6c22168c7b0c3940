# SPDX-License-Identifier: GPL-2.0
# For the tests of bpio_crypt: `. "$BPIO_LIB/crypt.sh"` after common.sh and disk.sh.
# shellcheck shell=bash
# shellcheck disable=SC2119,SC2120 # the arguments are optional

# key_test [BYTE]: the key "test" of this user, 64 times the same byte
key_test() {
	head -c 64 /dev/zero | tr '\0' "${1:-k}" | bpio-crypt key test
}

# crypt_on TYPE KIND: as stack_on, with bpio_crypt and a key
crypt_on() {
	require_module xts
	# stays as long as an encrypted file is in memory, and so until after the mount
	load_module bpio_crypt
	wait_until 5 test -c /dev/bpio_crypt
	key_test
	stack_on "$@"
}

# Power cuts. dm-log-writes records each write and flush that reaches a disk; afterwards a copy of
# the disk is brought to what it may hold when the power is cut behind any of them: all that was
# flushed, and of what was not any part, sector by sector.
#	power_disk TYPE FUNCTION	FUNCTION puts files into /mnt/disk/lower
#	power_record FUNCTION		FUNCTION does in /mnt/top what is to be cut
#	power_cuts NUMBER FUNCTION	FUNCTION looks at /mnt/disk/lower and /mnt/top after each
# WORK is a directory in memory; in $WORK/cut is what a cut was.

# on_top DEVICE: the disk and bypassfs, until the end of the part
on_top() {
	mount -t "$POWER_FS" "$1" /mnt/disk
	at_exit umount /mnt/disk
	mount -t bypassfs /mnt/disk/lower /mnt/top
	at_exit umount /mnt/top
}

power_disk() {
	local size
	require_module dm_log_writes
	require_module xts
	modprobe -q loop || true
	load_module bpio_crypt
	wait_until 5 test -c /dev/bpio_crypt
	key_test
	POWER_FS=$1
	WORK=$BPIO_TMP/work
	mkdir -p "$WORK" /mnt/disk /mnt/top
	mount -t tmpfs -o size=1100M none "$WORK"
	at_exit umount "$WORK"
	wipefs -qa "$BPIO_NVME0"
	case $1 in
	ext4)
		size=64
		mkfs.ext4 -q -F -b 4096 -J size=4 \
			-E nodiscard,lazy_itable_init=0,lazy_journal_init=0 "$BPIO_NVME0" "${size}M"
		;;
	xfs)
		size=320
		mkfs.xfs -q -f -K -d "size=${size}m" "$BPIO_NVME0"
		;;
	esac >/dev/null
	POWER_SECTORS=$((size * 2048))
	mount -t "$1" "$BPIO_NVME0" /mnt/disk
	mkdir /mnt/disk/lower
	"$2"
	umount /mnt/disk
	dd if="$BPIO_NVME0" of="$WORK/base" bs=1M "count=$size" conv=sparse status=none
}

record() {
	on_top /dev/mapper/bpio-log
	"$1"
}

power_record() {
	dmsetup create bpio-log \
		--table "0 $POWER_SECTORS log-writes $BPIO_NVME0 $BPIO_NVME1"
	[ -b /dev/mapper/bpio-log ] || dmsetup mknodes
	part record "$1"
	dmsetup remove --retry bpio-log
}

cut_and_look() {
	local loop
	cp --sparse=always "$WORK/base" "$WORK/image"
	checks crypt-replay "$BPIO_NVME1" "$WORK/image" "$1" "$2" | tee "$WORK/cut"
	loop=$(losetup --show -f "$WORK/image")
	at_exit detach_loop "$loop"
	mount -t "$POWER_FS" "$loop" /mnt/disk
	at_exit umount /mnt/disk
	checks crypt-stored /mnt/disk/lower/file | tee "$WORK/stored"
	mount -t bypassfs /mnt/disk/lower /mnt/top
	at_exit umount /mnt/top
	"$3"
}

power_cuts() {
	local n
	for ((n = 1; n <= $1; n++)); do
		part cut_and_look "$n" "$1" "$2"
	done
}
