# SPDX-License-Identifier: GPL-2.0
# A task in the kernel that cannot be killed.
# expect: cannot be killed
# timeout: 3
. "$BPIO_LIB/common.sh"

insmod /bpio/ko/bpio_plant.ko act=stuck
