# SPDX-License-Identifier: GPL-2.0
# The same with KASAN and lockdep watching, half a million reads for each file system.
# lanes: debug
# fs: ext4 xfs
# timeout: 900
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

options=()
# the deduplicating user shall get some of the little space that is left
[ "$FS" != ext4 ] || options=(-m 0)
stack_on "$FS" nvme "" "${options[@]}"
checks stress --dir "$TOP" --lower "$LOWER" --reads 512k --seconds 600 --min-bypass 50 \
	--seed "$RANDOM" | tee "$BPIO_TMP/out"
reads=$(sed -n 's/^stress: \([0-9]*\) reads.*/\1/p' "$BPIO_TMP/out")
[ "$reads" -ge 500000 ] || fail "only $reads reads in the time allowed"
