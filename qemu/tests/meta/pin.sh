# SPDX-License-Identifier: GPL-2.0
# A module that cannot be unloaded.
# expect: modules do not unload
. "$BPIO_LIB/common.sh"

insmod /bpio/ko/bpio_plant.ko act=pin
