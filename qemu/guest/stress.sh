# SPDX-License-Identifier: GPL-2.0
# make stress: two million reads for each file system against everybody who changes files, with
# KASAN and lockdep watching.
# shellcheck shell=bash source=/dev/null
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# long TYPE [MKFS OPTION...]
long() {
	(
		AT_EXIT=()
		trap run_at_exit EXIT
		stack_on "$1" null_blk "" "${@:2}"
		checks stress --dir "$TOP" --lower "$LOWER" --reads 2048k --seconds 14000 \
			--min-bypass 50 --pace 60 --seed "$RANDOM"
	)
}
long xfs
long ext4 -m 0
