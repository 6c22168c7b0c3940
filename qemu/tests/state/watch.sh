# SPDX-License-Identifier: GPL-2.0
# Changes of state are told to who waits for them: each type with all its fields, to each watch
# that wants it and to no other; what does not fit is counted; a watch keeps the mount.
# covers: R94
# fs: ext4 xfs
# debug-fs: ext4
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
load_module bpio_caller
checks write-pattern "$TOP/file" 1m 1
checks watch-events "$TOP" "$LOWER" "$FS"
checks watch-limits "$TOP/file"
as_user alice checks watch-unprivileged "$TOP/file"

coproc WATCH { exec checks watch-hold "$TOP/file"; }
watcher=$WATCH_PID
read -r _ <&"${WATCH[0]}"
rm "$TOP/file"
assert_fails busy umount "$TOP"
kill "$watcher"
wait "$watcher" || true
umount "$TOP"
mount -t bypassfs "$LOWER" "$TOP"

checks write-pattern "$TOP/file" 1m 1
checks watch-shut-down "$TOP/file" "$LOWER"
