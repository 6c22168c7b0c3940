# SPDX-License-Identifier: GPL-2.0
# Filters of all kinds are registered, detached, attached and unregistered under eight readers, who
# see no wrong byte and wait for nobody.
# covers: R73
# fs: ext4
# timeout: 900
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
load_module bpio_probe
# Most where KASAN and lockdep look on
rounds=1000
[ "$BPIO_LANE" = debug ] || rounds=200
checks filter-churn "$TOP/file" "$TOP" $rounds
