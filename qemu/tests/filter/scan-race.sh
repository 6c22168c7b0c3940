# SPDX-License-Identifier: GPL-2.0
# The pattern of bpio_scan comes into a file and goes, under threads that open it with O_DIRECT,
# enable the bypass and read: nobody reads it, and nobody opens the file while it is there.
# covers: R60 R67
# fs: ext4
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

pattern='Bypass-Test-Pattern'
stack_on "$FS" nvme
load_module bpio_scan "pattern=$pattern"
checks scan-race "$TOP/file" "$pattern" "$([ "$BPIO_LANE" = distro ] && echo 20 || echo 60)"

note "and is loaded and unloaded meanwhile"
rmmod bpio_scan
checks sibling-cycles "$TOP/file" bpio_scan 5 "pattern=$pattern"
insmod /bpio/ko/bpio_scan.ko
