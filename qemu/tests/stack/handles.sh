# SPDX-License-Identifier: GPL-2.0
# File handles lead back to their files when nothing of them is in memory any more, and to
# nothing outside of the mount.
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

make_fs "$FS" nvme
mkdir -p "$MNT/in/side/deep" "$MNT/out"
echo inside >"$MNT/in/side/deep/file"
echo outside >"$MNT/out/file"

# forget: remounts all of it, so that no handle finds anything in memory
forget() {
	umount /mnt/top
	umount "$MNT"
	mount -t "$FS" "$DISK" "$MNT"
	mount -t bypassfs "$1" /mnt/top
}

for source in "$MNT/in" "$MNT"; do
	mount_bypassfs "$source" /mnt/top
	deep=/mnt/top/side/deep
	[ "$source" != "$MNT" ] || deep=/mnt/top/in/side/deep
	checks stack-handle "$deep/file" /tmp/h.file
	checks stack-handle "$deep" /tmp/h.dir
	checks stack-handle /mnt/top /tmp/h.root
	checks stack-handle "$MNT/out/file" /tmp/h.outside
	checks stack-handle "$MNT/out" /tmp/h.outside-dir
	echo short >"$deep/gone"
	checks stack-handle "$deep/gone" /tmp/h.gone
	rm "$deep/gone"

	for how in warm dropped forgotten; do
		case $how in
		dropped) drop_caches ;;
		forgotten) forget "$source" ;;
		esac
		assert_eq "$(checks stack-by-handle /mnt/top /tmp/h.file 0)" inside "$how"
		assert_eq "$(checks stack-by-handle /mnt/top /tmp/h.dir 0)" file "$how"
		checks stack-by-handle /mnt/top /tmp/h.root 0
		checks stack-by-handle /mnt/top /tmp/h.gone ESTALE
		if [ "$source" = "$MNT" ]; then
			checks stack-by-handle /mnt/top /tmp/h.outside 0
		else
			checks stack-by-handle /mnt/top /tmp/h.outside ESTALE
			checks stack-by-handle /mnt/top /tmp/h.outside-dir ESTALE
		fi
	done
	umount /mnt/top
	AT_EXIT=("${AT_EXIT[@]:0:${#AT_EXIT[@]}-1}")
done
