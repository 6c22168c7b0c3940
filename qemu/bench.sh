#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make bench: what a read costs on each path, in instructions. One boot per kernel, one virtual
# CPU, a clock that counts instructions; so a busy machine changes nothing, and a second run
# differs by less than the spread that is shown. KERNEL=6.1 picks one kernel.
# shellcheck source-path=SCRIPTDIR/host
. "$(dirname "${BASH_SOURCE[0]}")/host/common.sh"

PATHS="raw ext4 xfs overlayfs stack-0 bypass-0"

# table LINES: what the guest printed, for people; ratios are to the first path
table() {
	awk -F'\t' -v paths="$PATHS" '
	$1 == "clock" { clock = $2 }
	$1 == "setting" { setting = $2 }
	$1 == "result" {
		if (!($2 in seen)) { seen[$2] = 1; order[++cases] = $2 }
		mid[$2, $3] = $4; low[$2, $3] = $5; high[$2, $3] = $6
	}
	END {
		n = split(paths, path, " ")
		printf "%s\none instruction of a calibrated loop takes %s ns of the clock\n", setting, clock
		for (c = 1; c <= cases; c++) {
			name = order[c]
			printf "\n%-12s %14s %10s %10s\n", name, "instructions", "to raw", "spread"
			for (i = 1; i <= n; i++) {
				m = mid[name, path[i]]
				if (m)
					printf "  %-10s %14d %9.3fx %9.2f%%\n", path[i], m,
						m / mid[name, path[1]],
						100 * (high[name, path[i]] - low[name, path[i]]) / m
			}
		}
	}' "$1"
}

# The emulator counts a "rep movsb" as one instruction a byte, and a kernel uses it where the CPU
# is said to do it fast; so the copy that stands for the disk would outweigh the path to it.
export BPIO_CPU=max,-erms,-fsrm

bench_kernel() {
	local kernel=$1 lines=$OUT/bench-$1.txt path
	say "bench: kernel $kernel"
	"$TOP/qemu/run" --kernel "$kernel" --icount --name bench --cmd "$TOP/qemu/bench/guest.sh" \
		--share "$STAGE" --append "tsc=reliable clocksource=tsc" --quiet >"$lines" ||
		{ tail -n 20 "$lines" >&2; die "the guest of kernel $kernel failed"; }
	for path in $PATHS; do
		grep -q "^result	[^	]*	$path	" "$lines" || die "kernel $kernel: no result for $path"
	done
	printf '\nkernel %s\n' "$kernel"
	awk -F'\t' -v paths="$PATHS" '
	$1 == "result" { line[$3] = line[$3] "bench\t" $2 "\t" $3 "\t" $4 "\n" }
	END { n = split(paths, path, " "); for (i = 1; i <= n; i++) printf "%s", line[path[i]] }' "$lines"
	echo
	table "$lines"
}

STAGE=$OUT/bench
memo_begin
memo packages "$TOP/qemu/host/packages.sh" build boot
mkdir -p "$STAGE"
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static "-I$TOP/uapi" -o "$STAGE/pread" \
	"$TOP/qemu/bench/pread.c" || die "qemu/bench/pread.c does not build"
for kernel in ${KERNEL:-$KERNELS}; do
	bench_kernel "$kernel"
done
