# SPDX-License-Identifier: GPL-2.0
# The control: nothing is wrong, and the boot is green.
. "$BPIO_LIB/common.sh"

at_exit true
