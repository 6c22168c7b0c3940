# SPDX-License-Identifier: GPL-2.0
# Reads that a control group's limit holds back go to a disk that has no room for them later, when
# nobody can send them again. Who has not asked for that gets no EAGAIN.
# lanes: distro
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# One request at a time, each of 2 ms: half of what the limit lets through
null_blk_disk irqmode=2 completion_nsec=2000000 hw_queue_depth=1
stack_on "$FS" /dev/nullb0
checks write-pattern "$TOP/file" 64k 1
sync
group=/sys/fs/cgroup/slow
echo +io >/sys/fs/cgroup/cgroup.subtree_control
mkdir $group
at_exit rmdir $group
echo "$(cat /sys/block/nullb0/dev) riops=1000" >$group/io.max
(
	echo "$BASHPID" >$group/cgroup.procs
	exec checks ring-deep "$TOP/file" "$LOWER/file" 120
)
