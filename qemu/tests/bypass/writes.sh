# SPDX-License-Identifier: GPL-2.0
# Only direct reads bypass. What an enabled handle writes, or reads without O_DIRECT, goes through
# the file system, and a handle that could write keeps the disk's blocks from itself.
# covers: R23 R87
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
checks handle "$TOP/file" "$LOWER/file" enable reads=full cached flags+=enabled \
	read=0,4096,traditional,not-direct read=100,1000,traditional,not-direct direct reads=full

# The page cache of the lower file is filled: a write past it would leave it stale.
touch -d 2001-01-01 "$TOP/file"
checks handle "$TOP/file" "$LOWER/file" flags=rw enable=writer "run=cat $LOWER/file >/dev/null" \
	write=0,64k read=0,64k,filters-skipped,writer "run=cat $LOWER/file >/dev/null" \
	write=128k,4096 cached write=4099,1000 read=4096,4096,traditional,not-direct direct \
	read=128k,4096,filters-skipped,writer write=1m,64k read=1m,64k,filters-skipped,writer
[ "$(stat -c %Y "$LOWER/file")" -gt 1000000000 ] || fail "the lower file was not told of writes"
assert_eq "$(stat -c %s "$LOWER/file")" $((1024 * 1024 + 65536)) "size of the lower file"
