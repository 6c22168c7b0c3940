# SPDX-License-Identifier: GPL-2.0
# The same with KASAN and lockdep watching: both file systems make a million reads.
# lanes: debug
# fs: ext4 xfs
# timeout: 900
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

options=()
# the deduplicating user shall get some of the little space that is left
[ "$FS" != ext4 ] || options=(-m 0)
stack_on "$FS" null_blk "" "${options[@]}"
# covers: R34 R35
checks stress --dir "$TOP" --lower "$LOWER" --reads 512k --seconds 3500 --min-bypass 50 --pace 60 \
	--seed "$RANDOM" | tee "$BPIO_TMP/out"
reads=$(sed -n 's/^stress: \([0-9]*\) reads.*/\1/p' "$BPIO_TMP/out")
[ "$reads" -ge 500000 ] || fail "only $reads reads in the time allowed"
