# SPDX-License-Identifier: GPL-2.0
# make test-exhaustive: all sequences of operations up to a length, on a stock kernel; shorter ones
# and a million random operations with KASAN and lockdep watching.
# shellcheck shell=bash source=/dev/null
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# sequences TYPE LENGTH: half of them on each of two mounts, so that both CPUs have something to do.
# The disk completes from a timer, so that asynchronous reads are that.
sequences() {
	local other status=0
	null_blk_disk irqmode=2 completion_nsec=2000
	stack_on "$1" "$DISK"
	mkdir "$LOWER/other"
	mount_bypassfs "$LOWER/other" /mnt/other
	note "sequences of $2 steps on $1"
	checks sequences "$TOP/file" "$2" --part 1/2 &
	other=$!
	checks sequences /mnt/other/file "$2" --part 2/2 || status=1
	wait "$other" || status=1
	return $status
}

# random_ops TYPE OPERATIONS
random_ops() {
	stack_on "$1" nvme
	note "$2 random operations on $1"
	checks random-ops "$TOP" "$2" "$RANDOM"
}

length=5
[ "$BPIO_LANE" = distro ] || length=4
# LENGTH= of make
[[ ! $(</proc/cmdline) =~ bpio_length=([1-8]) ]] || length=${BASH_REMATCH[1]}
part sequences ext4 "$length"
part sequences xfs "$length"
[ "$BPIO_LANE" = debug ] || exit 0
part random_ops ext4 500000
part random_ops xfs 500000
