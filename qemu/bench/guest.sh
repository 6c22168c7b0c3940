#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the guest of bench.sh: every case on every path, over one memory-backed null_blk disk.
# Prints for the host, with tabs between:
#	setting TEXT			clock NS_PER_INSTRUCTION
#	result CASE PATH MEDIAN LEAST MOST	or: result CASE PATH n/a REASON
#	latency FILTERS OPERATION MEDIAN LEAST MOST
# shellcheck source=/dev/null disable=SC2154
. "$BPIO_LIB/common.sh"
# shellcheck source=/dev/null
. /bpio/bench/paths.sh

export BPIO_TMP=/tmp/bench

# CASE: file, verb and options. A new case is a line here.
SHORT="--rounds 5 --reads 1500 --warm-up 1000"
declare -A CASES=(
	[pread-4k]="file pread $SHORT"
	[pread-64k]="file pread --block 65536 --rounds 5 --reads 300 --warm-up 100"
	[pread-1m]="file pread --block 1048576 --rounds 5 --reads 30 --warm-up 10"
	[uring-4k]="file uring $SHORT"
	[uring-4k-registered]="file uring --registered $SHORT"
	[uring-4k-polled]="file uring --registered --polled $SHORT"
	[pread-4k-1-extent]="large pread --span $SPAN $SHORT"
	[pread-4k-100k-extents]="scattered pread --span $SPAN $SHORT"
	[buffered-4k]="file pread --buffered $SHORT"
)
ORDER="pread-4k pread-64k pread-1m uring-4k uring-4k-registered uring-4k-polled pread-4k-1-extent
	pread-4k-100k-extents buffered-4k"

# measure PATH DIRECTORY [OPTION...]
measure() {
	local path=$1 dir=$2 name words
	shift 2
	# The clock runs on while the guest idles, so these seconds cost nothing
	sync
	sleep 10
	for name in ${BENCH_CASES:-$ORDER}; do
		if [[ $name == buffered-* && " $* " == *" --enable "* ]]; then
			printf 'result\t%s\t%s\tn/a\t%s\n' "$name" "$path" \
				"only O_DIRECT reads bypass"
			continue
		fi
		read -ra words <<<"${CASES[$name]}"
		printf 'result\t%s\t%s\t%s\n' "$name" "$path" \
			"$("$BENCH" "${words[@]:1}" "$@" "$dir/${words[0]}")"
	done
	[[ $path == bypass-* ]] || return 0
	"$BENCH" latency "$dir/file" | sed "s/^/latency\t${path#bypass-}\t/"
}

# Reads that take their time, for what waits for them
on_slow_disk() {
	null_blk_disk size=64 queue_mode=2 irqmode=2 completion_nsec=100000 hw_queue_depth=128
	mkfs_on ext4 "$DISK"
	mount -t ext4 "$DISK" /mnt/low
	mkdir /mnt/low/lower
	dd if=/dev/zero of=/mnt/low/lower/file bs=1M count=32 oflag=direct status=none
	mount -t bypassfs /mnt/low/lower /mnt/top
	"$BENCH" pause /mnt/top/file | sed "s/^/latency\t0\t/"
	umount /mnt/top /mnt/low
}

on_fast_disk() {
	bench_disk
	printf 'setting\t%s\nclock\t%s\n' "$SETTING" "$("$BENCH" calibrate)"
	on_raw
	on_ext4 0 1 4 16
	on_xfs
}

part on_fast_disk
part on_slow_disk
