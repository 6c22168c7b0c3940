# SPDX-License-Identifier: GPL-2.0
# Power is cut at random moments of an encryption and a decryption, on kernel 6.12 at 56 in all. The
# file is opened, what was interrupted is finished, and it has all its bytes.
# fs: ext4 xfs
# lanes: distro
# timeout: 600
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/crypt.sh"

fill() {
	head -c 300007 /dev/urandom >"$WORK/plain"
	# a hole in the middle, and a tail that is no whole block
	dd if=/dev/zero of="$WORK/plain" bs=4096 seek=20 count=12 conv=notrunc status=none
	cp --sparse=always "$WORK/plain" /mnt/disk/lower/file
}

convert() {
	bpio-crypt encrypt test /mnt/top/file
	# the same bytes again, so that some cuts meet it encrypted
	dd if="$WORK/plain" of=/mnt/top/file bs=32k conv=notrunc oflag=sync status=none
	bpio-crypt decrypt /mnt/top/file
	cmp /mnt/disk/lower/file "$WORK/plain"
}

look() {
	cat "$WORK/stored" >>"$WORK/all"
	cmp /mnt/top/file "$WORK/plain"
	bpio-crypt state /mnt/top/file | tee "$WORK/after"
	# it has been finished, and goes on working
	if grep -q ': encrypted' "$WORK/after"; then
		bpio-crypt decrypt /mnt/top/file
		cmp /mnt/disk/lower/file "$WORK/plain"
	else
		grep -q ': plain' "$WORK/after"
	fi
}

[ "$BPIO_KERNEL" = 6.12 ] && cuts=28 || cuts=12
power_disk "$FS" fill
power_record convert
: >"$WORK/all"
power_cuts "$cuts" look
sort "$WORK/all" | uniq -c
for found in plain encrypting encrypted decrypting; do
	grep -q "^$found" "$WORK/all" || fail "no cut has met a file that is $found"
done
in_flight=$(grep -c in-flight "$WORK/all")
[ "$in_flight" -ge $((cuts / 6)) ] || fail "only $in_flight cuts have met a chunk in flight"
