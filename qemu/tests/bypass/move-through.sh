# SPDX-License-Identifier: GPL-2.0
# Every way to move or free a file's blocks through the stack: it succeeds, the enabled handle
# reads what the lower file then holds, never a block that now is somebody else's.
# covers: R34 R88 R92
# fs: ext4 xfs
# timeout: 600
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

options=()
[ "$FS" != ext4 ] || options=(-O verity)
stack_on "$FS" nvme "" "${options[@]}"
checks move-list "$FS" >"$BPIO_TMP/ways"
failed=
while read -r way; do
	checks move "$way" "$TOP" "$LOWER" through || failed+=" $way"
	rm -f "${TOP:?}"/*
done <"$BPIO_TMP/ways"
[ -z "$failed" ] || fail "through the stack:$failed"
