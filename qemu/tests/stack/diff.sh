# SPDX-License-Identifier: GPL-2.0
# A long random sequence of operations, by three users, gives the same results, errors, data,
# attributes and times through the stack as on the file system itself; also when a quarter of
# the steps are made behind the mount's back.
# fs: ext4 xfs
# timeout: 600
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

STEPS=4000
[ "$BPIO_LANE" != debug ] || STEPS=1500

stack_on "$FS" nvme
for seed in 1 2 3; do
	for views in top both; do
		mkdir "$LOWER/$seed-$views" "$MNT/plain-$seed-$views"
		chmod 777 "$LOWER/$seed-$views" "$MNT/plain-$seed-$views"
		checks diff "$TOP/$seed-$views" "$LOWER/$seed-$views" "$MNT/plain-$seed-$views" \
			"$seed" "$STEPS" "$views"
	done
done
