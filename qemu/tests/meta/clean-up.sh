# SPDX-License-Identifier: GPL-2.0
# A test whose clean-up fails.
# expect: ^not ok 1 planted/clean-up
. "$BPIO_LIB/common.sh"

at_exit false
