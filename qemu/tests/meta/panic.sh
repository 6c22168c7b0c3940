# SPDX-License-Identifier: GPL-2.0
# A kernel panic.
# expect: no green verdict
. "$BPIO_LIB/common.sh"

echo c >/proc/sysrq-trigger
