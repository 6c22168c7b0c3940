# SPDX-License-Identifier: GPL-2.0
# Freezing the mount freezes the file system below; nothing is written until the thaw.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
echo before >"$TOP/file"
fsfreeze --freeze "$TOP"
assert_fails "busy" fsfreeze --freeze "$TOP"
for view in "$TOP" "$LOWER"; do
	bash -c "echo after >'$view/file'" &
	pids+=" $!"
	mkdir "$view/d${#pids}" &
	pids+=" $!"
done
sleep 1
for pid in $pids; do
	kill -0 "$pid" || fail "written to a frozen file system"
done
assert_eq "$(cat "$TOP/file")" before "content while frozen"
fsfreeze --unfreeze "$TOP"
for pid in $pids; do
	wait "$pid"
done
assert_eq "$(cat "$TOP/file")" after "content"
assert_fails "Invalid argument" fsfreeze --unfreeze "$TOP"

# synced means on the disk
echo synced >"$TOP/file"
sync -f "$TOP/file"
