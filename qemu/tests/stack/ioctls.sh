# SPDX-License-Identifier: GPL-2.0
# Ioctls of the file system below: those on the list work, no other gets through.
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on ext4 nvme "" -O verity,encrypt
echo data >"$TOP/file"
lsattr "$TOP/file" >/tmp/a
lsattr "$LOWER/file" >/tmp/b
assert_eq "$(cut -d' ' -f1 /tmp/a)" "$(cut -d' ' -f1 /tmp/b)" lsattr
chattr +d "$TOP/file"
lsattr "$LOWER/file" | grep -q '^[^ ]*d' || fail "chattr did not get through"
assert_eq "$(lsattr -v "$TOP/file" | cut -d' ' -f1)" "$(lsattr -v "$LOWER/file" | cut -d' ' -f1)" version
dd if=/dev/urandom of="$TOP/extents" bs=64k count=20 status=none
sync -f "$TOP"
for view in "$TOP" "$LOWER"; do
	filefrag -v "$view/extents" | sed -n '/^ *[0-9]*:/p' >"/tmp/extents.${view##*/}"
done
[ -s /tmp/extents.top ] || fail "no extents"
assert_same_file /tmp/extents.top /tmp/extents.lower
checks stack-fibmap "$TOP/extents" "$LOWER/extents" 20
fstrim "$TOP"

cp "$TOP/extents" "$TOP/verity"
fsverity enable "$TOP/verity"
assert_eq "$(fsverity measure "$TOP/verity" | cut -d' ' -f1)" \
	"$(fsverity measure "$LOWER/verity" | cut -d' ' -f1)" "digest"
assert_fails "not permitted" bash -c "echo >>'$TOP/verity'"
assert_same_file "$TOP/verity" "$TOP/extents"
fsverity dump_metadata merkle_tree "$TOP/verity" >/tmp/tree
[ -s /tmp/tree ] || fail "no tree"
exec 9>>"$TOP/extents"
assert_fails "Text file busy" fsverity enable "$TOP/extents"
exec 9>&-

mkdir "$TOP/secret"
checks encrypt-dir "$TOP/secret"
echo hidden >"$TOP/secret/a-name"
assert_eq "$(cat "$LOWER/secret/a-name")" hidden "in an encrypted directory"
lsattr -d "$LOWER/secret" | grep -q '^[^ ]*E' || fail "not encrypted"

# EXT4_IOC_SWAP_BOOT, _MOVE_EXT, _SHUTDOWN ...: not ours to pass on
checks stack-ioctl "$TOP/file" ENOTTY 0x6611 0xc028660f 0x8004587d 0x40086610 0x6609 0x660c 0x5401
