# SPDX-License-Identifier: GPL-2.0
# Compression cannot be switched on for a file that is enabled, other attributes can; and a file
# that has it cannot be enabled. ext4 only remembers the wish, btrfs does it.
# covers: R29 R90
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# refuses STORAGE: the reason that ENABLE gives for the storage half
refuses() {
	local file=$TOP/file path=full
	[ "$1" = none ] || path=filters-skipped
	checks write-pattern "$file" 256k 1
	sync
	checks handle "$file" "$LOWER/file" "enable=$1" "reads=$path" \
		"fails=chattr +c $file 2>/tmp/err" "run=grep -q 'not supported' /tmp/err" \
		"run=chattr +d $file" flags+=enabled "until=$path" "reads=$path" disable \
		"run=chattr +c $file" vetoed=compressed count=0
	lsattr "$LOWER/file" | grep -q '^[^ ]*c' || fail "not compressed after DISABLE"
}

on_ext4() { stack_on ext4 nvme; refuses none; }
on_btrfs() { stack_on btrfs nvme1; refuses no-block-device; }
part on_ext4
modprobe -q btrfs || true
! grep -qw btrfs /proc/filesystems || part on_btrfs
