# SPDX-License-Identifier: GPL-2.0
# Snapshots of a volume with files that bypass: no bypass past the file system from before the
# first snapshot is made until after the last has gone, and no reader sees a wrong byte.
# covers: R45 R47 R48 R51 R52 R53 R98 R99 R100 R101 R103
# fs: ext4
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

# volume NAME SECTORS DEVICE START
volume() {
	dmsetup create "$1" --table "0 $2 linear $3 $4"
	at_exit dmsetup remove --retry "$1"
	dmsetup mknodes
}

# Whatever has become of a test that failed
drop_snapshots() {
	local name
	for name in "${SNAPSHOTS[@]}"; do
		! dmsetup info "$name" >/dev/null 2>&1 || volsnap remove "$1" "$name"
	done
}

snapshots() { assert_eq "$(volsnap list | sed 's/^[0-9]*:[0-9]* //' | paste -sd' ')" "$*" snapshots; }

# mount_snapshot NAME DIRECTORY: read-only, as it is
mount_snapshot() {
	local options=ro,noload
	[ "$FS" != xfs ] || options=ro,nouuid,norecovery
	mkdir -p "$2"
	dmsetup mknodes
	mount -t "$FS" -o "$options" "/dev/mapper/$1" "$2"
}

require_module dm-snapshot
SNAPSHOTS=(snap1 snap2)
stack_on "$FS" dm-linear
load_module bpio_volsnap
volume cow1 131072 "$BPIO_NVME0" 0
volume cow2 131072 "$BPIO_NVME0" 131072
at_exit drop_snapshots bpio-linear
number=$(dmsetup info -c --noheadings --separator : -o major,minor bpio-linear)
checks write-pattern "$TOP/file" 1m 1
linear=$(dmsetup table bpio-linear)

note "no snapshot: the driver agrees"
status 0 bpioctl state "$TOP/file"
snapshots

note "the seed's example, under readers"
checks readers-through "$TOP/readers" until:full \
	"volsnap create bpio-linear snap1 /dev/mapper/cow1" takes:filters-skipped \
	"bpioctl state $TOP/file | grep -q 'Driver: bpio_volsnap'" \
	"checks write-pattern $TOP/file 1m 2" takes:filters-skipped \
	"volsnap create bpio-linear snap2 /dev/mapper/cow2" takes:filters-skipped \
	"bpioctl resume --volume $TOP || true" takes:filters-skipped \
	"volsnap remove bpio-linear snap1" takes:filters-skipped \
	"volsnap remove bpio-linear snap2" until:full
snapshots
assert_eq "$(dmsetup table bpio-linear)" "$linear" "table of the origin"
checks read-pattern "$TOP/file" 1m 2 direct

note "each snapshot pauses; the pause is its, and nobody else ends it"
hold watcher bpioctl watch --volume --events volume-paused,volume-resumed "$TOP"
wait_until 20 watching watcher
volsnap create bpio-linear snap1 /dev/mapper/cow1
volsnap create bpio-linear snap2 /dev/mapper/cow2
status 1 bpioctl state "$TOP/file"
says "Driver: bpio_volsnap" "the volume has a snapshot"
status 1 bpioctl resume --volume "$TOP"
says bpio_volsnap
snapshots snap1 snap2
status 1 bpioctl blockers "$TOP/file"
says volume-paused snapshot bpio_volsnap
status 0 bpioctl info "$TOP/file"
says "volume-paused storage-compatible" "not full: volume-paused"
volsnap remove bpio-linear snap1
status 1 bpioctl state "$TOP/file"
says "Reason: volume-paused"

note "a mount that comes later is not paused, but vetoed"
mount_bypassfs "$LOWER" "$BPIO_TMP/later"
status 1 bpioctl state "$BPIO_TMP/later/file"
says EBUSY "Driver: bpio_volsnap" "Reason: snapshot: the volume has a snapshot"
checks read-pattern "$BPIO_TMP/later/file" 1m 2 direct

note "what is on the snapshot is as it was"
checks write-pattern "$TOP/file" 1m 3
mount_snapshot snap2 "$BPIO_TMP/old"
checks read-pattern "$BPIO_TMP/old/lower/file" 1m 2
umount "$BPIO_TMP/old"
checks read-pattern "$TOP/file" 1m 3 direct
volsnap remove bpio-linear snap2
status 0 bpioctl state "$TOP/file"
status 0 bpioctl state "$BPIO_TMP/later/file"
checks read-pattern "$TOP/file" 1m 3 direct
let_go watcher 143
assert_eq "$(grep -c volume-paused <<<"$OUT")" 2 "pauses told"
assert_eq "$(grep -c volume-resumed <<<"$OUT")" 1 "resumes told"

