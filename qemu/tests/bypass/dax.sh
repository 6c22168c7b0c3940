# SPDX-License-Identifier: GPL-2.0
# A file that is mapped straight from persistent memory is vetoed (R29), and read all the same.
# fs: ext4 xfs
# covers: R29
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

options=()
[ "$FS" != xfs ] || options=(-m reflink=0)
make_fs "$FS" pmem dax=always "${options[@]}"
mkdir "$MNT/lower"
mount_bypassfs "$MNT/lower" /mnt/top
checks write-pattern /mnt/top/file 1m 1
out=$(bpioctl query --json /mnt/top/file) || true
[[ $out == *'"filter":{'*'"reason":"dax"'* ]] || fail "not vetoed as dax: $out"
checks handle /mnt/top/file "$MNT/lower/file" vetoed=dax flags-=enabled count=0
checks read-pattern /mnt/top/file 1m 1 direct
