# SPDX-License-Identifier: GPL-2.0
# Whatever way, length, alignment and memory: an enabled handle returns what the lower file does.
# fs: ext4 xfs
# debug-fs: ext4
# timeout: 1500
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks read-make "$TOP/pieces" 3000123 64k
checks read-make "$TOP/whole" 5m 256k
: >"$TOP/empty"
printf 'seven b' >"$TOP/seven"
sync
# All cases on each file system of one of the kernels, elsewhere a part of them
case $BPIO_LANE-$BPIO_KERNEL-$FS in
distro-6.12-ext4 | distro-6.1-xfs) count=300 full=350 every=1 ;;
distro-*) count=100 full=75 every=4 ;;
*) count=100 full=50 every=16 ;;
esac
# covers: R35
checks read-diff "$TOP/pieces" "$LOWER/pieces" "$count" 1 "$full" "$every"
checks read-diff "$TOP/whole" "$LOWER/whole" "$count" 2 "$full" "$every"
checks read-diff "$TOP/seven" "$LOWER/seven" 100 3 1 "$every"
checks read-diff "$TOP/empty" "$LOWER/empty" 100 4 0 "$every"
# The same past the filters, on the lower file
bpioctl pause --volume "$TOP/whole"
checks read-diff "$TOP/whole" "$LOWER/whole" "$count" 5 0 "$((every * 4))" | tee "$BPIO_TMP/out"
grep -q 'filters-skipped [1-9].*volume-paused [1-9]' "$BPIO_TMP/out" ||
	fail "no read has skipped the filters"
bpioctl resume --volume "$TOP/whole"
