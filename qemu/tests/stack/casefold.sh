# SPDX-License-Identifier: GPL-2.0
# File systems with another idea of equal names are refused.
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

make_fs ext4 nvme "" -O casefold
got=$(checks stack-messages source "$MNT")
[[ $got == EINVAL*"cannot stack over names that ext4 folds"* ]] || fail "got: $got"
