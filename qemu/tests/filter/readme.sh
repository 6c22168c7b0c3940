# SPDX-License-Identifier: GPL-2.0
# The filter in the README does what the README says of it.
# covers: R70 R82
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

stack_on ext4 nvme
checks write-pattern "$TOP/file" 1m 1
checks write-pattern "$TOP/other" 1m 1
chown 1000 "$TOP/other"
hold root bpioctl enable "$TOP/file"
wait_until 10 told root 'enabled:'
hold other bpioctl enable "$TOP/other"
wait_until 10 told other 'enabled:'
status 0 bpioctl state "$TOP/file"

insmod /bpio/ko/bpio_audit.ko
at_exit sh -c 'rmmod bpio_audit 2>/dev/null || true'
status 0 bpioctl state "$TOP/other"
status 2 bpioctl state "$TOP/file"
says 'Driver: bpio_audit' 'Status: EPERM' "Reason: auditing: who reads root's files is written down"
# Who had enabled it has left it, and the name is still told
status 2 bpioctl blockers "$TOP/file"
says 'bpio_audit'
checks read-pattern "$TOP/file" 1m 1 direct
[ "$(dmesg | grep -c "checks reads inode $(stat -c %i "$TOP/file") at 0")" -ge 1 ] || fail "not written down"
dmesg | grep -q "reads inode $(stat -c %i "$TOP/other")" && fail "written down what is not root's"

rmmod bpio_audit
status 0 bpioctl state "$TOP/file"
status 0 bpioctl blockers "$TOP/file"
let_go root
let_go other
