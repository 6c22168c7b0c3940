# SPDX-License-Identifier: GPL-2.0
# Where the disk fails once, no reader sees it: the lower file system is asked, for asynchronous
# reads as well.
# lanes: debug
# fs: ext4 xfs
# covers: R35
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# What ext4 writes in the background would take the fault in place of the read
options=
[ "$FS" != ext4 ] || options=noinit_itable,commit=600
stack_on "$FS" nvme "$options"
checks write-pattern "$TOP/file" 1m 1
sync
fail=/sys/kernel/debug/fail_make_request
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
[ -d "$fail" ] || fail "no fault injection in this kernel"
bad=/sys/block/${DISK##*/}/make-it-fail
at_exit sh -c "echo 0 >$bad"
echo 1 >"$bad"
echo 0 >$fail/verbose
echo 100 >$fail/probability
for way in pread read preadv aio aio-vector uring uring-vector uring-fixed; do
	echo 0 >$fail/times
	checks read-one "$way" "$TOP/file" 64k 32k none true
	checks read-one "$way" "$TOP/file" 64k 32k io-error "sync; echo 1 >$fail/times"
	[ "$(cat $fail/times)" = 0 ] || fail "$way: the disk was not made to fail"
done
