# SPDX-License-Identifier: GPL-2.0
# Locks of all three kinds conflict over the mount and the directory below; leases work.
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
echo >"$TOP/file"
checks stack-locks "$TOP/file" "$LOWER/file"
checks stack-leases "$TOP/file" "$LOWER/file"
flock "$TOP" true
assert_eq "$(cat /proc/locks)" "" "locks left over"
