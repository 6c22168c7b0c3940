# SPDX-License-Identifier: GPL-2.0
# Power is cut while a program appends to an encrypted file, byte by byte and block by block, and
# truncates it. What it had synced is there, to the last byte; of the rest what was written, or zeroes.
# fs: ext4 xfs
# lanes: distro
# timeout: 600
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/crypt.sh"

fill() {
	: >/mnt/disk/lower/file
}

append() {
	bpio-crypt encrypt test /mnt/top/file
	checks crypt-append /mnt/top/file bpio-log 200
}

look() {
	checks crypt-appended /mnt/top/file "$(sed -n 's/^mark //p' "$WORK/cut")"
}

# all kernels have the same module: one of them is enough for many
[ "$BPIO_KERNEL" = 6.12 ] && cuts=16 || cuts=6
power_disk "$FS" fill
power_record append
power_cuts "$cuts" look
