# SPDX-License-Identifier: GPL-2.0
# What a module can ask of bypassfs: all operations, with the answers of the ioctl and without its
# privileges; the open count; and to see each read of a mount, from the moment that it asks.
# covers: R15 R18 R26 R33 R60 R66 R67 R71 R72 R73 R91 R105 R106
# fs: ext4 xfs
# debug-fs: ext4
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
load_module bpio_caller
checks write-pattern "$TOP/file" 1m 1
touch "$BPIO_TMP/file"

checks caller-count "$TOP/file" "$TOP"
checks matrix "$TOP" kernel
checks caller-same "$TOP/file"
checks caller-malformed "$TOP/file"
checks caller-foreign "$LOWER/file" "$LOWER" "$BPIO_TMP/file" "$BPIO_TMP" /proc/self/stat /dev/zero
as_user alice checks caller-unprivileged "$TOP/file"
checks caller-encrypts "$TOP/file"
checks caller-blocks "$TOP/file"

# It holds the mount for as long as it must see its reads, and no longer.
note "busy while blocked"
coproc HELD { exec checks caller-hold "$TOP/file"; }
held=$HELD_PID
read -r _ <&"${HELD[0]}"
assert_fails busy umount "$TOP"
kill "$held"
wait "$held" || true
umount "$TOP"
mount -t bypassfs "$LOWER" "$TOP"
