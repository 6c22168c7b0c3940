# SPDX-License-Identifier: GPL-2.0
# The end of the process that runs the tests.
# expect: the runner ended
. "$BPIO_LIB/common.sh"

kill -KILL "$PPID"
sleep 60
