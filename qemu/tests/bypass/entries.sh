# SPDX-License-Identifier: GPL-2.0
# A read on the full bypass calls no filter and does not enter the lower file system, which a probe
# in its read function counts; other reads do one of these, or both.
# covers: R104 R22 R48
# fs: ext4 xfs
# lanes: distro
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/probe.sh"

TRACE=/sys/kernel/tracing
EVENT=$TRACE/events/bpio_test/entry

stack_on "$FS" dm-linear
load_module bpio_probe
checks write-pattern "$TOP/file" 1m 1
probe add a 20 bypass pre:read
echo "p:bpio_test/entry ${FS}_file_read_iter" >"$TRACE/kprobe_events"
at_exit eval "echo >$TRACE/kprobe_events"
echo 'hist:keys=common_pid' >"$EVENT/trigger"
at_exit eval "echo '!hist:keys=common_pid' >$EVENT/trigger"

# reads ENTRIES SEEN WORD...: four reads of one process; so many entered the file system and so many
# were seen by the filter. The program is static, and not on a file system of that type.
reads() {
	local pid entries seen
	probe clear
	checks filter-calls "$TOP/file" direct "${@:3}" read read read read >/dev/null &
	pid=$!
	wait $pid
	entries=$(sed -n "s/^{ common_pid: *$pid } hitcount: *//p" "$EVENT/hist")
	seen=$(grep -c 'a pre read' /dev/bpio_probe) || true
	assert_eq "${entries:-0} $seen" "$1 $2" "entries, and reads that the filter saw: ${*:3}"
}

reads 0 0 enable
reads 4 4
bpioctl pause --volume "$TOP"
reads 4 0 enable
bpioctl resume --volume "$TOP"
reads 0 4 enable stream-pause
reads 0 0 enable
