# SPDX-License-Identifier: GPL-2.0
# All that stands in the way is listed, not only the first, however much it is: in order, in parts
# that fit together, with the first the one whom QUERY names.
# covers: R27 R40 R42 R94
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

case $FS in
ext4) stack_on ext4 nvme "" -O encrypt,verity,inline_data -I 256 ;;
xfs) stack_on xfs nvme ;;
esac
load_module bpio_caller
checks blockers "$TOP/file" "$LOWER/file" "$FS" "$TOP"

if [ "$FS" = ext4 ]; then
	mkdir "$LOWER/crypt" && checks encrypt-dir "$LOWER/crypt"
	checks write-pattern "$TOP/crypt/file" 1m 1
	truncate -s 2m "$TOP/crypt/file"
	checks blockers-are "$TOP/crypt/file" "encrypted:ext4 sparse:ext4 encrypted:ext4"
	checks write-pattern "$TOP/verity" 1m 1
	truncate -s 2m "$TOP/verity"
	fsverity enable "$LOWER/verity"
	checks blockers-are "$TOP/verity" "sparse:ext4 verity:ext4"
fi
