# SPDX-License-Identifier: GPL-2.0
# Who has no key of a file, or another one of that name, is told so and sees nothing; who copies
# it by whatever system call gets plain text; who looks below the mount gets none.
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/crypt.sh"

# The keyring of a user outlives the test
forget() { as_user alice bpio-crypt forget test || true; }
at_exit forget

crypt_on "$FS" nvme
yes 'a line of plain text' | head -c 200001 >"$TOP/file" || true
cp "$TOP/file" "$BPIO_TMP/copy"
chmod 666 "$TOP/file"

note "no key: not encrypted, and not vetoed"
assert_fails "no key of this name" as_user alice bpio-crypt encrypt test "$TOP/file"
assert_fails "no key of this name" bpio-crypt encrypt other "$TOP/file"
[[ $(bpio-crypt state "$TOP/file") == *": plain" ]]
bpioctl state "$TOP/file"

note "encrypted"
bpio-crypt encrypt test "$TOP/file"
[[ $(bpio-crypt state "$TOP/file") == *": encrypted, key test, 200001 bytes encrypted" ]]
assert_same_file "$TOP/file" "$BPIO_TMP/copy"
cp "$TOP/file" "$TOP/second"
assert_same_file "$TOP/second" "$BPIO_TMP/copy"
cat <"$TOP/file" | cmp - "$BPIO_TMP/copy"
! grep -qa 'plain' "$LOWER/file" || fail "plain text below the mount"
grep -qa 'plain' "$LOWER/second"
assert_fails "Encrypted file not supported" bpioctl state "$TOP/file"
assert_eq "$(stat -c %s "$TOP/file")" 200001 size

note "another user has no key"
assert_fails "Required key not available" as_user alice cat "$TOP/file"
assert_fails "Required key not available" as_user alice truncate -s 5 "$TOP/file"
assert_fails "no key of this name" as_user alice bpio-crypt decrypt "$TOP/file"
as_user alice bash -c 'head -c 64 /dev/zero | bpio-crypt key test'
assert_fails "Key was rejected" as_user alice cat "$TOP/file"

note "forgotten, and opened with another key"
umount "$TOP"
mount -t bypassfs "$LOWER" "$TOP"
key_test x
assert_fails "Key was rejected" cat "$TOP/file"
assert_fails "not the file's" bpio-crypt decrypt "$TOP/file"
key_test
assert_same_file "$TOP/file" "$BPIO_TMP/copy"

note "forgotten by its user"
bpio-crypt forget test
assert_fails "no key of this name" bpio-crypt forget test
assert_fails "Required key not available" cat "$TOP/file"
assert_fails "32 bytes" bpio-crypt key test <<<short
key_test

note "decrypted"
bpio-crypt decrypt "$TOP/file"
assert_same_file "$LOWER/file" "$BPIO_TMP/copy"
assert_fails "so already" bpio-crypt decrypt "$TOP/file"
as_user alice cat "$TOP/file" | cmp - "$BPIO_TMP/copy"
