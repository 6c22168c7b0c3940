# SPDX-License-Identifier: GPL-2.0
# A filter that does not support the bypass comes and goes under 32 readers with the bypass enabled:
# from its coming on it sees each read, ENABLE and QUERY are refused in its name, and when it goes
# they bypass again.
# covers: R26 R31 R35 R66 R71 R72 R73
# fs: ext4
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1

note "one open file"
checks handle "$TOP/file" "$LOWER/file" enable reads=full run='insmod /bpio/ko/bpio_legacy.ko' \
	flags+=attach-blocked flags+=enabled count=1 reads=lower-skipped query=attach-blocked \
	vetoed=attach-blocked volume-pause reads=traditional volume-resume reads=lower-skipped \
	run='rmmod bpio_legacy' flags-=attach-blocked reads=full

note "what people are told"
load_module bpio_legacy
status 2 bpioctl state "$TOP/file"
says 'Driver: bpio_legacy' attach-blocked
rmmod bpio_legacy
status 0 bpioctl state "$TOP/file"

note "32 readers"
checks sibling-legacy "$TOP/file"
insmod /bpio/ko/bpio_legacy.ko
