# SPDX-License-Identifier: GPL-2.0
# Each operation, flag bit and reserved byte of the ioctl is taken or refused as documented,
# and each answer is filled in to its last byte.
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1
# covers: R1 R4 R8 R9 R14 R44
checks uapi-ops "$TOP/file"
# covers: R5
checks uapi-flags "$TOP/file"
# covers: R3
checks uapi-reserved "$TOP/file"
# covers: R13 R14
checks uapi-sizes "$TOP/file"
checks uapi-pointers "$TOP/file"
