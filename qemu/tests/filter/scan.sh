# SPDX-License-Identifier: GPL-2.0
# bpio_scan lets a file be bypassed when it was scanned, is clean, and nobody has changed it since;
# whoever changes it takes enabled handles off the bypass first, and they come back by themselves.
# covers: R24 R60 R63 R64 R65 R66 R67
# fs: ext4
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

note "scanned on open, then bypassed"
forget
checks write-pattern "$TOP/file" 1m 1
status 0 bpioctl verify --require-bypass 100 "$TOP/file"
ino=$(stat -c %i "$TOP/file")
traced "ino $ino verdict clean bytes 1048576"
traced "scan_cleared: dev"
forget
status 0 bpioctl state "$TOP/file"
! grep -q scan_file "$trace/trace" || fail "scanned again, and nobody has changed it"

# In a script, as it is used from within a scenario: somebody has the file open for writing (rw),
# or mapped so (mapped), until he is ended. STATUS is what bpioctl state says then.
cat >"$BPIO_TMP/holder" <<'END'
file=$1 how=$2 status=$3
checks hold-open "$file" "$how" >/dev/null 2>&1 &
echo $! >"$4"
for n in 1 2 3 4 5 6 7 8 9; do
	bpioctl state "$file" >/dev/null
	[ $? != "$status" ] || exit 0
	sleep 0.5
done
exit 1
END
hold_rw="sh $BPIO_TMP/holder $TOP/file rw 1 $BPIO_TMP/pid"
hold_mapped="sh $BPIO_TMP/holder $TOP/file mapped 2 $BPIO_TMP/pid"
end_holder="kill \$(cat $BPIO_TMP/pid)"

note "a change takes an enabled handle off the bypass; when the writer is gone it comes back"
checks handle "$TOP/file" "$LOWER/file" enable reads=full run="$hold_rw" \
	read=0,4096,filters-skipped,writer flags-=stream-paused \
	run="checks change $TOP/file write" flags+=stream-paused flags+=enabled \
	read=0,4096,traditional query=monitoring stream-resume flags+=stream-paused \
	vetoed=monitoring reads=traditional \
	run="bpioctl state $TOP/file >$BPIO_TMP/said; test \$? = 2" \
	run="$end_holder" until=full flags-=stream-paused pauses=0 query=none reads=full
OUT=$(cat "$BPIO_TMP/said")
says 'Driver: bpio_scan' 'Reason: monitoring: somebody has the file open for writing'

note "what is written through a mapping is not seen: not before that is gone"
checks handle "$TOP/file" "$LOWER/file" enable reads=full run="$hold_mapped" \
	flags+=stream-paused reads=traditional query=monitoring reads=traditional \
	flags+=stream-paused run="$end_holder" until=full reads=full

for how in write direct append truncate ftruncate fallocate mapping sendfile copy; do
	note "change: $how"
	forget
	status 0 bpioctl state "$TOP/file"
	checks handle "$TOP/file" "$LOWER/file" enable read=0,4096,full \
		run="checks change $TOP/file $how" flags+=stream-paused query=monitoring \
		until=full flags-=stream-paused
	traced 'scan_changed: dev'
	traced 'handles 1'
done
