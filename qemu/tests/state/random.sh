# SPDX-License-Identifier: GPL-2.0
# Threads that send whatever they like find no answer that cannot be, harm no reader, and leave
# nothing behind once their files are closed.
# fs: ext4 xfs
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# Nothing is counted, paused or armed when the last open file is closed
# covers: R18 R19 R20
# What must not fail does not, whatever the others do; what is malformed is refused
# covers: R3 R4 R5 R35 R37 R38 R47 R50 R51 R57 R59 R61
# No read gets past a pause that has an owner, while that lasts
# covers: R45 R53 R55 R65
operations=100000
[ "$BPIO_LANE" = distro ] || operations=30000
stack_on "$FS" nvme
checks random-ops "$TOP" "$operations" "$RANDOM"
