#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make demo: the main job on real files, on both kernels. Sets up what is missing, boots a guest
# per kernel, side by side, and has each read a tree of files from an NVMe disk through the
# bypass, on ext4 and on XFS; see demo/guest.sh. KERNEL=6.1 picks one kernel.
# shellcheck source-path=SCRIPTDIR/host
. "$(dirname "${BASH_SOURCE[0]}")/host/common.sh"

WANT_BYTES=$((200 << 20))
STAGE=$OUT/demo
SOURCE_IMAGE=$OUT/demo.img

progress() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }

# files_of DIR: files that anybody may read, whose names fit a line
files_of() {
	find "$1" -xdev -type f -perm -004 -size +0 ! -path '*[\\]*' ! -path $'*\n*' -printf '%P\t%s\n' | sort
}

# A fixed sample: shuffled, always in the same way, and cut where it is large enough.
choose() {
	sort -R --random-source="$TOP/COPYING" |
		awk -F'\t' -v want="$WANT_BYTES" -v bytes="$STAGE/bytes" '
		sum < want { sum += $2; print $1 }
		END { printf "%d\n", sum >bytes; exit sum < want }'
}

take_from() {
	files_of "$1" | choose >"$STAGE/files" || return 1
	SOURCE_DIR=$1
	FILES=$(wc -l <"$STAGE/files")
	BYTES=$(cat "$STAGE/bytes")
}

pick_source() {
	take_from /usr/share ||
		take_from "$(memo 6.12 "$TOP/qemu/host/kernel.sh" get 6.12)/root" ||
		die "no tree of $((WANT_BYTES >> 20)) MiB: neither /usr/share nor the kernel packages"
}

# The disk image that both guests mount: tree.tar, sums, and the two programs that read
make_source() {
	rm -rf "$STAGE"
	mkdir -p "$STAGE/root"
	pick_source
	(cd "$SOURCE_DIR" && tr '\n' '\0' <"$STAGE/files" | xargs -0 sha256sum) >"$STAGE/root/sums"
	tar -c -f "$STAGE/root/tree.tar" -C "$SOURCE_DIR" --hard-dereference --verbatim-files-from \
		-T "$STAGE/files"
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$STAGE/root/direct" \
		"$TOP/qemu/demo/direct.c" || die "qemu/demo/direct.c does not build"
	make -s -C "$TOP/tools" "O=$STAGE/tools" LDFLAGS=-static >"$STAGE/tools.log" 2>&1 ||
		{ cat "$STAGE/tools.log" >&2; die "tools do not build"; }
	cp "$STAGE/tools/bpioctl" "$STAGE/root/"
	rm -f "$SOURCE_IMAGE"
	PATH=$PATH:/usr/sbin:/sbin mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0 \
		-d "$STAGE/root" "$SOURCE_IMAGE" $(($(du -sm "$STAGE/root" | cut -f1) * 5 / 4 + 32))m >/dev/null
}

# guest KERNEL: one boot; its rows go to a file, its progress to the terminal
guest() {
	local kernel=$1 line
	: >"$STAGE/rows-$kernel"
	: >"$STAGE/log-$kernel"
	"$TOP/qemu/run" --kernel "$kernel" --name demo --cmd "$TOP/qemu/demo/guest.sh" \
		--disk "$SOURCE_IMAGE" --smp 1 --timeout 1200 --quiet 2>"$STAGE/err-$kernel" |
		while IFS= read -r line; do
			line=${line%$'\r'}
			case $line in
			"say "*) progress "$kernel ${line#say }" ;;
			"row "*) echo "$line" >>"$STAGE/rows-$kernel" ;;
			esac
			printf '%s\n' "$line" >>"$STAGE/log-$kernel"
		done
	echo "${PIPESTATUS[0]}" >"$STAGE/status-$kernel"
}

PASSED=0 FAILED=0 CHECKS=()
# check WHAT CONDITION: an arithmetic expression
check() {
	if (($2)); then
		PASSED=$((PASSED + 1))
		CHECKS+=("ok $((PASSED + FAILED)) $1")
	else
		FAILED=$((FAILED + 1))
		CHECKS+=("not ok $((PASSED + FAILED)) $1")
		VERDICT=FAILED
	fi
}

