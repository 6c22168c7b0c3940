# SPDX-License-Identifier: GPL-2.0
# A report in the kernel's log that stops nothing.
# expect: kernel report: bpio_plant: BUG: planted
. "$BPIO_LIB/common.sh"

insmod /bpio/ko/bpio_plant.ko act=report
rmmod bpio_plant
