# SPDX-License-Identifier: GPL-2.0
# A plan that loses its second half while it is run.
# expect: ^not ok 2 planted/plan-second # 0 results
. "$BPIO_LIB/common.sh"

: >/bpio/plan
