# SPDX-License-Identifier: GPL-2.0
# Buffered, direct and mapped access, through the mount and below it, are one file.
# fs: ext4 xfs
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

STEPS=8000
[ "$BPIO_LANE" != debug ] || STEPS=2500
stack_on "$FS" nvme
for seed in 1 2 3; do
	checks stack-fsx "$TOP/file" "$LOWER/file" "$seed" "$STEPS"
	rm "$TOP/file"
done
