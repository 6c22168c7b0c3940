# SPDX-License-Identifier: GPL-2.0
# make test-exhaustive: all sequences of operations up to a length, each from a new scene; all longer
# ones in one walk; in the debug lane a million random operations, too.
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

# walks LENGTH: ext4 and XFS beside each other, each on a disk of its own
walks() {
	local other status=0
	make_fs ext4 nvme1
	mkdir "$MNT/lower"
	mount_bypassfs "$MNT/lower" /mnt/other
	stack_on xfs nvme
	note "walks of all words of $1 steps, on ext4 and on xfs"
	checks walk /mnt/other/file "$1" "$RANDOM" 2>&1 | sed -u 's/^/ext4: /' &
	other=$!
	checks walk "$TOP/file" "$1" "$RANDOM" 2>&1 | sed -u 's/^/xfs: /' || status=1
	wait "$other" || status=1
	return $status
}

# random_ops TYPE OPERATIONS
random_ops() {
	stack_on "$1" nvme
	note "$2 random operations on $1"
	checks random-ops "$TOP" "$2" "$RANDOM"
}

# timed COMMAND...: as a part
timed() {
	local start=$SECONDS
	part "$@"
	note "$1: $((SECONDS - start)) s"
}

# given NAME DEFAULT: LENGTH= or WALK= of make
given() {
	if [[ $(</proc/cmdline) =~ "bpio_$1="([1-8]) ]]; then
		echo "${BASH_REMATCH[1]}"
	else
		echo "$2"
	fi
}

for fs in ext4 xfs; do
	timed sequences "$fs" "$(given length 4)"
done
timed walks "$(given walk 5)"
[ "$BPIO_LANE" = debug ] || exit 0
for fs in ext4 xfs; do
	timed random_ops "$fs" 500000
done
