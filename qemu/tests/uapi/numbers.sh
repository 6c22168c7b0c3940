# SPDX-License-Identifier: GPL-2.0
# Each operation, flag bit and reserved byte of the ioctl is taken or refused as documented,
# and each answer is filled in to its last byte.
# fs: ext4 xfs
# lanes: distro
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1
checks uapi-ops "$TOP/file"
checks uapi-flags "$TOP/file"
checks uapi-reserved "$TOP/file"
checks uapi-sizes "$TOP/file"
checks uapi-pointers "$TOP/file"
