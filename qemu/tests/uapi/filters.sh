# SPDX-License-Identifier: GPL-2.0
# The ioctl that lists filters takes and refuses what its manual says, for anybody who has a file
# or a directory open, and fills its answer in to the last byte; on a mount without any filter.
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1
chmod 644 "$TOP/file"
mkdir "$TOP/dir"

checks uapi-filters "$TOP/file" 0
checks uapi-filters "$TOP" 0
as_user alice checks uapi-filters "$TOP/file" 0
as_user alice checks uapi-filters "$TOP/dir" 0
if checks32 >/dev/null 2>&1; then
	checks32 uapi-filters "$TOP/file" 0
fi
