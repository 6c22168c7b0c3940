# SPDX-License-Identifier: GPL-2.0
# The lower file system shuts down: soon an enabled handle gets the error that the lower file
# gives.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks move "shutdown-$FS" "$TOP" "$LOWER" behind
