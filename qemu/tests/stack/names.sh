# SPDX-License-Identifier: GPL-2.0
# Names that are made and moved stay whole in the eyes of those who look at them meanwhile, and a
# mount in a directory that is moved stays.
# fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

COUNT=2000
[ "$BPIO_LANE" != debug ] || COUNT=400
stack_on "$FS" nvme
mkdir -p "$TOP/d/m" "$TOP/w"
mount -t tmpfs none "$TOP/d/m"
touch "$TOP/d/m/here"

for n in 1 2 3; do
	checks stack-walk "$TOP/w/new" "$TOP/w/other" "$TOP/d/m/here" "$TOP/e/m/here" &
	walkers+=" $!"
done
checks stack-moving "$TOP/w" "$TOP/d" "$TOP/e" $COUNT
# shellcheck disable=SC2086 # a list
kill $walkers
wait
[ -e "$TOP/d/m/here" ] || fail "the mount is gone"
umount "$TOP/d/m"
