# SPDX-License-Identifier: GPL-2.0
# From the return of the registration on a filter sees each read: eight readers read in all ways
# while filters come and go, and both sides count.
# covers: R22 R71 R73
# fs: ext4
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
load_module bpio_probe
checks write-pattern "$TOP/file" 2m 1
checks write-pattern "$TOP/paused" 2m 1
rounds=20
[ "$BPIO_LANE" = distro ] || rounds=8
checks filter-race "$TOP/file" "$TOP/paused" $rounds
