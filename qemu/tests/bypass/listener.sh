# SPDX-License-Identifier: GPL-2.0
# Who listens to the lower file with fanotify is asked about each read that bypasses it, by each way to
# read, and can forbid it.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1
sync
checks listener "$TOP/file" "$LOWER/file"
