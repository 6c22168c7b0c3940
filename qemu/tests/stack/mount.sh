# SPDX-License-Identifier: GPL-2.0
# What can be mounted, what cannot and is told why, and how it shows and goes away.
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

make_fs "$FS" nvme
LOWER="$MNT/a dir"
mkdir -p "$LOWER" /mnt/top /mnt/two /mnt/three
echo text >"$LOWER/file"

# refused ERROR TEXT OPTION VALUE...: the new mount interface says so, and why
refused() {
	local error=$1 text=$2 got
	shift 2
	got=$(checks stack-messages "$@")
	[[ $got == "$error"$'\n'*"$text"* ]] || fail "wanted $error and '$text', got: $got"
}

refused EINVAL "no source"
refused EINVAL "Unknown parameter 'nonsense'" source "$LOWER" nonsense ""
refused EINVAL "Unknown parameter 'nonsense'" source "$LOWER" nonsense value
refused ENOTDIR "is not a directory" source "$LOWER/file"
refused ENOENT "does not exist" source "$LOWER/nothing"
[ "$(checks stack-messages source "$LOWER")" = 0 ] || fail "could not be made without a mount point"

# The old interface has only the log.
assert_fails "wrong fs type, bad option" mount -t bypassfs -o nonsense "$LOWER" /mnt/top
log_since_start | grep -q "Unknown parameter 'nonsense'" || fail "no word in the log"
assert_fails "permission" as_user alice mount -t bypassfs "$LOWER" /mnt/top

mount_bypassfs "$LOWER" /mnt/top
assert_eq "$(awk '$2 == "/mnt/top" { print $1, $3, $4 }' /proc/mounts)" \
	"${LOWER/ /\\040} bypassfs rw,relatime" "line in /proc/mounts"
assert_eq "$(stat -f -c '%T %t' /mnt/top)" "UNKNOWN (0x42504653) 42504653" "type"
assert_eq "$(stat -f -c '%b %c %s %l' /mnt/top)" "$(stat -f -c '%b %c %s %l' "$LOWER")" "statfs"
assert_eq "$(stat -c '%i %h %a' /mnt/top)" "$(stat -c '%i %h %a' "$LOWER")" "the root"
[ "$(stat -c %d /mnt/top)" != "$(stat -c %d "$LOWER")" ] || fail "it has no device number of its own"

# Busy below, busy above, lazily gone.
assert_fails "busy" umount "$MNT"
exec 9>/mnt/top/file2
assert_fails "busy" umount /mnt/top
mkdir /mnt/top/dir
mount_bypassfs "$LOWER" /mnt/three
exec 8>/mnt/three/file3 7</mnt/three/dir
umount -l /mnt/three
AT_EXIT=("${AT_EXIT[@]:0:${#AT_EXIT[@]}-1}")
echo late >&8
assert_eq "$(cat "$LOWER/file3")" late "written after a lazy umount"
assert_eq "$(readlink /proc/self/fd/7)" "/dir" "name of a directory after a lazy umount"
exec 7<&- 8>&- 9>&-
assert_fails "in use" rmmod bypassfs

# Read-only: the mount, then the directory below.
mount -o remount,ro /mnt/top
assert_fails "Read-only" touch /mnt/top/file
mount -o remount,rw /mnt/top
touch /mnt/top/file
assert_fails "" mount -o remount,nonsense /mnt/top
touch /mnt/top/file
mkdir -p /mnt/ro
mount --bind "$LOWER" /mnt/ro
at_exit umount /mnt/ro
mount -o remount,bind,ro /mnt/ro
mount_bypassfs /mnt/ro /mnt/three
assert_fails "Read-only" touch /mnt/three/file
assert_fails "Read-only" mkdir /mnt/three/d
grep -q '/mnt/three bypassfs ro' /proc/mounts || fail "not shown as read-only"
assert_fails "" mount -o remount,rw /mnt/three
log_since_start | grep -q "bypassfs: the lower directory is read-only, so is this mount" ||
	fail "no word in the log"
# a directory below that becomes read-only later
mount -o remount,bind,rw /mnt/ro
mount_bypassfs /mnt/ro /mnt/two
touch /mnt/two/file
mount -o remount,bind,ro /mnt/ro
for change in "touch file4" "mkdir d" "rm file" "mv file f" "ln file f" "chmod 1 file" \
	"setfattr -n user.a -v b file" "ln -s a b" "mknod p p" "chattr +d file"; do
	# shellcheck disable=SC2086 # words
	(cd /mnt/two && assert_fails "Read-only" $change)
done
mount -o remount,bind,rw /mnt/ro
touch /mnt/two/file

# Over itself, as deep as file systems may be stacked
mkdir -p /mnt/deep1 /mnt/deep2
mount_bypassfs /mnt/top /mnt/deep1
echo deep >/mnt/deep1/deep
assert_eq "$(cat "$LOWER/deep")" deep "file two mounts above"
refused EINVAL "more than 2 file systems would be stacked" source /mnt/deep1

checks stack-idmap "$LOWER" /mnt/deep2
at_exit umount /mnt/deep2
refused EINVAL "idmapped" source /mnt/deep2
