# SPDX-License-Identifier: GPL-2.0
# Whatever three operations follow each other, on two handles of one file and among writers,
# mappings and holes: answers, counts, states, the ways of reads and their bytes are the manual's.
# fs: ext4 xfs
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# Who is counted, and what counts nothing
# covers: R16 R17 R18 R19 R20 R21 R37
# Vetoes, and what a hole does to a file that is enabled
# covers: R8 R24 R26 R35 R40 R42 R88
# The mount's pause, by any handle, in any order with all else
# covers: R46 R47 R48 R50 R51 R53 R54
# The file's pause: of all its handles, ignored, repeated, forgotten. That a resume asks first
# takes four steps to see.
# covers: R57 R58 R59 R61 R65 R66
# Writers come and go
# covers: R84 R86
stack_on "$FS" nvme
checks sequences "$TOP/file" 3
