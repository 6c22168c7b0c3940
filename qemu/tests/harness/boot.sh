# SPDX-License-Identifier: GPL-2.0
# The guest is the kernel that was asked for and has its disks.
. "$BPIO_LIB/common.sh"

[[ $(uname -r) == "$BPIO_KERNEL".* ]] || fail "running $(uname -r), wanted $BPIO_KERNEL"
for disk in "$BPIO_NVME0" "$BPIO_NVME1" "$BPIO_VBLK"; do
	[ -b "$disk" ] || fail "no disk '$disk'"
done
