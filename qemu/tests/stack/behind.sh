# SPDX-License-Identifier: GPL-2.0
# What is done behind the mount's back is seen through it at once.
# fs: ext4 xfs
# shellcheck disable=SC2164 # a cd that fails ends the test
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
cd "$TOP"

# each step looks first, so that there is something stale to find
[ ! -e new ]
echo 1 >"$LOWER/new"
assert_eq "$(cat new)" 1 "file made below"
echo 22 >"$LOWER/new"
assert_eq "$(stat -c %s new)" 3 "its new size"
chmod 600 "$LOWER/new"
assert_eq "$(stat -c %a new)" 600 "its new mode"
assert_fails "Permission denied" as_user alice cat new
chmod 644 "$LOWER/new"
as_user alice cat new
mv "$LOWER/new" "$LOWER/newer"
[ ! -e new ] || fail "the old name is still there"
assert_eq "$(cat newer)" 22 "by its new name"
echo other >"$LOWER/other"
cat other
mv "$LOWER/other" "$LOWER/newer"
assert_eq "$(cat newer)" other "replaced below"
[ ! -e other ] || fail "the replacement has its old name, too"
rm "$LOWER/newer"
assert_fails "No such file" cat newer
mkdir newer
[ -d "$LOWER/newer" ] || fail "a directory where a file was deleted below"

# directories: moved, with somebody inside, and something mounted inside
mkdir -p a/b/c
mkdir -p "$TOP/a/mnt"
mount -t tmpfs none a/mnt
at_exit umount "$TOP/a/mnt"
touch a/mnt/here
cd a/b/c
mv "$LOWER/a/b" "$LOWER/moved"
cd "$TOP"
[ ! -e a/b ] || fail "the directory is still there"
[ -d moved/c ] || fail "the directory is not where it was moved to"
[ -e a/mnt/here ] || fail "the mount is gone"
(
	cd moved/c
	mv "$LOWER/moved" "$LOWER/again"
	touch inside
	[ -e "$LOWER/again/c/inside" ] || fail "made in a directory that was moved below"
	[ -d "$TOP/again/c" ]
	assert_eq "$(/bin/pwd)" "$TOP/again/c" "working directory"
)
mkdir gone
(
	cd gone
	rmdir "$LOWER/gone"
	assert_fails "No such file" touch inside
	assert_fails "No such file" mkdir inside
)
[ ! -e gone ]
mkdir swap1 swap2
touch swap1/one swap2/two
mv "$LOWER/swap1" "$LOWER/swap3"
mv "$LOWER/swap2" "$LOWER/swap1"
mv "$LOWER/swap3" "$LOWER/swap2"
[ -e swap1/two ] || fail "two directories that changed places"
[ -e swap2/one ] || fail "two directories that changed places"

# a symbolic link that points elsewhere now
echo x >x
echo y >y
ln -s x link
assert_eq "$(cat link)" x
ln -sfn y "$LOWER/link"
assert_eq "$(cat link)" y "where the link points"
# another type by the same name
mkdir type
rmdir "$LOWER/type"
echo file >"$LOWER/type"
assert_eq "$(cat type)" file "a file where a directory was"

# the append-only and immutable flags
touch flag
chattr +i "$LOWER/flag"
assert_fails "not permitted" rm flag
assert_fails "not permitted" bash -c 'echo >>flag'
chattr -i "$LOWER/flag"
rm flag

# space comes back when a file is deleted through the mount
free_blocks() { sync -f "$MNT" && stat -f -c %f "$MNT"; }
more_than() { [ "$(free_blocks)" -gt "$1" ]; }
dd if=/dev/zero of=big bs=1M count=64 status=none
before=$(free_blocks)
cat big >/dev/null
rm big
wait_until 20 more_than $((before + 10000))
# and when it is deleted below, as soon as somebody looks
dd if=/dev/zero of=big bs=1M count=64 status=none
before=$(free_blocks)
rm "$LOWER/big"
[ ! -e big ]
wait_until 20 more_than $((before + 10000))
cd /
