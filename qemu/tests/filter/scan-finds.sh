# SPDX-License-Identifier: GPL-2.0
# bpio_scan finds its pattern wherever it lies; a file with it cannot be opened but to be cleaned,
# and who had it open before, with the bypass enabled, does not read it.
# covers: R24 R60
# fs: ext4 xfs
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

pattern='Bypass-Test-Pattern'
trace=/sys/kernel/tracing

# traced TEXT: has that been logged since forget()?
traced() { grep -qF -- "$1" "$trace/trace" || fail "not traced: $1"; }
forget() { : >"$trace/trace"; }

stack_on "$FS" nvme
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
