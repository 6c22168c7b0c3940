# SPDX-License-Identifier: GPL-2.0
# Pauses: whose they are and when they end; what a resume finds; whom they wait for and whom not.
# covers: R52 R45 R46 R47 R48 R50 R51 R53 R54 R55 R57 R58 R59 R61 R62 R63 R64 R65 R66 R67 R39
# fs: ext4 xfs
# debug-fs: ext4
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/stall.sh"

stall_disk
stack_on "$FS" "$DISK"
load_module bpio_caller
checks write-pattern "$TOP/file" 1m 1
mkdir "$TOP/dir"

checks pause-owner "$TOP/file"
checks pause-state "$TOP/file" "$TOP/dir" "$FS"
checks pause-readers "$TOP/readers" 8 5

# With a read stopped in the disk. A pause of the volume is none of a read's business that has
# gone to the lower file system.
stall_at "$LOWER/file" 512k
for way in pread aio uring; do
	for path in full skipped; do
		checks pause-drain "$TOP/file" "$LOWER/file" 512k "$way" "$path" stream-pause waits
	done
done
for path in full skipped; do
	checks pause-drain "$TOP/file" "$LOWER/file" 512k pread "$path" disable waits
	checks pause-drain "$TOP/file" "$LOWER/file" 512k aio "$path" block waits
done
checks pause-drain "$TOP/file" "$LOWER/file" 512k pread full volume-pause waits
checks pause-drain "$TOP/file" "$LOWER/file" 512k pread skipped volume-pause goes-on

# With a read whose buffer comes when a user likes
for length in 4k 64k 256k; do
	for touched in 0 4k; do
		[ "$length" != "$touched" ] || continue
		set -- "$TOP/file" "$LOWER/file" "$length" "$touched"
		checks pause-fault "$@" full none full
		checks pause-fault "$@" full stream-pause lower-skipped
		checks pause-fault "$@" full volume-pause filters-skipped
		checks pause-fault "$@" full block lower-skipped
		checks pause-fault "$@" skipped none filters-skipped
		checks pause-fault "$@" skipped stream-pause traditional
		checks pause-fault "$@" skipped disable traditional
		checks pause-fault "$@" skipped block traditional
	done
done
