# SPDX-License-Identifier: GPL-2.0
# The ioctl is unknown on files of other file systems, the lower one included.
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on ext4 nvme
checks write-pattern "$TOP/file" 4k 1
touch "$BPIO_TMP/file"
checks uapi-enotty "$LOWER/file" "$LOWER" "$BPIO_TMP/file" "$BPIO_TMP" /proc/self/stat /dev/zero
