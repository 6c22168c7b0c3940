# SPDX-License-Identifier: GPL-2.0
# A test that never ends and ignores the polite signals.
# expect: no end after 3 s
# timeout: 3
. "$BPIO_LIB/common.sh"

trap '' TERM INT HUP
sleep 1000 &
while :; do wait; done
