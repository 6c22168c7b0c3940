# SPDX-License-Identifier: GPL-2.0
# Readers on enabled handles against everybody who changes files, through the stack and behind
# it: no stale, torn or foreign block. Short; the debug lane has the long one.
# lanes: distro
# fs: ext4 xfs
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

options=()
# the deduplicating user shall get some of the little space that is left
[ "$FS" != ext4 ] || options=(-m 0)
stack_on "$FS" nvme "" "${options[@]}"
checks stress --dir "$TOP" --lower "$LOWER" --reads 100k --seconds 60 --min-bypass 50 \
	--seed "$RANDOM"
