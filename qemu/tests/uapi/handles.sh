# SPDX-License-Identifier: GPL-2.0
# Counts of enabled handles, and what a handle is told that cannot bypass.
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1
# covers: R16 R17 R18 R20 R37
checks uapi-handles "$TOP/file"
# covers: R8 R9 R24 R26 R30 R41 R93
checks uapi-vetoes "$TOP"
touch "$TOP/other"
# covers: R1 R8 R30 R41 R46
checks uapi-access "$TOP/file" "$TOP/other" "$TOP"
mkdir "$TOP/dir"
checks uapi-access "$TOP/file" "$TOP/other" "$TOP/dir"
