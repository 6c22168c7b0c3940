# SPDX-License-Identifier: GPL-2.0
# A 32-bit program gets the same answers.
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

command -v checks32 >/dev/null || skip "no 32-bit compiler built checks32"
checks32 >/dev/null 2>&1 || skip "this kernel runs no 32-bit programs"
stack_on ext4 nvme
checks write-pattern "$TOP/file" 64k 1
checks32 uapi-ops "$TOP/file"
checks32 uapi-flags "$TOP/file"
checks32 uapi-reserved "$TOP/file"
checks32 uapi-sizes "$TOP/file"
checks32 uapi-pointers "$TOP/file"
checks32 uapi-handles "$TOP/file"
checks32 uapi-vetoes "$TOP"
checks uapi-dump "$TOP/file" >"$BPIO_TMP/64"
checks32 uapi-dump "$TOP/file" >"$BPIO_TMP/32"
assert_same_file "$BPIO_TMP/64" "$BPIO_TMP/32"
checks32 uapi-enotty "$LOWER/file" "$LOWER"
