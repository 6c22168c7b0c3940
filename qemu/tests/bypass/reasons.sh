# SPDX-License-Identifier: GPL-2.0
# A refusal names who and why, in words (R29, R82, U1): every kind of file that must not, or
# cannot, be read past the lower file system.
# covers: R29 R93
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# says FILE HALF REASON: what `bpioctl query` prints of it
says() {
	local out
	out=$(bpioctl query --json "$1") || true
	[[ $out == *"\"$2\":{"*"\"reason\":\"$3\""* ]] || fail "$1: no '$3' in the $2 half: $out"
	out=$(bpioctl query "$1") || true
	[[ $out == *"$3"* ]] || fail "$1: people are not told '$3': $out"
	# covers: R42
	[ -d "$1" ] || checks handle "$1" "$1" agree
}

case $FS in
ext4) stack_on ext4 nvme "" -O encrypt,verity,inline_data -I 256 ;;
xfs) stack_on xfs nvme ;;
esac
f=$TOP/file
checks write-pattern "$f" 1m 1
says "$f" storage none
mkdir "$TOP/dir" && says "$TOP/dir" filter directory
truncate -s 1m "$TOP/sparse" && says "$TOP/sparse" filter sparse
fallocate -l 1m "$TOP/unwritten" && says "$TOP/unwritten" storage unwritten
cp "$f" "$TOP/dax" && if xfs_io -c 'chattr +x' "$LOWER/dax" 2>/dev/null; then
	says "$TOP/dax" filter dax
else
	note "$FS on this kernel keeps no DAX flag without a DAX disk"
fi
dd if=/dev/zero of="$LOWER/swap" bs=1M count=8 status=none
chmod 600 "$LOWER/swap" && mkswap -q "$LOWER/swap" && swapon "$LOWER/swap"
at_exit swapoff "$LOWER/swap"
says "$TOP/swap" filter swapfile
{ bpioctl query --json --no-direct "$f" || true; } | grep -q '"not-direct"' || fail "a cached handle is not named"

if [ "$FS" = ext4 ]; then
	echo tiny >"$LOWER/inline" && sync && says "$TOP/inline" storage inline
	cp "$f" "$TOP/journalled" && chattr +j "$LOWER/journalled"
	says "$TOP/journalled" storage journalled
	cp "$f" "$TOP/verity" && fsverity enable "$LOWER/verity" && says "$TOP/verity" storage verity
	mkdir "$LOWER/crypt" && checks encrypt-dir "$LOWER/crypt"
	cp "$f" "$TOP/crypt/file" && says "$TOP/crypt/file" filter encrypted
	cp "$f" "$TOP/compressed" && chattr +c "$LOWER/compressed"
	says "$TOP/compressed" filter compressed
else
	cp --reflink=always "$LOWER/file" "$LOWER/clone"
	says "$TOP/clone" storage shared
	says "$f" storage shared
fi
