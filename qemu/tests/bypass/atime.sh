# SPDX-License-Identifier: GPL-2.0
# A bypassed read leaves the traces of a read: access time and the task's I/O account.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme strictatime
checks write-pattern "$TOP/file" 1m 1
touch -a -d 2001-01-01 "$TOP/file"
checks handle "$TOP/file" "$LOWER/file" enable read=0,1m,full \
	"run=grep -q '^read_bytes: [1-9][0-9]\{6,\}' /proc/\$PPID/io"
[ "$(stat -c %X "$TOP/file")" -gt 1000000000 ] || fail "access time was not touched"
assert_eq "$(stat -c %X "$TOP/file")" "$(stat -c %X "$LOWER/file")" "access time"