note "told before the volume is frozen, and as long as there is anything left"
# While it is frozen nobody can be asked: that may need the disk
cat >"$BPIO_TMP/dmsetup" <<-EOF
	#!/bin/bash
	[ "\$1" != resume ] || rm -f "$BPIO_TMP/frozen"
	case \$1 in
	suspend | load | remove | create)
		rc=0
		[ -e "$BPIO_TMP/frozen" ] || bpioctl state "$TOP/file" >/dev/null || rc=\$?
		[ -e "$BPIO_TMP/frozen" ] || echo "\$rc: \$*" >>"$BPIO_TMP/steps"
		;;
	esac
	[ "\$1" != suspend ] || touch "$BPIO_TMP/frozen"
	exec $(type -P dmsetup) "\$@"
EOF
chmod +x "$BPIO_TMP/dmsetup"
PATH=$BPIO_TMP:$PATH volsnap create bpio-linear snap1 /dev/mapper/cow1
PATH=$BPIO_TMP:$PATH volsnap remove bpio-linear snap1
status 0 bpioctl state "$TOP/file"
OUT=$(<"$BPIO_TMP/steps")
assert_eq "$(cut -d' ' -f1,2 <<<"$OUT" | paste -sd' ')" \
	"1: create 1: suspend 1: suspend 1: load 1: remove" "bypassed, or not, at each step"

note "a snapshot that cannot be made leaves nothing behind"
status 1 volsnap create --chunk 3 bpio-linear snap1 /dev/mapper/cow1
snapshots
status 1 volsnap create bpio-linear snap1 /dev/zero
status 1 volsnap create bpio-linear bpio-linear /dev/mapper/cow1
status 0 bash -c "echo 'add 1:1 snap1' >/dev/bpio_volsnap"
status 1 volsnap create bpio-linear snap1 /dev/mapper/cow1
status 0 bash -c "echo 'del 1:1 snap1' >/dev/bpio_volsnap"
status 1 volsnap create no-such-volume snap1 /dev/mapper/cow1
status 1 volsnap remove bpio-linear snap1
assert_eq "$(dmsetup table bpio-linear)" "$linear" "table of the origin"
status 0 bpioctl state "$TOP/file"

note "a file system on a device that lies on the volume"
volume origin 655360 "$BPIO_NVME0" 262144
volume higher 655360 /dev/mapper/origin 0
at_exit drop_snapshots origin
make_fs "$FS" /dev/mapper/higher
mount_bypassfs "$MNT" "$BPIO_TMP/higher"
checks write-pattern "$BPIO_TMP/higher/file" 1m 4
status 0 bpioctl state "$BPIO_TMP/higher/file"
volsnap create origin snap1 /dev/mapper/cow1
snapshots snap1 snap1
status 1 bpioctl state "$BPIO_TMP/higher/file"
says "Driver: bpio_volsnap" "the volume has a snapshot"
status 0 bpioctl state "$TOP/file"
checks write-pattern "$BPIO_TMP/higher/file" 1m 5
checks read-pattern "$BPIO_TMP/higher/file" 1m 5 direct
volsnap remove origin snap1
snapshots
status 0 bpioctl state "$BPIO_TMP/higher/file"

note "the control device"
status 0 bash -c "echo 'add $number a' >/dev/bpio_volsnap"
assert_fails 'File exists' bash -c "echo 'add $number a' >/dev/bpio_volsnap"
assert_fails 'No such file' bash -c "echo 'del $number b' >/dev/bpio_volsnap"
for line in '' add "add $number" "add $number a b" 'add 1 a' 'add 1:1x a' 'add 4096:0 a' \
	"put $number c" "add $number $(printf 'x%.0s' {1..128})"; do
	assert_fails 'Invalid argument' bash -c "echo '$line' >/dev/bpio_volsnap"
done
snapshots a
assert_fails 'Permission denied' as_user alice cat /dev/bpio_volsnap

note "its pauses and vetoes go with it"
status 1 bpioctl state "$TOP/file"
rmmod bpio_volsnap
status 0 bpioctl state "$TOP/file"
insmod /bpio/ko/bpio_volsnap.ko
