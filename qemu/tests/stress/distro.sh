# SPDX-License-Identifier: GPL-2.0
# Readers on enabled handles against everybody who changes files, through the stack and behind
# it: no stale, torn or foreign block.
# lanes: distro
# fs: ext4 xfs
# timeout: 1000
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

options=()
# the deduplicating user shall get some of the little space that is left
[ "$FS" != ext4 ] || options=(-m 0)
stack_on "$FS" nvme "" "${options[@]}"
# covers: R34 R35
checks stress --dir "$TOP" --lower "$LOWER" --reads 64k --seconds 900 --min-bypass 50 --pace 30 \
	--seed "$RANDOM" | tee "$BPIO_TMP/out"
reads=$(sed -n 's/^stress: \([0-9]*\) reads.*/\1/p' "$BPIO_TMP/out")
[ "$reads" -ge 64000 ] || fail "only $reads reads in the time allowed"
