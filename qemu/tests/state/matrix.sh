# SPDX-License-Identifier: GPL-2.0
# Each of the eight operations in each situation that it can meet: answer, counts, flags, and
# the path of the next read are those of one table, sent once or twice; nothing fails.
# covers: R8 R14 R17 R18 R19 R21 R26 R27 R30 R37 R38 R40 R41 R42 R43 R46 R47 R48 R50 R51 R53
# covers: R31 R54 R57 R58 R59 R61 R63 R64 R65 R66 R71 R72 R103
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
load_module bpio_caller
checks matrix "$TOP" ioctl
