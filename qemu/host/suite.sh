#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make test: set-up, lint, coverage, the model, harness self-tests, both distro kernels, the debug
# lane with KUnit, the demo. Two things run side by side, no more, as each guest has two virtual
# CPUs. Every part writes KTAP; the last line sums it up, and a part that gives no result counts as
# failed.
#   suite.sh full|quick
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

MODE=${1:-full}
SUITE=$OUT/suite
rm -rf "$SUITE"
mkdir -p "$SUITE"
export JOBS=1
memo_begin

# part NAME COMMAND...: its output goes to a log; a line when it begins and one when it ends
part() {
	local name=$1 start=$SECONDS rc=0
	shift
	say "test: $name begins"
	"$@" >"$SUITE/$name.ktap" 2>"$SUITE/$name.log" || rc=$?
	echo "$rc" >"$SUITE/$name.status"
	say "test: $name ended after $((SECONDS - start)) s," \
		"$(count '^ok ' "$name") ok, $(count '^not ok ' "$name") not ok, status $rc"
}

count() { grep -acE "$1" "$SUITE/$2.ktap" || true; }

# boot_part NAME LANE KERNEL [OPTION...]: the KTAP that counts is the judged one
boot_part() {
	local rc=0 name=$1 lane=$2 kernel=$3
	shift 3
	"$TOP/qemu/run" --lane "$lane" --kernel "$kernel" --name "$name" --quiet "$@" >&2 || rc=$?
	cat "$OUT/run-$lane-$kernel-$name/ktap"
	return $rc
}

# all_but AREA: options of qemu/run that name the other areas, KUnit as one of them
all_but() {
	local dir
	echo --test kunit
	for dir in "$TOP"/qemu/tests/*/; do
		dir=$(basename "$dir")
		case $dir in
		meta | "$1") ;;
		*) echo --test "$dir" ;;
		esac
	done
}

# set_up: all downloads and builds, one after the other, so that what follows only runs
set_up() {
	"$TOP/qemu/host/packages.sh" build boot lint debug model
	memo 6.12 "$TOP/qemu/host/kernel.sh" get 6.12 >/dev/null
	memo rootfs "$TOP/qemu/host/rootfs.sh" get >/dev/null
	[ "$MODE" != full ] || memo 6.1 "$TOP/qemu/host/kernel.sh" get 6.1 >/dev/null
	[ "$MODE" != full ] || JOBS=$(nproc) memo debug "$TOP/qemu/host/debug-kernel.sh" get >/dev/null
}

summary() {
	local name passed=0 failed=0 skipped=0 status bad
	for name in "$@"; do
		status=$(cat "$SUITE/$name.status" 2>/dev/null || echo 'none')
		bad=$(count '^not ok ' "$name")
		skipped=$((skipped + $(count '^ok .*# SKIP' "$name")))
		passed=$((passed + $(count '^ok ' "$name") - $(count '^ok .*# SKIP' "$name")))
		# All failures that it names, and what came before up to a few lines
		awk -v part="$name" '/^not ok / { print part ": " $0; bad = 1; show = 8; next }
			/^#/ && bad { if (show-- > 0 || /FAIL|failed/) print; next }
			{ bad = 0 }' "$SUITE/$name.ktap"
		if [ "$status" != 0 ] && [ "$bad" = 0 ] || [ "$(count '^ok ' "$name")" = 0 ]; then
			echo "$name: no result, status $status: $(tail -n 1 "$SUITE/$name.log")"
			bad=$((bad + 1))
		fi
		failed=$((failed + bad))
	done
	[ "$skipped" = 0 ] || echo "$skipped skipped, as qemu/skips.list allows"
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}

# one NAME: a part of that name
one() {
	# shellcheck disable=SC2046 # words
	case $1 in
	coverage) part "$1" "$TOP/qemu/host/coverage.sh" --ktap ;;
	lint) part "$1" "$TOP/qemu/host/lint.sh" ;;
	model) part "$1" "$TOP/qemu/host/model.sh" ;;
	meta) part "$1" "$TOP/qemu/host/meta.sh" ;;
	demo) part "$1" "$TOP/qemu/demo.sh" ;;
	distro-*) part "$1" boot_part suite distro "${1#distro-}" ;;
	debug-stress) part "$1" boot_part stress debug 6.12 --no-kunit --test stress ;;
	debug-6.12) part "$1" boot_part suite debug 6.12 $(all_but stress) ;;
	esac
}

# Does what the other one has not begun
worker() {
	local name
	for name in "${parts[@]}"; do
		! mkdir "$SUITE/$name.taken" 2>/dev/null || one "$name"
	done
}

set_up
# The longest first, so that both end at about the same time; but the first two boot one after the
# other, and so the programs of the guests are built once
case $MODE in
full) parts=(debug-6.12 lint distro-6.12 distro-6.1 debug-stress demo meta model coverage) ;;
quick) parts=(distro-6.12 lint coverage) ;;
*) die "usage: suite.sh full|quick" ;;
esac
worker &
worker
wait
summary "${parts[@]}"
