#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kunit.sh MODULE: loads one KUnit module and judges what its suites wrote to debugfs.
# No suite, no case, or a suite that is not "ok" is a failure.
set -u
results=/sys/kernel/debug/kunit
before=$(ls "$results" 2>/dev/null)
insmod "/bpio/ko/$1.ko" || exit 1
rc=1
for dir in "$results"/*/; do
	suite=$(basename "$dir")
	! grep -qx "$suite" <<<"$before" || continue
	cat "$dir/results"
	rc=0
	if grep -q '^ *not ok' "$dir/results" || ! grep -q '^ok ' "$dir/results" ||
		! grep -Eq '^ +ok ' "$dir/results"; then
		echo "suite $suite: not ok"
		rc=1
		break
	fi
done
[ "$rc" = 0 ] || echo "$1: no suite, or one that failed"
rmmod "$1" || rc=1
exit $rc
