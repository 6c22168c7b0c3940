#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the guest of demo.sh, for ext4 and for XFS: copies the tree, mounts bypassfs over the
# copy, reads every file through the bypass and compares digests, then reads them once more with
# the bypass off. A kprobe counts entries into the lower file system's read path, made by
# the reading process. Lines for the host: "say TEXT", and "row FS KEY=VALUE..." of raw counts;
# the host judges them.
# shellcheck source=/dev/null disable=SC2154
. "$BPIO_LIB/common.sh"
# shellcheck source=/dev/null
. "$BPIO_LIB/disk.sh"

TRACE=/sys/kernel/tracing
LIST=/tmp/sums
# Emulated AVX is slower than none.
export OPENSSL_CONF=/dev/null OPENSSL_ia32cap=0:0

say() { echo "say $*"; }

# field NAME FILE: a number of bpioctl's last JSON line, which is the total
field() { tail -n 1 "$2" | sed -n "s/.*\"$1\":\\([0-9]*\\).*/\\1/p"; }
# full_reads FILE: those of them that took the full bypass
full_reads() { tail -n 1 "$1" | sed -n 's/.*"reads":{[^}]*"full":\([0-9]*\).*/\1/p'; }

# probe EVENT SYMBOL: counts by process from here on
probe() {
	echo "p:demo/$1 $2" >>"$TRACE/kprobe_events"
	echo 'hist:keys=common_pid' >"$TRACE/events/demo/$1/trigger"
}

# entries EVENT PID: how often this process came by
entries() {
	local n
	n=$(sed -n "s/^{ common_pid: *$2 } hitcount: *//p" "$TRACE/events/demo/$1/hist")
	echo "${n:-0}"
}

# missed EVENT: hits that the kernel could not count
missed() { awk -v name="$1" '$1 == name { print $3 }' "$TRACE/kprobe_profile"; }

# disk_now DEVICE: reads completed, bytes read
disk_now() { awk '{ print $1, $3 * 512 }' "/sys/block/${1##*/}/stat"; }

# run OUT COMMAND...: as a process of its own; PID is its number
run() {
	local out=$1
	shift
	(echo "$BASHPID" >/tmp/pid && exec "$@" >"$out") 2>&1 | sed -u "s/^/say $FS: /"
	PID=$(cat /tmp/pid)
}

# refusals FILE: files that were not armed, and reads of armed ones that fell back, by reason
refusals() {
	{
		grep '"status":-' "$1" | sed 's/.*"status":-[^}]*"reason":"\([^"]*\)".*/files \1/'
		tail -n 1 "$1" | sed 's/.*"not_full":{//; s/}.*//' | tr ',' '\n' |
			sed -n 's/"\(.*\)":\(.*\)/\2 reads \1/p'
	} | sort | uniq -c | sed "s/ *1 \([0-9]* reads\)/\1/; s/^ */why $FS: /" || true
}

copy_tree() {
	local dev=$1
	say "$FS: mkfs, and a copy of the tree"
	case $FS in
	ext4) mkfs.ext4 -q -F "$dev" ;;
	xfs) mkfs.xfs -q -f "$dev" ;;
	esac
	mkdir -p "/mnt/$FS" "/mnt/$FS-top"
	mount -t "$FS" "$dev" "/mnt/$FS"
	mkdir "/mnt/$FS/tree"
	tar -x -f "$SOURCE/tree.tar" -C "/mnt/$FS/tree" --no-same-owner
	sync
	echo 1 >/proc/sys/vm/drop_caches
}

show() {
	local dev=$1 top=/mnt/$FS-top on off reads0 bytes0 reads1 bytes1 files off_reads off_bytes
	mount -t bypassfs "/mnt/$FS/tree" "$top"

	say "$FS: every file through the bypass, SHA-256 compared with the host's"
	read -r reads0 bytes0 < <(disk_now "$dev")
	run /tmp/on /tmp/bpioctl verify --from "$LIST" --dir "$top" --json --progress || true
	read -r reads1 bytes1 < <(disk_now "$dev")
	on=$(entries "$FS" "$PID")

	say "$FS: the same reads with the bypass off"
	run /tmp/off /tmp/direct "$LIST" "$top"
	off=$(entries "$FS" "$PID")
	read -r files off_reads off_bytes </tmp/off

	echo "row $FS files=$(field files /tmp/on) passed=$(field passed /tmp/on)" \
		"failed=$(field failed /tmp/on) reads=$(field calls /tmp/on)" \
		"bytes=$(field length /tmp/on) full=$(full_reads /tmp/on) entered_on=$on" \
		"entered_off=$off off_files=$files off_reads=$off_reads off_bytes=$off_bytes" \
		"missed=$(missed "$FS") disk_reads=$((reads1 - reads0)) disk_bytes=$((bytes1 - bytes0))"
	grep '"equal":false' /tmp/on | head -n 5 | sed "s/^/differs $FS: /" || true
	refusals /tmp/on
	umount "$top"
}

mkdir -p /mnt/source
mount -o ro "$BPIO_DISK0" /mnt/source
SOURCE=/mnt/source
# The readers are static and in memory, as is the list: whatever they read on a file system
# that is probed is a file of the tree.
cp "$SOURCE"/{bpioctl,direct,sums} /tmp
modprobe xfs
probe ext4 ext4_file_read_iter
probe xfs xfs_file_read_iter
for FS in ext4 xfs; do
	dev=$BPIO_NVME0
	[ "$FS" = ext4 ] || dev=$BPIO_NVME1
	copy_tree "$dev"
	show "$dev"
	echo '!hist:keys=common_pid' >"$TRACE/events/demo/$FS/trigger"
	umount "/mnt/$FS"
done
echo >"$TRACE/kprobe_events"
