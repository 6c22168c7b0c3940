# SPDX-License-Identifier: GPL-2.0
# Who registers a filter waits for the reads and writes that are on their way past it, however they
# go; when the registration has returned, none of them is under way.
# covers: R71
# fs: ext4
# timeout: 400
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/stall.sh"
. "$BPIO_LIB/tool.sh"
. "$BPIO_LIB/probe.sh"

stall_disk
stack_on "$FS" "$DISK"
load_module bpio_probe
checks write-pattern "$TOP/file" 1m 1
stall_at "$LOWER/file" 0

# So long it takes, at most, until a program is in the disk
while_starting=1
[ "$BPIO_LANE" = distro ] || while_starting=3

waits() { kill -0 "${HELD[$1]}" 2>/dev/null; }

# waits_for FEATURES CALLBACK WORD...: the last call stops in the disk, and the registration waits
waits_for() {
	drop_caches
	stall
	hold caller checks filter-calls "$TOP/file" "${@:3}"
	sleep $while_starting
	hold adder probe add a 20 "$1" "$2"
	sleep $while_starting
	if ! { waits caller && waits adder; }; then
		unstall
		fail "nobody waits: $*"
	fi
	unstall
	ended caller 0
	says "${*: -1}=4096"
	ended adder 0
	calls "open=0 read=4096 write=4096" "$TOP/file" open read write
	probe del a
}

for features in - bypass bypass,data; do
	waits_for $features pre:read open read
	waits_for $features pre:read direct read
	waits_for $features pre:read direct enable stream-pause read
	waits_for $features pre:write direct-both write
done
waits_for - pre:read direct enable read
waits_for - pre:write direct enable read
