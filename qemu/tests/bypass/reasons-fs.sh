# SPDX-License-Identifier: GPL-2.0
# Over a lower file system whose blocks cannot be held, the filters are skipped, the lower file
# system is not, and the answer says so; reads are right.
# covers: R35 R43 R93
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# on DIRECTORY REASON
on() {
	mkdir -p "$1/lower"
	chmod 1777 "$1/lower"
	note "over $1"
	(
		AT_EXIT=()
		trap run_at_exit EXIT
		mount_bypassfs "$1/lower" /mnt/top
		checks write-pattern /mnt/top/file 1m 1
		if checks handle /mnt/top/file "$1/lower/file" query=none 2>/dev/null; then
			checks handle /mnt/top/file "$1/lower/file" "enable=$2" \
				flags-=storage-compatible flags+=suspended \
				"read=0,4096,filters-skipped,$2"
		fi
		{ bpioctl query --no-direct --json /mnt/top/file || true; } | grep -q '"not-direct"'
	)
}
mkdir -p /mnt/tmpfs && mount -t tmpfs none /mnt/tmpfs
at_exit umount /mnt/tmpfs
on /mnt/tmpfs no-block-device
make_fs btrfs nvme
on "$MNT" no-block-device
make_fs ext4 nvme1
modprobe -q overlay || skip "no overlay in this kernel"
mkdir -p "$MNT"/{up,down,work,all}
mount -t overlay none -o "lowerdir=$MNT/down,upperdir=$MNT/up,workdir=$MNT/work" "$MNT/all"
at_exit umount "$MNT/all"
on "$MNT/all" no-block-device
