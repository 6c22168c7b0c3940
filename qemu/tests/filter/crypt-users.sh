# SPDX-License-Identifier: GPL-2.0
# Programs write, read and append while the file is encrypted and decrypted: each finds what it
# has written. Mappings and encryption keep each other out.
# fs: ext4 xfs
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/crypt.sh"

crypt_on "$FS" nvme
checks crypt-users "$TOP/file" 8
checks crypt-mmap "$TOP/mapped"
