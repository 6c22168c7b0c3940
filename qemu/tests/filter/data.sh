# SPDX-License-Identifier: GPL-2.0
# A filter that changes every byte that is read or written: programs see the bytes of a plain file
# whichever way they take, and below the filter each byte is changed, once.
# covers: R68
# fs: ext4 xfs
# timeout: 400
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/probe.sh"

stack_on "$FS" nvme
load_module bpio_probe

# Another above sees the bytes as they are, and one below as they were changed: so both are asked.
probe_all "add x 140000 bypass,data,quiet pre:read post:read pre:write" \
	"add a 200000 bypass,quiet pre:read post:read pre:write post:write" \
	"set x pre:write xor 0x5a" "set x post:read xor 0x5a"

steps=400
[ "$BPIO_LANE" = distro ] || steps=150
checks filter-data "$TOP/file" "$MNT/plain" "$LOWER/file" 0x5a 1 $steps
checks filter-data "$TOP/file" "$MNT/plain" "$LOWER/file" 0x5a 77 $steps

# Two that change bytes undo each other below.
probe_all "add y 140001 bypass,data,quiet post:read pre:write" \
	"set y pre:write xor 0x0f" "set y post:read xor 0x0f"
checks filter-data "$TOP/file" "$MNT/plain" "$LOWER/file" 0x55 3 $((steps / 4))

# Records that several append at once stay whole, also those that filters see in pieces.
checks filter-append "$TOP/records"
probe_all "del x" "del y" "del a"
checks filter-append "$TOP/records"
