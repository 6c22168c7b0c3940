# SPDX-License-Identifier: GPL-2.0
# The quota of the file system below holds through the stack.
# fs: ext4 xfs
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

case $FS in
ext4)
	modprobe -q quota_v2 || true
	stack_on ext4 nvme usrquota -O quota
	setquota -u alice 1000 1000 5 5 "$MNT"
	;;
xfs)
	stack_on xfs nvme uquota
	xfs_quota -x -c 'limit -u bsoft=1000k bhard=1000k isoft=5 ihard=5 alice' "$MNT"
	;;
esac
mkdir "$TOP/d"
chmod 777 "$TOP/d"
assert_fails "Disk quota exceeded" as_user alice dd if=/dev/zero of="$TOP/d/big" bs=64k count=32
as_user alice rm "$TOP/d/big"
assert_fails "Disk quota exceeded" as_user alice dd if=/dev/zero of="$TOP/d/big" bs=64k count=32 \
	oflag=direct
as_user alice rm "$TOP/d/big"
# five files, and no more
assert_fails "Disk quota exceeded" as_user alice touch "$TOP"/d/{1,2,3,4,5,6}
# the superuser may do more, where the file system has that
[ "$FS" != ext4 ] || dd if=/dev/zero of="$TOP/d/1" bs=64k count=32 status=none conv=notrunc
