# SPDX-License-Identifier: GPL-2.0
# A test that fails.
# expect: ^not ok 1 planted/fail
. "$BPIO_LIB/common.sh"

fail "planted"
