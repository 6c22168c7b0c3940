# SPDX-License-Identifier: GPL-2.0
# The test that planted/plan loses; alone it is green.
. "$BPIO_LIB/common.sh"

true
