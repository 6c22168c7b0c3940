# SPDX-License-Identifier: GPL-2.0
# bpio_scan comes, goes and gets another pattern while handles are enabled: they are asked again.
# covers: R63 R66
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

pattern='Bypass-Test-Pattern'
param=/sys/module/bpio_scan/parameters/pattern

stack_on ext4 nvme
load_module bpio_scan "pattern=$pattern"

note "another pattern: what is enabled is asked again"
printf 'x%s' needle >"$TOP/hay"
head -c 100000 /dev/zero >>"$TOP/hay"
checks handle "$TOP/hay" "$LOWER/hay" enable reads=full run="printf needle >$param" \
	flags+=stream-paused errno=0,4096,EPERM vetoed=monitoring run='sleep 0.5' \
	query=monitoring run="printf $pattern >$param" until=full
assert_eq "$(cat "$param")" "$pattern"
assert_fails 'Invalid argument' sh -c "head -c 65 /dev/zero | tr '\\0' x >$param"
assert_eq "$(cat "$param")" "$pattern"

note "it comes and goes while handles are enabled"
rmmod bpio_scan
cp "$LOWER/hay" "$TOP/hay2"
checks handle "$TOP/hay2" "$LOWER/hay2" enable reads=full \
	run='insmod /bpio/ko/bpio_scan.ko pattern=needle' errno=0,4096,EPERM vetoed=monitoring \
	run='rmmod bpio_scan' until=full reads=full
insmod /bpio/ko/bpio_scan.ko pattern="$pattern"
checks handle "$TOP/hay2" "$LOWER/hay2" enable until=full \
	run="exec 5<>$TOP/hay2; printf x >&5; rmmod bpio_scan" until=full reads=full
insmod /bpio/ko/bpio_scan.ko pattern="$pattern"
