# SPDX-License-Identifier: GPL-2.0
# bpio_scan finds its pattern wherever it lies; a file with it cannot be opened but to be cleaned,
# and who had it open before, with the bypass enabled, does not read it. What cannot be read cannot
# be bypassed either.
# covers: R24 R60
# fs: ext4 xfs
# debug-fs: ext4
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/stall.sh"
. "$BPIO_LIB/tool.sh"

pattern='Bypass-Test-Pattern'
trace=/sys/kernel/tracing

# traced TEXT: has that been logged since forget()?
traced() { grep -qF -- "$1" "$trace/trace" || fail "not traced: $1"; }
forget() { : >"$trace/trace"; }

stall_disk
stack_on "$FS" "$DISK"
load_module bpio_scan "pattern=$pattern"
echo 1 >"$trace/events/bpio_scan/enable"
at_exit sh -c "echo 0 >$trace/events/bpio_scan/enable"

note "found wherever it lies"
checks scan-finds "$TOP/where" "$pattern"

note "a file with it cannot be opened, but cleaned"
forget
head -c 100000 /dev/zero >"$TOP/bad"
checks handle "$TOP/bad" "$LOWER/bad" enable reads=full \
	run="printf $pattern | dd of=$TOP/bad bs=1 seek=70000 conv=notrunc status=none" \
	errno=69632,4096,EPERM vetoed=monitoring flags+=stream-paused
traced 'by write pos 70000'
traced 'by read pos 70000'
wait_until 10 grep -qF 'verdict found' "$trace/trace"
assert_fails 'Operation not permitted' cat "$TOP/bad"
assert_fails 'Operation not permitted' dd "if=$TOP/bad" of=/dev/null bs=4096 iflag=direct
assert_fails 'Operation not permitted' bpioctl enable "$TOP/bad" </dev/null
printf '#!/bin/sh\n# %s\n' "$pattern" >"$TOP/run"
chmod 755 "$TOP/run"
assert_fails 'Operation not permitted' "$TOP/run"
printf '#!/bin/sh\ntrue\n' >"$TOP/run"
"$TOP/run"
: >"$TOP/bad"
cat "$TOP/bad"

note "a file that cannot be read to its end is not a clean one"
checks write-pattern "$TOP/broken" 256k 1
stall_at "$LOWER/broken" 128k
becomes() { dmsetup load bpio-stop --table "0 128 $1" && dmsetup resume bpio-stop && drop_caches; }
sector=$(dmsetup table bpio-stop)
becomes error
forget
status 2 bpioctl state "$TOP/broken"
says 'Driver: bpio_scan' 'Reason: monitoring: the file could not be read to its end'
traced 'verdict unreadable'
becomes "${sector#0 128 }"
status 0 bpioctl state "$TOP/broken"
