# SPDX-License-Identifier: GPL-2.0
# Many at once, on few names, on both sides: nobody hangs, and it is one tree in the end.
# fs: ext4 xfs
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

SECONDS_EACH=15
[ "$BPIO_LANE" != debug ] || SECONDS_EACH=25
stack_on "$FS" nvme
for seed in 1 2; do
	mkdir -m 777 "$TOP/$seed"
	checks stack-race "$TOP/$seed" "$LOWER/$seed" 6 "$SECONDS_EACH" "$seed"
done
