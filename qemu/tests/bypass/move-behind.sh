# SPDX-License-Identifier: GPL-2.0
# The same behind the stack, on the lower file: what needs the file open for writing is refused
# with ETXTBSY; what does not is noticed. On XFS that includes a deduplication by the file's
# owner through read-only descriptors.
# covers: R34
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
	checks move "$way" "$TOP" "$LOWER" behind || failed+=" $way"
	rm -f "${LOWER:?}"/*
done <"$BPIO_TMP/ways"
[ -z "$failed" ] || fail "behind the stack:$failed"
