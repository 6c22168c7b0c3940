# SPDX-License-Identifier: GPL-2.0
# Enabled reads take the full bypass, whatever is between the stack and the disk; and only
# those of the handle that asked (R16, R17, R18, R23, R37).
# covers: R17 R18 R37
# fs: ext4 xfs
# timeout: 200
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

kinds=(nvme null_blk)
[ "$BPIO_LANE" = debug ] || kinds+=(virtio dm-linear loop)
for kind in "${kinds[@]}"; do
	note "on $kind"
	(
		AT_EXIT=()
		trap run_at_exit EXIT
		stack_on "$FS" "$kind"
		checks write-pattern "$TOP/file" 3m 1
		head -c 4099 "$TOP/file" >"$TOP/tail"
		before=$(disk_reads "$DISK")
		checks handle "$TOP/file" "$LOWER/file" read=0,4096,none \
			flags-=enabled enable enable count=1 state=armed flags+=enabled \
			flags-=suspended reads=full read=0,4m,full errno=1000,4096,EINVAL \
			disable disable count=0 state=idle flags-=enabled
		[ "$(disk_reads "$DISK")" -gt "$before" ] || fail "$kind: the disk saw no read"
		checks handle "$TOP/tail" "$LOWER/tail" enable read=0,64k,full read=4096,4096,full \
			read=8192,4096,full read=1m,4096,full
	)
done
