#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make profile: where the instructions of a read go, by function of the kernel, on each path
# side by side. KERNEL=6.1 picks one kernel, PATHS='raw bypass-0' the columns; rows are in the
# order of the last. WAY=uring,registered,polled profiles io_uring, less of it with fewer words;
# LEAST=5: functions with fewer instructions a read are summed up.
# shellcheck source-path=SCRIPTDIR/../host
. "$(dirname "${BASH_SOURCE[0]}")/../host/common.sh"
. "$TOP/qemu/host/build.sh"
. "$TOP/qemu/bench/stage.sh"

WAY=${WAY:-pread}
PATHS=${PATHS:-raw ext4 overlayfs stack-0 bypass-0}

# by_function SYMBOLS LINES COUNTS: function, path, instructions per read. What is counted is
# sorted among the symbols, and a function is all that lies between its own and the next.
by_function() {
	sort -s -k1,1 <(tr -d '\0' <"$1" | awk '{ print $1, "symbol", $2, $3 }') \
		<(awk -F'\t' 'NR == FNR { if ($1 == "section") { path[++n] = $2; reads[n] = $3 } next }
			$1 == "section" { section++; next }
			{ split($1, c, " "); print c[1], "count", path[section], c[2] / reads[section] }
		' "$2" "$3") |
		awk '
		$2 == "symbol" { name = $3 ($4 == "" ? "" : " " $4); next }
		{ sum[($1 == "0000000000000000" ? "(program)" : name) "\t" $3] += $4 }
		END { for (key in sum) printf "%s\t%.2f\n", key, sum[key] }'
}

# table LEAST: of what by_function() printed, for people
table() {
	awk -F'\t' -v paths="$PATHS" -v least="$1" '
	{ cost[$1, $2] = $3; names[$1] = 1; total[$2] += $3 }
	function weight(name) { return 1e6 * cost[name, path[n]] + cost[name, path[1]] }
	END {
		n = split(paths, path, " ")
		for (name in names) {
			most = 0
			for (i = 1; i <= n; i++)
				most = cost[name, path[i]] > most ? cost[name, path[i]] : most
			if (most >= least) {
				rows[++count] = name
				continue
			}
			for (i = 1; i <= n; i++)
				cost["(all others)", path[i]] += cost[name, path[i]]
		}
		for (i = 2; i <= count; i++)
			for (j = i; j > 1 && weight(rows[j]) > weight(rows[j - 1]); j--) {
				name = rows[j]; rows[j] = rows[j - 1]; rows[j - 1] = name
			}
		rows[++count] = "(all others)"
		rows[++count] = "total"
		printf "%-40s", "function"
		for (i = 1; i <= n; i++) {
			printf " %10s", path[i]
			cost["total", path[i]] = total[path[i]]
		}
		for (j = 1; j <= count; j++) {
			printf "\n%-40s", rows[j]
			for (i = 1; i <= n; i++)
				printf " %10.1f", cost[rows[j], path[i]]
		}
		print ""
	}'
}

memo_begin
stage
quietly "$OUT/profile.log" gcc -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC \
	-o "$OUT/profile.so" "$TOP/qemu/bench/profile.c" || die "the plugin does not build"
for kernel in ${KERNEL:-$KERNELS}; do
	lines=$OUT/profile-$kernel.lines counts=$OUT/profile-$kernel.counts
	symbols=$OUT/profile-$kernel.symbols
	rm -f "$symbols"
	truncate -s 32M "$symbols"
	BPIO_PLUGIN="$OUT/profile.so,out=$counts" boot_bench "$kernel" profile \
		"$TOP/qemu/bench/profile-guest.sh" "$lines" --disk "$symbols" --append "bpio_profile=$WAY"
	[ "$(grep -c ^section "$lines")" = "$(grep -c ^section "$counts")" ] ||
		die "kernel $kernel: the plugin did not count every path"
	printf '\nkernel %s: instructions of one random %s of 4 KiB, by function\n' "$kernel" "$WAY"
	by_function "$symbols" "$lines" "$counts" | table "${LEAST:-5}"
done
