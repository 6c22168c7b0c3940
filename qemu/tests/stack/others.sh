# SPDX-License-Identifier: GPL-2.0
# The same random sequence over file systems that have no bypass, and over a mount of ours.
# timeout: 600
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

STEPS=4000
[ "$BPIO_LANE" != debug ] || STEPS=1000

# compare DIRECTORY SEED: bypassfs over one half of it, the other half plain
compare() {
	mkdir -m 777 "$1/lower" "$1/plain"
	mount -t bypassfs "$1/lower" /mnt/top
	checks diff /mnt/top "$1/lower" "$1/plain" "$2" "$STEPS" both
	umount /mnt/top
	assert_eq "$(cat /proc/locks)" "" "locks left over"
}

mkdir -p /mnt/top /mnt/shm /mnt/over
mount -t tmpfs none /mnt/shm
at_exit umount /mnt/shm
mkdir /mnt/shm/t
compare /mnt/shm/t 11
# The kernel finds seals by the type of a file's inode, and that is ours
mount -t bypassfs /mnt/shm/t/lower /mnt/top
: >/mnt/top/sealed
checks no-seals /mnt/top/sealed
umount /mnt/top

make_fs ext4 nvme
mkdir "$MNT/bypass" "$MNT/o" "$MNT/u" "$MNT/w"
mount_bypassfs "$MNT/bypass" /mnt/self
compare /mnt/self 12

if modprobe -q overlay; then
	mount -t overlay -o "lowerdir=$MNT/o,upperdir=$MNT/u,workdir=$MNT/w" none /mnt/over
	at_exit umount /mnt/over
	compare /mnt/over 13
fi

if modprobe -q btrfs; then
	make_fs btrfs nvme1
	mkdir "$MNT/b"
	compare "$MNT/b" 14
fi
