# SPDX-License-Identifier: GPL-2.0
# A filter that changes every byte that is read or written: programs see the bytes of a plain file
# whichever way they take, and below the filter each byte is changed, once.
# covers: R68
# fs: ext4 xfs
# debug-fs: ext4
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

# Who says more than there was is not believed: not by those above, which would change bytes behind
# it, nor by programs; and who says so without having read shows no memory of others, but zeroes, or
# what both have made of them.
probe add z 1 bypass,data,quiet pre:read post:read pre:write post:write
for callback in pre post; do
	probe_all "set z $callback:read answer 1048576" "set z $callback:write answer 1048576"
	calls "open=0 read=4096 write=4096" "$TOP/file" open read write
	for bs in 4k 256k 1M; do
		[ $callback = pre ] || break
		other=$(dd if="$TOP/file" "bs=$bs" count=16 status=none | tr -d 'U\0' | wc -c)
		assert_eq "$other" 0 "other bytes in reads of $bs"
	done
	probe_all "set z $callback:read nothing" "set z $callback:write nothing"
done
probe del z

# Records that several append at once stay whole, also those that filters see in pieces.
checks filter-append "$TOP/records"
probe_all "del x" "del y" "del a"
checks filter-append "$TOP/records"
