# SPDX-License-Identifier: GPL-2.0
# A hole that is made in an enabled file reads as zeros, through the file system; what still has
# blocks goes on to bypass. Who asks only now is refused.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 1m 1
# covers: R29 R88
checks handle "$TOP/file" "$LOWER/file" enable reads=full \
	"run=fallocate -p -o 256k -l 128k $TOP/file" until=full flags+=enabled flags-=suspended \
	read=256k,64k,filters-skipped,unmapped read=192k,256k,filters-skipped,unmapped \
	read=384k,64k,full read=0,4096,full \
	"run=checks handle $TOP/file $LOWER/file vetoed=sparse query=sparse,none count=1" \
	"run=dd if=/dev/urandom of=$TOP/file bs=64k seek=4 count=2 conv=notrunc status=none" \
	reads=full
