# SPDX-License-Identifier: GPL-2.0
# A file is encrypted and decrypted under its readers, in the debug lane a hundred times, step by step
# as BypassIO's documentation has it: bypass before, veto and pause in between, bypass after, no wrong
# byte.
# covers: R56 R60 R63 R64 R65 R66 R67 R79 R81 R91
# fs: ext4 xfs
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/crypt.sh"

crypt_on "$FS" nvme
case $BPIO_LANE@$FS in
debug@ext4) times=100 ;;
*) times=15 ;;
esac
checks crypt-steps "$TOP/file" "$LOWER/file" "$times"
