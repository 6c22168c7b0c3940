# SPDX-License-Identifier: GPL-2.0
# Who has polled reads in flight and then breaks the layout of the file, which waits for them, does
# not wait for himself to look; whatever others do with the file meanwhile.
# covers: R34
# fs: xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on xfs nvme
[ "$(cat "/sys/block/$(basename "$(readlink -f "$DISK")")/queue/io_poll")" = 1 ] ||
	skip "this disk has no poll queue"
checks write-pattern "$TOP/file" 1m 1
checks write-pattern "$LOWER/other" 1m 2
sync
checks polled-broken "$TOP/file" "$LOWER/file" "$LOWER/other" 40
