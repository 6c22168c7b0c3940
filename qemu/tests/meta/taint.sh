# SPDX-License-Identifier: GPL-2.0
# A kernel that became tainted.
# expect: the kernel is tainted
. "$BPIO_LIB/common.sh"

insmod /bpio/ko/bpio_plant.ko act=taint
rmmod bpio_plant
