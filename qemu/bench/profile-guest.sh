#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the guest of profile.sh, which has the counting plugin: one round of reads on each
# path. Prints for the host: section PATH READS in the order in which the plugin writes its
# sections. The second disk takes ADDRESS NAME for all code of the kernel, in that order.
# shellcheck source=/dev/null disable=SC2154
. "$BPIO_LIB/common.sh"
# shellcheck source=/dev/null
. /bpio/bench/paths.sh

export BPIO_TMP=/tmp/bench
READS=2000
# bpio_profile=uring,registered of the kernel's command line: verb and options of the bench
WAY=$(sed -n 's/.*bpio_profile=\([^ ]*\).*/\1/p' /proc/cmdline)

# measure PATH DIRECTORY [OPTION...]
measure() {
	local path=$1 dir=$2 out words
	shift 2
	# It cannot be polled
	[[ $path,$WAY != overlayfs,*polled ]] || return 0
	read -ra words <<<"${WAY//,/ --}"
	sync
	sleep 10
	out=$("$BENCH" "${words[@]}" --rounds 1 --reads "$READS" "$@" "$dir/file")
	[[ $out != n/a* ]] || fail "$path: $out"
	# A ring is taken down behind the program's back
	sleep 10
	printf 'section\t%s\t%s\n' "$path" "$READS"
}

bench_disk
on_raw
on_ext4 0
echo 0 >/proc/sys/kernel/kptr_restrict
awk '$2 ~ /[tTwW]/ { print $1, $3, $4 }' /proc/kallsyms | sort >/tmp/symbols
dd if=/tmp/symbols of="$BPIO_DISK1" bs=1M oflag=direct conv=fsync status=none
