# SPDX-License-Identifier: GPL-2.0
# A test that writes its own good result and verdict where the host reads them.
# expect: no plan line, or several|no green verdict|[02] results
. "$BPIO_LIB/common.sh"

for where in /dev/ttyS1 /dev/console; do
	printf "ok 1 planted/forged\nverdict 0 green\n" >"$where"
done
echo "ok 1 planted/forged"
fail "and yet it failed"
