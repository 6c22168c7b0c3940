# SPDX-License-Identifier: GPL-2.0
# The two halves pause apart (R45 to R66 as far as no filter is needed): a paused volume leaves
# the filters skipped, a paused stream the lower file system.
# covers: R21 R45 R47 R48 R50 R51 R53 R57 R58 R59 R62 R65 R66
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
checks handle "$TOP/file" "$LOWER/file" stream-pause flags-=stream-paused enable reads=full \
	volume-pause volume-pause flags+=volume-paused flags+=suspended state=idle \
	reads=filters-skipped read=0,4096,filters-skipped,volume-paused \
	query=none,volume-paused volume-resume volume-resume flags-=volume-paused reads=full \
	stream-pause stream-pause pauses=2 flags+=stream-paused count=1 reads=lower-skipped \
	volume-pause reads=traditional stream-resume=volume-paused reads=filters-skipped pauses=0 \
	volume-resume=none reads=full stream-pause disable enable flags-=stream-paused reads=full

# Reads of each kind heed it, short and long
for way in pread aio uring uring-fixed; do
	for length in 4k 64k; do
		checks read-one "$way" "$TOP/file" 64k $length stream-paused \
			"bpioctl pause $TOP/file >/dev/null"
		bpioctl resume "$TOP/file" >/dev/null || true
	done
done
