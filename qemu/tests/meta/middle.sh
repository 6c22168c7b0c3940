# SPDX-License-Identifier: GPL-2.0
# A command that fails in the middle of a test, with a good one after it.
# expect: ^not ok 1 planted/middle
. "$BPIO_LIB/common.sh"

false
true
