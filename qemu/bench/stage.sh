# SPDX-License-Identifier: GPL-2.0
# What the bench boots with: its program, and what is on the disk. Sourced on the host, after
# host/common.sh.
# shellcheck shell=bash

STAGE=$OUT/bench
IMAGE=$OUT/bench.img

# The emulator counts a "rep movsb" as one instruction a byte, and a kernel uses it where the CPU
# is said to do it fast; so the copy that stands for the disk would outweigh the path to it.
export BPIO_CPU=max,-erms,-fsrm

# make_image: ext4 with three files in lower: "file" (32 MiB) and "large" (100,000 blocks) in one
# piece, and "scattered", as large, with every block apart from the one before it: from where it
# begins every other block is bad. Copies of the superblock, and the journal in the middle, would
# cut the others in pieces.
make_image() {
	local dir extents=100000 start=108421 end
	end=$((start + 2 * extents + 6000))
	dir=$(mktemp -d "$OUT/image.XXXXXX")
	seq "$start" 2 $((end - 2000)) >"$dir/bad"
	head -c $((32 << 20)) /dev/zero | tr '\0' x >"$dir/file"
	head -c $((extents * 4096)) /dev/zero | tr '\0' x >"$dir/large"
	printf '%s\n' "mkdir lower" "mkdir upper" "mkdir work" "cd lower" "write $dir/file file" \
		"write $dir/large large" "write $dir/large scattered" >"$dir/commands"
	PATH=$PATH:/usr/sbin:/sbin quietly "$dir/log" mke2fs -q -t ext4 -b 4096 -l "$dir/bad" \
		-O sparse_super2,^resize_inode -G 64 -i 1048576 -J "size=4,location=$((end - 1800))" -E \
		num_backup_sb=0,nodiscard,lazy_itable_init=0,lazy_journal_init=0 "$dir/image" "$end"
	PATH=$PATH:/usr/sbin:/sbin quietly "$dir/log" debugfs -w -f "$dir/commands" "$dir/image"
	mv "$dir/image" "$IMAGE"
	rm -r "$dir"
}

# stage: all of it
stage() {
	memo packages "$TOP/qemu/host/packages.sh" build boot
	mkdir -p "$STAGE"
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -pthread "-I$TOP/uapi" -o "$STAGE/bench" \
		"$TOP"/qemu/bench/{main,measure,ring,bypass,latency,scatter}.c ||
		die "the bench's program does not build"
	[ -s "$IMAGE" ] || make_image || die "no image for the bench's disk"
}

# boot_bench KERNEL NAME SCRIPT LINES [OPTION...]: what the script prints in the guest goes to LINES
boot_bench() {
	"$TOP/qemu/run" --kernel "$1" --icount --name "$2" --cmd "$3" --share "$STAGE" \
		--disk "$IMAGE" --mem 3584 --append "tsc=reliable clocksource=tsc" --quiet "${@:5}" >"$4" ||
		{ tail -n 20 "$4" >&2; die "the guest of kernel $1 failed"; }
}
