# SPDX-License-Identifier: GPL-2.0
# An enabled file is copied and cloned as any other, from it and into it.
# covers: R92
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
checks write-pattern "$TOP/from" 1m 2
# Odd offsets, so that no file system shares blocks instead
checks handle "$TOP/file" "$LOWER/file" enable reads=full \
	"run=xfs_io -f -c 'copy_range -s 1 -l 1000001 $TOP/file' $TOP/copy" until=full reads=full \
	"run=xfs_io -c 'copy_range -s 1 -d 262143 -l 500001 $TOP/from' $TOP/file" until=full reads=full
cmp -n 200000 -i 1:0 "$LOWER/file" "$LOWER/copy"
cmp -n 500001 -i 1:262143 "$LOWER/from" "$LOWER/file"
assert_eq "$(stat -c %s "$LOWER/copy")" 1000001 "size of the copy"
# Where the file system cannot clone, it says so as it does without the mount.
want=run
cp --reflink=always "$LOWER/from" "$LOWER/clone" || want=fails
reason=shared
[ "$want" = run ] || reason=none
checks handle "$TOP/file" "$LOWER/file" enable reads=full \
	"$want=cp --reflink=always $TOP/file $TOP/clone2 && cmp $TOP/clone2 $LOWER/file" \
	"query=none,$reason"
