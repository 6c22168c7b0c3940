#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the guest, started by init with the result pipe as descriptor 3. Nothing it starts
# inherits that descriptor, so a test cannot write result lines.
# MODE (from /bpio/env): tests = run /bpio/plan; cmd = run /bpio/cmd; shell = interactive.
# shellcheck disable=SC1091

. /bpio/env
export BPIO_LIB=/bpio/lib BPIO_LANE BPIO_KERNEL BPIO_SHARE
result() { printf '%s\n' "$*" >&3; }

disk_of() {
	local dir serial
	for dir in /sys/block/*; do
		serial=
		if [ -r "$dir/device/serial" ]; then
			read -r serial <"$dir/device/serial" || true
		elif [ -r "$dir/serial" ]; then
			read -r serial <"$dir/serial" || true
		fi
		[ "${serial%% *}" != "$1" ] || { echo "/dev/${dir##*/}"; return; }
	done
}

# Devices and modules every mode has
prepare() {
	local n name mod
	modprobe -qa virtio_pci virtio_blk virtio_console configfs nd_e820 nd_pmem 2>/dev/null
	mount -t configfs none /sys/kernel/config 2>/dev/null
	BPIO_NVME0=$(disk_of bpio-nvme0)
	BPIO_NVME1=$(disk_of bpio-nvme1)
	for n in 1 2 3 4 5; do
		BPIO_VBLK=$(disk_of bpio-vblk)
		[ -z "$BPIO_VBLK" ] || break
		sleep 0.2
	done
	BPIO_PMEM=
	[ ! -b /dev/pmem0 ] || BPIO_PMEM=/dev/pmem0
	export BPIO_NVME0 BPIO_NVME1 BPIO_VBLK BPIO_PMEM
	for n in 0 1 2 3; do
		name=$(disk_of "bpio-disk$n")
		[ -z "$name" ] || export "BPIO_DISK$n=$name"
		name=$(disk_of "bpio-share$n")
		[ -n "$name" ] || continue
		mkdir -p "/mnt/share$n"
		mount -o ro "$name" "/mnt/share$n" && export "BPIO_SHARE$n=/mnt/share$n"
	done
	for mod in $LOAD; do
		insmod "/bpio/ko/$mod.ko" 3>&- ||
			{ result "# red: insmod $mod.ko failed"; exit 1; }
	done
}

# Processes are dear in the debug lane (a quarter of a second each under emulation), hence the
# built-ins, and a control group instead of ps and pkill.
GROUP=/sys/fs/cgroup/test

# end_group: kills whatever the test left running; false, and WHY, if something cannot die
end_group() {
	local n line pid left
	echo 1 >"$GROUP/cgroup.kill"
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		while read -r line; do
			[ "$line" != "populated 0" ] || return 0
		done <"$GROUP/cgroup.events"
		[ "$n" -lt 3 ] || sleep 1
	done
	left=
	while read -r pid; do
		left+=" $pid ($(tr '\0' ' ' <"/proc/$pid/cmdline"))"
	done <"$GROUP/cgroup.procs"
	WHY+="; cannot be killed:$left"
	return 1
}

# attempt FILE TIMEOUT: one test in a group of its own. Sets STATUS and WHY.
attempt() {
	local file=$1 limit=$2 pid timer first
	mkdir -p "$BPIO_TMP"
	WHY=
	case $file in
	kunit:*) set -- /bpio/guest/kunit.sh "${file#kunit:}" ;;
	*) set -- "$file" ;;
	esac
	{
		echo "$BASHPID" >"$GROUP/cgroup.procs"
		exec setsid bash "$@"
	} </dev/null > >(exec tee "$LOG" >/dev/console) 2>&1 3>&- &
	pid=$!
	sleep "$limit" 3>&- &
	timer=$!
	wait -n -p first "$pid" "$timer"
	STATUS=$?
	if [ "$first" = "$timer" ]; then
		WHY="no end after $limit s"
		STATUS=124
		echo t >/proc/sysrq-trigger
		echo w >/proc/sysrq-trigger
	else
		kill "$timer"
	fi 2>/dev/null
	end_group || STATUS=125
	wait "$timer" 2>/dev/null
}

# inspect: what the test must have put back, and what the kernel said meanwhile
inspect() {
	local where found='' reports
	if ! reports=$(checks kernel-reports /tmp/.seen); then
		STATUS=1
		WHY="kernel report: ${reports//$'\n'/ | }"
	fi
	while read -r _ where _; do
		case $where in
		/mnt/share*) ;;
		/mnt/* | "$BPIO_TMP"*) found="$where $found" ;;
		esac
	done </proc/mounts
	if [ -n "$found" ]; then
		if [ "$STATUS" = 0 ]; then
			STATUS=1
			WHY="left mounted: $found"
		fi
		# shellcheck disable=SC2086 # a list of mount points
		umount $found || umount -l $found
	fi
	[ "$STATUS" = 0 ] || [ "$STATUS" = 77 ] || clear_away
	rm -rf --one-file-system "$BPIO_TMP"
}

# clear_away: what a failed test may have left, so that only it fails
clear_away() {
	dmsetup remove_all --retry
	losetup -D
	rmdir /sys/kernel/config/nullb/nullb0
} >/dev/null 2>&1

report() {
	local n=$1 name=$2
	case $STATUS in
	0) result "ok $n $name" ;;
	77) result "ok $n $name # SKIP $(head -n 1 /tmp/.skip)" ;;
	*)
		result "not ok $n $name # ${WHY:-exit status $STATUS}"
		tail -n 60 "$LOG" | sed 's/^/#   /' >&3
		;;
	esac
}

run_plan() {
	local n=0 name file limit fs start
	result "1..$(grep -c . /bpio/plan)"
	mkdir -p "$GROUP"
	while read -r name file limit fs; do
		n=$((n + 1))
		start=$SECONDS
		export BPIO_TEST=$name BPIO_TMP=/tmp/bpio.$n FS=${fs#-}
		LOG=/tmp/.log
		: >"$LOG"
		: >/tmp/.skip
		echo "<6>bpio-test: begin $name" >/dev/kmsg
		attempt "$file" "$limit"
		inspect
		echo "<6>bpio-test: end $name, $((SECONDS - start)) s" >/dev/kmsg
		report "$n" "$name"
		if [ "$STATUS" = 125 ]; then
			result "# red: a task of $name cannot be killed; the rest is not run"
			exit 1
		fi
	done </bpio/plan
}

run_shell() {
	echo "kernel $(uname -r); disks: $BPIO_NVME0 $BPIO_NVME1 $BPIO_VBLK $BPIO_PMEM" >/dev/hvc0
	echo ". \$BPIO_LIB/common.sh gives the tests' functions; 'exit' powers off" >/dev/hvc0
	export PS1='guest# '
	stty -F /dev/hvc0 sane rows 50 cols 150
	setsid -c bash -i </dev/hvc0 >/dev/hvc0 2>&1 3>&-
	return 0
}

prepare
case $MODE in
tests) run_plan ;;
cmd)
	stty -F /dev/hvc0 raw
	bash /bpio/cmd </dev/null >/dev/hvc0 2>&1 3>&-
	rc=$?
	checks kernel-reports /tmp/.seen >/dev/hvc0 || true
	stty -F /dev/hvc0 sane
	result "1..1"
	if [ "$rc" = 0 ]; then
		result "ok 1 cmd"
	else
		result "not ok 1 cmd # exit status $rc"
	fi
	;;
shell) run_shell ;;
esac
exit 0
