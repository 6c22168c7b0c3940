# SPDX-License-Identifier: GPL-2.0
# A file of thousands of extents reads right, of each path and length; what its map takes is shown, is
# nothing before the first read, goes when memory is short, also under reads, and comes back.
# fs: ext4 xfs
# lanes: distro
# timeout: 240
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

# kept NAME: a number of bpioctl info's
kept() { bpioctl info --json "$TOP/file" | grep -o "\"$1\":[0-9]*" | cut -d: -f2; }

# read_by BLOCK: all of it, right, and past the file system
read_by() {
	status 0 bpioctl verify --block "$1" --sha256 "$sum" "$TOP/file"
	if [ "${2:-full}" = full ]; then
		says_not 'not full'
	fi
}

shrink() {
	echo 2 >/proc/sys/vm/drop_caches
	[ "$(kept map_extents)" = 0 ]
}

stack_on "$FS" null_blk
# A line in the kernel log for each time is not wanted
echo 4 >/proc/sys/vm/drop_caches
# What a file system keeps for itself would be one piece, as large as the file; ext4 needs a little
case $FS in
ext4) echo 512 >"/sys/fs/ext4/${DISK##*/}/reserved_clusters" ;;
xfs) xfs_io -x -c 'resblks 0' "$MNT" >/dev/null ;;
esac
checks comb "$LOWER/comb" 17m
sync
checks write-pattern "$TOP/file" 16m 5
sum=$(sha256sum <"$LOWER/file" | cut -d' ' -f1)
extents=$(filefrag "$LOWER/file" | sed 's/.*: \([0-9]*\) extents* found/\1/')
[ "$extents" -gt 1500 ] || fail "only $extents extents: nothing is tested"

hold reader bpioctl enable "$TOP/file"
wait_until 10 told reader 'enabled:'
assert_eq "$(kept map_extents)" 0 "extents before the first read"
empty=$(kept map_bytes)
read_by 4096
assert_eq "$(kept map_extents)" "$extents" "extents that were learnt"
bytes=$(kept map_bytes)
if [ "$bytes" -lt $((24 * extents)) ] || [ "$bytes" -gt $((60 * extents)) ]; then
	fail "$extents extents in $bytes bytes"
fi
[ "$(kept all_bytes)" -ge "$bytes" ] || fail "all files take less than one"

wait_until 10 shrink
assert_eq "$(kept map_bytes)" "$empty" "bytes without extents"
read_by 1M
assert_eq "$(kept map_extents)" "$extents" "extents that were learnt again"

# Now while they are read
while [ ! -e "$BPIO_TMP/enough" ]; do
	echo 2 >/proc/sys/vm/drop_caches
done &
for block in 4096 64K 1M 1M 1M 256K; do
	read_by "$block" any
done
touch "$BPIO_TMP/enough"
wait $!
let_go reader
assert_eq "$(kept map_extents) $(kept map_bytes)" "0 0" "when nobody has it enabled"
