# SPDX-License-Identifier: GPL-2.0
# Copies, names, truncation of an encrypted file; its attribute, which the mount hides and which may
# be wrong; its key, revoked while it is open; another mount; the module, which stays.
# fs: ext4
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/crypt.sh"

crypt_on "$FS" nvme
checks crypt-files "$TOP/file" "$LOWER/file" "$TOP/other"

note "open, and another mount"
exec {fd}<"$TOP/file"
close_it() { exec {fd}<&-; }
at_exit close_it
mkdir -p /mnt/other
mount_bypassfs "$LOWER" /mnt/other
assert_fails "Device or resource busy" cat /mnt/other/file
cat /mnt/other/other >/dev/null
cat "$TOP/other" >/dev/null
assert_fails "in use through another mount" bpio-crypt encrypt test "$TOP/other"
assert_fails "in use" rmmod bpio_crypt
close_it
umount "$TOP"
cmp -n 10 /mnt/other/file <(printf 'not to be seen')
umount /mnt/other
rmmod bpio_crypt
insmod /bpio/ko/bpio_crypt.ko
wait_until 5 test -c /dev/bpio_crypt
mount -t bypassfs "$LOWER" /mnt/other
mount -t bypassfs "$LOWER" "$TOP"

note "wrong attributes"
yes 'a line of plain text' | head -c 100001 >"$TOP/long" || true
cp "$TOP/long" "$BPIO_TMP/copy"
bpio-crypt encrypt test "$TOP/long"
umount "$TOP"
mount -t bypassfs "$LOWER" "$TOP"
checks crypt-attr "$TOP/long" "$LOWER/long"
assert_same_file "$TOP/long" "$BPIO_TMP/copy"

note "its key is revoked"
checks crypt-revoked "$TOP/long"
assert_fails "revoked" cat "$TOP/long"
key_test
printf r | dd of="$BPIO_TMP/copy" bs=1 seek=1 conv=notrunc status=none
bpio-crypt decrypt "$TOP/long"
assert_same_file "$LOWER/long" "$BPIO_TMP/copy"
