# SPDX-License-Identifier: GPL-2.0
# A WARN in the kernel.
# expect: no green verdict
. "$BPIO_LIB/common.sh"

insmod /bpio/ko/bpio_plant.ko act=warn
