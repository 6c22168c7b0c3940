# SPDX-License-Identifier: GPL-2.0
# A skip that is on no list.
# expect: skip is not in qemu/skips.list
. "$BPIO_LIB/common.sh"

skip "planted"
