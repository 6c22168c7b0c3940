# SPDX-License-Identifier: GPL-2.0
# fs-verity, which can be switched on for an enabled file, in front of the mount or behind it: from
# then on the file system reads, and verifies what it reads.
# covers: R91
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# A kernel may refuse to write to a disk that is mounted, but not to the file that is the disk.
stack_on ext4 loop "" -O verity -b 4096
image=$BPIO_TMP/loop/image
for via in "$TOP" "$LOWER"; do
	checks write-pattern "$TOP/file" 1m 1
	checks handle "$TOP/file" "$LOWER/file" enable reads=full \
		"run=fsverity enable $via/file" read=0,4096,filters-skipped,verity flags+=enabled \
		reads=filters-skipped
	block=$(filefrag -v "$LOWER/file" | awk '/^ *0:/ { print $4 + 0 }')
	checks handle "$TOP/file" "$LOWER/file" enable=verity read=4096,4096,filters-skipped,verity \
		"run=dd if=/dev/urandom of=$image bs=4k seek=$block count=1 conv=notrunc status=none" \
		"run=echo 1 >/proc/sys/vm/drop_caches" errno=0,4096,EIO
	rm "$TOP/file"
done
