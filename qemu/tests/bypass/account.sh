# SPDX-License-Identifier: GPL-2.0
# A bypassed read counts for its reader's control group and comes to the disk with his priority,
# or with that of the read itself.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

stack_on "$FS" nvme
checks write-pattern "$TOP/file" 4m 1
sync
number=$(lsblk -dno MAJ:MIN "$DISK" | tr -d ' ')
trace=/sys/kernel/tracing/events/block/block_rq_issue
group=/sys/fs/cgroup/reader
echo +io >/sys/fs/cgroup/cgroup.subtree_control
mkdir "$group"
at_exit rmdir "$group"

# counted: bytes that the group has read from the disk
counted() { sed -n "s/^$number .*rbytes=\([0-9]*\).*/\1/p" "$group/io.stat" | grep . || echo 0; }

untrace() { echo 0 >"$trace/enable"; }

# reader COMMAND...: in that group, with a priority of its own
reader() {
	(
		echo "$BASHPID" >"$group/cgroup.procs"
		exec ionice -c 2 -n 7 "$@"
	) >/tmp/reader.log 2>&1 || { tail -n 20 /tmp/reader.log; fail "$*"; }
}

# account PRIORITY COMMAND...: reads the file once
account() {
	local before after priority=$1
	shift
	before=$(counted)
	echo >/sys/kernel/tracing/trace
	reader "$@"
	after=$(($(counted) - before))
	if [ $after -lt $((4 << 20)) ] || [ $after -gt $((5 << 20)) ]; then
		fail "$1: its group has read $after bytes"
	fi
	if grep -q ioprio "$trace/format"; then
		grep -q ": [0-9,]* R.* be,0,$priority " /sys/kernel/tracing/trace ||
			fail "$1: no read has its priority"
	fi
}

# The file stays armed, and where its blocks are is known after the first reader: the second, which
# may not wait for that, would go through the lower file system
hold keeper bpioctl enable "$TOP/file"
wait_until 20 told keeper 'enabled:'
at_exit untrace
echo 1 >"$trace/enable"
account 7 bpioctl verify --require-bypass 100 "$TOP/file"
export LD_PRELOAD=/bpio/bin/enable.so
account 1 fio --name=read --filename="$TOP/file" --size=4m --direct=1 --rw=read --bs=64k \
	--ioengine=io_uring --iodepth=8 --cmdprio_percentage=100 --cmdprio_class=2 --cmdprio=1
unset LD_PRELOAD
let_go keeper
