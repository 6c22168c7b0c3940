# SPDX-License-Identifier: GPL-2.0
# Whatever way, length, alignment and memory: an enabled handle returns what the lower file does.
# fs: ext4 xfs
# timeout: 600
# lanes: distro
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks read-make "$TOP/pieces" 3000123 64k
checks read-make "$TOP/whole" 5m 256k
: >"$TOP/empty"
printf 'seven b' >"$TOP/seven"
sync
count=500
[ "$BPIO_LANE" = debug ] || count=1500
# covers: R35
checks read-diff "$TOP/pieces" "$LOWER/pieces" "$count" 1 1000
checks read-diff "$TOP/whole" "$LOWER/whole" "$count" 2 1000
checks read-diff "$TOP/seven" "$LOWER/seven" 100 3 1
checks read-diff "$TOP/empty" "$LOWER/empty" 100 4 0
