# SPDX-License-Identifier: GPL-2.0
# A guest that powers off in the middle.
# expect: no green verdict
. "$BPIO_LIB/common.sh"

echo o >/proc/sysrq-trigger
sleep 60
