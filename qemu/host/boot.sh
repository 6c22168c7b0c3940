# SPDX-License-Identifier: GPL-2.0
# Starts QEMU: accelerator, disks, serial ports. Sourced by qemu/run.
# shellcheck shell=bash
# shellcheck disable=SC2153 # set by qemu/run

QEMU=qemu-system-x86_64

# A /dev/kvm that opens may still not run a stock kernel: the CPU flag must be there, and a
# guest that only says "booted" must do so in time. Asked once per boot of this machine.
probe_kvm() {
	local memo initrd dir
	memo=$CACHE/accel-$(cat /proc/sys/kernel/random/boot_id)
	if [ -s "$memo" ]; then
		cat "$memo"
		return
	fi
	echo tcg >"$memo.new"
	if [ -w /dev/kvm ] && grep -Eqw 'vmx|svm' /proc/cpuinfo; then
		dir=$(mktemp -d)
		mkdir -p "$dir/root"/{dev,proc,sys}
		cp "$OUT/tools/init" "$dir/root/init"
		initrd=$dir/initrd
		(cd "$dir/root" && find . | cpio -o -H newc --quiet) >"$initrd"
		timeout 20 "$QEMU" -machine q35 -accel kvm -cpu host -m 512 -nodefaults -display none \
			-no-reboot -kernel "$1" -initrd "$initrd" -append "console=ttyS0 panic=-1" \
			-serial null -serial "file:$dir/channel" >/dev/null 2>&1 </dev/null || true
		! grep -q booted "$dir/channel" 2>/dev/null || echo kvm >"$memo.new"
		rm -rf "$dir"
	fi
	mv "$memo.new" "$memo"
	cat "$memo"
}

# nvme SERIAL FILE [OPTION]: adds a disk to ARGS
nvme() {
	ARGS+=(-drive "file=$2,if=none,format=raw,id=$1,file.locking=off,cache=unsafe${3:+,$3}"
		-device "nvme,serial=$1,drive=$1")
}

# scratch FILE SIZE: a sparse disk
scratch() { rm -f "$1" && truncate -s "$2" "$1"; }

# lost_in_emulation RUN_DIR: the kernel changes its own code while it boots (jump labels), by way of a
# breakpoint; once in some hundred boots QEMU's translator executes that after it was taken back.
# Only this, and only before there was anything of ours in the guest, is a reason to boot again.
lost_in_emulation() {
	[ "$ACCEL" = tcg ] && [ ! -s "$1/channel" ] && grep -aq 'Oops: int3' "$1/console.log" &&
		! grep -aq 'Run /init as init process' "$1/console.log"
}

# boot RUN_DIR KERNEL_DIR ROOT_IMAGE: uses ACCEL SMP MEM ICOUNT MODE TIMEOUT DISKS SHARES PMEM
boot() {
	local run=$1 kernel=$2 root=$3 n append status=0
	# q35: with the old chipset, ACPI's interrupt routing takes the debug kernel minutes.
	ARGS=(-machine q35 -nodefaults -display none -no-reboot -m "$MEM" -smp "$SMP")
	if [ "$ACCEL" = kvm ]; then
		ARGS+=(-accel kvm -cpu host)
	elif [ -n "$ICOUNT" ]; then
		ARGS+=(-accel tcg -cpu "${BPIO_CPU:-max}")
	else
		# Without cmpxchg16b, which the kernel's allocators use: QEMU 7.2 can leave what a
		# subtraction has left behind in the flags, and if an interrupt comes right then,
		# the guest dies of a double fault.
		ARGS+=(-accel tcg -cpu "${BPIO_CPU:-max,-cx16}")
	fi
	[ -z "$ICOUNT" ] || ARGS+=(-icount "shift=0,sleep=off")
	[ -z "${BPIO_PLUGIN:-}" ] || ARGS+=(-plugin "$BPIO_PLUGIN")
	append="console=ttyS0,115200 log_buf_len=16M panic=-1 oops=panic panic_on_warn=1 kunit.enable=1"
	append+=" kernel.panic_on_oops=1 hung_task_panic=0 nvme.poll_queues=1 nokaslr"
	# An emulated machine under load fails the boot-time timer check now and then.
	append+=" no_timer_check sysctl.kernel.watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=90"
	append+=" sysctl.kernel.printk_ratelimit=0 random.trust_cpu=1 net.ifnames=0 $APPEND"
	# Emulated, they cost a tenth of all time. Where instructions are counted they stay.
	[ -n "$ICOUNT" ] || append+=" mitigations=off"
	[ -z "$PMEM" ] || append+=" memmap=${PMEM}M!1G"
	nvme bpio-root "$root" readonly=on
	nvme bpio-modules "$kernel/modules.img" readonly=on
	if [ -z "$NO_SCRATCH" ]; then
		scratch "$run/nvme0" "${SCRATCH:-2G}"
		scratch "$run/nvme1" "${SCRATCH:-2G}"
		scratch "$run/vblk" "${SCRATCH:-2G}"
		nvme bpio-nvme0 "$run/nvme0" discard=unmap
		nvme bpio-nvme1 "$run/nvme1" discard=unmap
		ARGS+=(-drive "file=$run/vblk,if=none,format=raw,id=vblk,cache=unsafe,discard=unmap"
			-device "virtio-blk-pci,drive=vblk,serial=bpio-vblk")
	fi
	for n in "${!DISKS[@]}"; do nvme "bpio-disk$n" "${DISKS[n]}"; done
	for n in "${!SHARES[@]}"; do nvme "bpio-share$n" "${SHARES[n]}" readonly=on; done
	ARGS+=(-kernel "$kernel/vmlinuz" -initrd "$run/initrd.gz" -append "$append"
		-serial "file:$run/console.log" -serial "file:$run/channel"
		-device virtio-serial-pci)
	case $MODE in
	tests) ARGS+=(-chardev "null,id=term") ;;
	cmd) ARGS+=(-chardev "stdio,id=term,signal=off,logfile=$run/cmd.log") ;;
	shell) ARGS+=(-chardev "stdio,id=term,signal=off") ;;
	esac
	ARGS+=(-device "virtconsole,chardev=term")
	: >"$run/channel"
	printf '%q ' "$QEMU" "${ARGS[@]}" >"$run/qemu.cmdline"
	if [ "$MODE" = shell ]; then
		"$QEMU" "${ARGS[@]}" || status=$?
	else
		for n in 1 2 3; do
			status=0
			timeout --foreground -k 5 "$TIMEOUT" "$QEMU" "${ARGS[@]}" </dev/null \
				2>"$run/qemu.err" || status=$?
			lost_in_emulation "$run" || break
			say "boot: the emulator failed the kernel before init ran, attempt $n of 3"
			cp "$run/console.log" "$run/console.lost$n"
		done
	fi
	echo "$status" >"$run/qemu.status"
	rm -f "$run/nvme0" "$run/nvme1" "$run/vblk"
}
