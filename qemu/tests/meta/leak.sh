# SPDX-License-Identifier: GPL-2.0
# Memory that a module lost.
# expect: kmemleak
# lanes: debug
. "$BPIO_LIB/common.sh"

insmod /bpio/ko/bpio_plant.ko act=leak
rmmod bpio_plant