# judge_row KERNEL FS: all checks of one file system, and its line of the table
judge_row() {
	local kernel=$1 fs=$2 row pair
	# shellcheck disable=SC2034 # used in check's expressions
	local files=0 passed=0 failed=0 reads=0 bytes=0 full=0 entered_on=-1 entered_off=0 \
		off_files=0 off_reads=0 off_bytes=0 missed=-1 disk_reads=0 disk_bytes=0
	VERDICT=passed
	row=$(grep "^row $fs " "$STAGE/rows-$kernel" || true)
	for pair in ${row#row "$fs" }; do
		[[ $pair =~ ^[a-z_]+=[0-9]+$ ]] && local "$pair"
	done
	check "$kernel $fs: equal digests of all $FILES files" \
		"passed == FILES && files == FILES && failed == 0 && bytes == BYTES"
	check "$kernel $fs: over 99 % of the reads on the full bypass" "full * 100 > reads * 99"
	check "$kernel $fs: no read on the full bypass entered $fs" \
		"entered_on >= 0 && entered_on == reads - full && missed == 0"
	check "$kernel $fs: the disk read at least the bytes of the files" \
		"disk_bytes >= BYTES && disk_reads >= full && full > 0"
	check "$kernel $fs: with the bypass off the same reads do enter $fs" \
		"off_files == FILES && off_bytes == BYTES && off_reads == reads && entered_off >= off_reads"
	printf '%-7s %-5s %7d %6d %8d %8s %8d %9d %9d %7d  %s\n' "$kernel" "$fs" "$files" $((bytes >> 20)) \
		"$reads" "$(awk -v a="$full" -v b="$reads" 'BEGIN { printf "%.2f%%", b ? 100 * a / b : 0 }')" \
		$((reads - full)) "$entered_on" "$entered_off" $((disk_bytes >> 20)) "$VERDICT"
}

table() {
	local kernel fs
	echo
	echo "                                          full   not full   entries into fs      disk"
	echo "kernel  fs      files    MiB    reads   bypass    bypass  bypass on bypass off   MiB  verdict"
	for kernel in $LIST; do
		for fs in ext4 xfs; do
			judge_row "$kernel" "$fs"
		done
		check "$kernel: guest ended clean: modules unloaded, no kernel warning" \
			"$(cat "$STAGE/status-$kernel" 2>/dev/null || echo 9) == 0"
	done
}

# All of it before the guests start, as two of them must not change apt's lists at once
fetch() {
	local kernel
	for kernel in $LIST; do
		memo "$kernel" "$TOP/qemu/host/kernel.sh" get "$kernel" >/dev/null
	done
	memo rootfs "$TOP/qemu/host/rootfs.sh" get >/dev/null
}

LIST=${KERNEL:-$KERNELS}
progress "set-up"
memo_begin
memo packages "$TOP/qemu/host/packages.sh" build boot
fetch &
fetching=$!
make_source
wait "$fetching"
progress "$FILES files, $((BYTES >> 20)) MiB, of $SOURCE_DIR; digests made on this machine"
for kernel in $LIST; do
	progress "$kernel boots"
	guest "$kernel" &
done
wait
table
for kernel in $LIST; do sed -n "s/^why /  not bypassed: $kernel /p" "$STAGE/log-$kernel" || true; done
printf '\n1..%d\n' ${#CHECKS[@]}
printf '%s\n' "${CHECKS[@]}"
if [ "$FAILED" != 0 ]; then
	for kernel in $LIST; do
		echo "--- guest $kernel, last lines:"
		grep -v '^say \|^row ' "$STAGE/log-$kernel" | tail -n 15 || true
		tail -n 15 "$STAGE/err-$kernel" || true
	done
fi
rm -rf "$STAGE/root" "$SOURCE_IMAGE"
echo "demo: $PASSED passed, $FAILED failed"
[ "$FAILED" = 0 ]
