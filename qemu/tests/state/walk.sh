# SPDX-License-Identifier: GPL-2.0
# Whatever came before, any three operations one after the other do what the manual says: in one
# walk through all of them, on two handles of one file, with nothing put back in between.
# fs: ext4 xfs
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# Counts that are kept over hundreds of operations; the paths of reads, armed again and again
# covers: R16 R17 R18 R19 R26 R37
# A pause that is asked about before it ends, and one that ends with the last handle
# covers: R46 R47 R51 R57 R58 R61 R63 R64 R65 R66
stack_on "$FS" nvme
checks walk "$TOP/file" 3 "$RANDOM"
