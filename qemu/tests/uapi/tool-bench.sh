# SPDX-License-Identifier: GPL-2.0
# The tool times the same reads with the bypass off and on, and has no figures, but who and why,
# when the reads do not bypass, or stop to while they are timed.
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
head -c 100 "$TOP/file" >"$TOP/short"
truncate -s 1M "$TOP/sparse"
sync

# full: reads of the mount that took the full bypass
full() { bpioctl info --volume --json "$TOP" | sed 's/.*"reads":{[^}]*"full":\([0-9]*\).*/\1/'; }

before=$(full)
status 0 bpioctl bench --reads 200 --rounds 3 "$TOP/file"
says "$TOP/file: 200 random reads of 4096 bytes, one at a time, 3 rounds each" \
	'each of its reads took the full bypass'
[[ $OUT =~ off\ +[0-9.]+\ +[0-9.]+ && $OUT =~ on\ +[0-9.]+\ +[0-9.]+ ]] || fail "no figures: $OUT"
# A round of each way is made twice, once without a clock; those with the bypass off do not count.
assert_eq "$(($(full) - before))" 1200 "reads on the full bypass"
status 0 bpioctl bench --json --block 64K --reads 20 --rounds 1 "$TOP/file"
says '"measured":true' '"block":65536' '"off":{"ns":' '"on":{"ns":'

# Who is in the way, and why
{ exec 9<>"$TOP/file"; status 1 bpioctl bench "$TOP/file"; exec 9>&-; }
says 'no figures: ' 'Driver: bypassfs' 'Reason: writer: '
says_not 'us/read'
status 1 bpioctl bench "$TOP/sparse"
says 'Reason: sparse: '
status 1 bpioctl bench --json "$TOP/sparse"
says '"measured":false' '"filter":{"status":-95'
hold pause bpioctl pause --volume --hold --reason snapshot "$TOP"
wait_until 10 told pause 'is paused'
status 1 bpioctl bench "$TOP/file"
says 'Driver: bpioctl' 'Reason: volume-paused'
let_go pause

# Paused in the middle: reads went on, but not all on the full bypass
hold bench bpioctl bench --reads 300 --rounds 99 "$TOP/file"
before=$(full)
has_begun() { [ "$(full)" -gt "$before" ]; }
wait_until 60 has_begun
bpioctl pause --volume "$TOP" >/dev/null
ended bench 1
says 'no figures: ' 'Reason: volume-paused'
says_not 'us/read'
bpioctl resume --volume "$TOP" >/dev/null

status 3 bpioctl bench "$TOP/short"
says 'is shorter than one read'
status 3 bpioctl bench "$LOWER/file"
says 'ENOTTY'
status 3 bpioctl bench --block 1000 "$TOP/file"
says '--block a multiple of 4096'
status 3 bpioctl bench --reads 0 "$TOP/file"
status 3 bpioctl bench
