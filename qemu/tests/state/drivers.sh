# SPDX-License-Identifier: GPL-2.0
# Volume drivers: when they are told what, who is named, what goes on under a veto, and that they
# come and go at any time.
# fs: ext4 xfs
# debug-fs: ext4
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/stall.sh"

stall_disk
stack_on "$FS" "$DISK"
load_module bpio_voldrv
checks write-pattern "$TOP/file" 1m 1
checks write-pattern "$TOP/other" 64k 1

# covers: R19 R20 R95 R96 R98 R99 R6
checks driver-told "$TOP/file" "$TOP/other" "$LOWER/file"
# covers: R27 R26 R42 R51 R52 R99 R100 R101 R103
checks driver-vetoes "$TOP/file" "$LOWER/file" "$TOP"
# covers: R97 R99 R100
checks driver-malformed "$TOP/file" "$LOWER/file"
# covers: R97 R100
checks driver-register "$LOWER/file"
# covers: R45 R51 R52 R101 R102 R103
checks driver-readers "$TOP/readers" "$LOWER/file"
# covers: R98 R99
checks driver-goes "$TOP/file" "$LOWER/file"
# covers: R98
checks driver-race "$TOP/race" "$LOWER/file" 10

# covers: R98 R102
stall_at "$LOWER/file" 512k
checks pause-drain "$TOP/file" "$LOWER/file" 512k pread full driver waits
checks pause-drain "$TOP/file" "$LOWER/file" 512k aio full driver waits
checks pause-drain "$TOP/file" "$LOWER/file" 512k pread skipped driver goes-on
# covers: R45 R48 R52
checks pause-drain "$TOP/file" "$LOWER/file" 512k pread full driver-pauses waits
checks pause-drain "$TOP/file" "$LOWER/file" 512k pread skipped driver-pauses goes-on
checks pause-drain "$TOP/file" "$LOWER/file" 512k pread full driver-goes waits

umount "$TOP"
# covers: R97
checks driver-mount "$LOWER" "$TOP"
# covers: R98
checks driver-umounts "$LOWER" "$TOP" file 8
mount -t bypassfs "$LOWER" "$TOP"
