#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make bench: what a read costs on each path, in instructions. One boot per kernel, one virtual
# CPU, a clock that counts instructions; so a busy machine changes nothing, and a second run
# differs by less than the spread that is shown. KERNEL=6.1 picks one kernel.
# shellcheck source-path=SCRIPTDIR/host
. "$(dirname "${BASH_SOURCE[0]}")/host/common.sh"
. "$TOP/qemu/host/build.sh"
. "$TOP/qemu/bench/stage.sh"

PATHS="raw ext4 xfs overlayfs stack-0 stack-1 stack-4 stack-16 bypass-0 bypass-1 bypass-4 bypass-16"
PLOT=$OUT/bench.svg

# for_scripts LINES: bench CASE PATH INSTRUCTIONS, the paths in their order
for_scripts() {
	awk -F'\t' -v paths="$PATHS" '
	$1 == "result" { line[$3] = line[$3] "bench\t" $2 "\t" $3 "\t" $4 "\n" }
	END { n = split(paths, path, " "); for (i = 1; i <= n; i++) printf "%s", line[path[i]] }' "$1"
}

bench_kernel() {
	local kernel=$1 lines=$OUT/bench-$1.txt path
	say "bench: kernel $kernel"
	boot_bench "$kernel" bench "$TOP/qemu/bench/guest.sh" "$lines"
	for path in $PATHS; do
		grep -q "^result	[^	]*	$path	" "$lines" || die "kernel $kernel: no result for $path"
	done
	printf '\nkernel %s\n' "$kernel"
	for_scripts "$lines"
	echo
	awk -v paths="$PATHS" -v goals="$TOP/qemu/bench/goals" -f "$TOP/qemu/bench/table.awk" "$lines"
}

memo_begin
stage
plots=()
for kernel in ${KERNEL:-$KERNELS}; do
	bench_kernel "$kernel"
	plots+=("kernel=$kernel" "$OUT/bench-$kernel.txt")
done
awk -v paths="$PATHS" -f "$TOP/qemu/bench/plot.awk" "${plots[@]}" >"$PLOT"
printf '\nplot: %s\n' "$PLOT"
