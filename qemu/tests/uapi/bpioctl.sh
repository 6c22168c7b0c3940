# SPDX-License-Identifier: GPL-2.0
# The tool: verdicts and exit statuses, hashes equal to sha256sum's, honest about what bypassed.
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 3m 1
head -c 1000001 "$TOP/file" >"$TOP/odd"
: >"$TOP/empty"
mkdir "$TOP/dir"
sync

status 0 bpioctl state -v "$TOP/file"
says 'is supported.'
says "$FS"
status 2 bpioctl state --no-direct "$TOP/file"
says 'not-direct'
status 2 bpioctl state "$TOP/dir"
says 'directory'
status 2 bpioctl state "$BPIO_TMP"
says 'not on a bypassfs mount'
status 3 bpioctl state "$TOP/absent"
says 'No such file'
status 0 bpioctl query --json "$TOP/file"
says '"reason":"none"'
status 0 bpioctl info --volume --json "$TOP/file"
says '"fs":"'"$FS"'"'
# covers: R94
{ exec 9<>"$TOP/file"; status 1 bpioctl state "$TOP/file"; exec 9>&-; }
says 'writer'
status 0 bpioctl state "$TOP/file"

bpioctl cat "$TOP/odd" | cmp - "$LOWER/odd"
sum=$(sha256sum <"$LOWER/odd" | cut -d' ' -f1)
status 0 bpioctl verify --sha256 "$sum" --require-bypass 100 "$TOP/odd"
says "$sum"
status 1 bpioctl verify --sha256 "${sum//[0-9]/0}" "$TOP/odd"
says 'DIFFERS'
status 1 bpioctl verify --require-bypass 1 "$LOWER/odd"
says '0.00 %'
(cd "$LOWER" && sha256sum file odd empty) >"$BPIO_TMP/sums"
status 0 bpioctl verify --from "$BPIO_TMP/sums" --dir "$TOP" --threads 2 --block 64K \
	--require-bypass 99
says 'verify: 3 passed, 0 failed'
printf x >>"$TOP/odd"
status 1 bpioctl verify --from "$BPIO_TMP/sums" --dir "$TOP"
says 'verify: 2 passed, 1 failed'
rm "$TOP/odd"
status 3 bpioctl verify --from "$BPIO_TMP/sums" --dir "$TOP"

# A held handle is counted, reports when asked, and lets go.
coproc HELD { exec bpioctl enable "$TOP/file"; }
held=$HELD_PID
wait_until 10 sh -c "bpioctl info --stream '$TOP/file' | grep -q 'stream_count:  1'"
kill -USR1 "$held"
eval "exec ${HELD[1]}>&-"
wait "$held"
bpioctl info --stream "$TOP/file" | grep -q 'stream_count:  0'
