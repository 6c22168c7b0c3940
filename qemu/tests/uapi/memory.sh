# SPDX-License-Identifier: GPL-2.0
# Out of memory: whichever allocation fails, DISABLE, the pauses and the resumes succeed, and an
# ENABLE that fails has changed nothing.
# covers: R38 R50 R51 R59
# lanes: debug
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 64k 1
# Also those that may wait for memory, without a report each
for kind in failslab fail_page_alloc; do
	for setting in ignore-gfp-wait=N verbose=0; do
		at_exit sh -c "echo $(cat "/sys/kernel/debug/$kind/${setting%=*}") \
			>/sys/kernel/debug/$kind/${setting%=*}"
		echo "${setting#*=}" >"/sys/kernel/debug/$kind/${setting%=*}"
	done
done
checks uapi-memory "$TOP/file"
