# SPDX-License-Identifier: GPL-2.0
# The disk is full, and to write to the file takes space: its blocks are shared, or there are small
# holes between them. It is not encrypted then, and can be read; with some space it goes on.
# fs: ext4 xfs
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/crypt.sh"

case $FS in
ext4) crypt_on ext4 nvme '' -b 1024 -m 0 ;;
xfs) crypt_on xfs nvme '' -d size=320m -m reflink=1 ;;
esac

truncate -s 200k "$LOWER/file"
for n in {0..49}; do
	head -c 1024 /dev/urandom |
		dd of="$LOWER/file" bs=1k seek=$((n * 4)) conv=notrunc status=none
done
[ "$FS" = ext4 ] || head -c 200k /dev/urandom >"$LOWER/file"
cp "$LOWER/file" "$BPIO_TMP/copy"
[ "$FS" = ext4 ] || cp --reflink=always "$LOWER/file" "$LOWER/clone"
sync

full() {
	local size=$((1 << 30)) n=0
	while [ $size -ge 1024 ]; do
		if fallocate -l $size "$LOWER/filler$n" 2>/dev/null; then
			n=$((n + 1))
		else
			rm -f "$LOWER/filler$n"
			size=$((size / 2))
		fi
	done
	sync
}
full
assert_fails "No space left" bpio-crypt encrypt test "$TOP/file"
assert_same_file "$TOP/file" "$BPIO_TMP/copy"
bpio-crypt state "$TOP/file"
rm "$LOWER"/filler*
sync
bpio-crypt encrypt test "$TOP/file" || [[ $(bpio-crypt state "$TOP/file") == *": encrypted"* ]]
assert_same_file "$TOP/file" "$BPIO_TMP/copy"
[ "$FS" = ext4 ] || cmp "$LOWER/clone" "$BPIO_TMP/copy"
bpio-crypt decrypt "$TOP/file"
assert_same_file "$LOWER/file" "$BPIO_TMP/copy"
