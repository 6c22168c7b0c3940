# SPDX-License-Identifier: GPL-2.0
# GET_INFO tells the mount's count, its lower file system and that one's disk, through any file or
# directory of the mount.
# covers: R43
# fs: ext4 xfs
# debug-fs: ext4
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

# tells PATH COUNT
tells() {
	local out
	out=$(bpioctl info --volume --json "$1")
	for want in "\"volume_count\":$2," "\"fs\":\"$FS\"" "\"disk\":\"${DISK##*/}\"" \
		'"storage_compatible":true' \
		"\"block_size\":$(cat "/sys/class/block/${DISK##*/}/queue/logical_block_size"),"; do
		[[ $out == *"$want"* ]] || fail "$1: no $want in: $out"
	done
}

stack_on "$FS" nvme
mkdir "$TOP/dir"
checks write-pattern "$TOP/file" 64k 1
for path in "$TOP" "$TOP/dir" "$TOP/file"; do
	tells "$path" 0
done
checks handle "$TOP/file" "$LOWER/file" flags+=storage-compatible enable \
	"run=touch $BPIO_TMP/ready; until [ -e $BPIO_TMP/told ]; do sleep .1; done" &
wait_until 20 test -e "$BPIO_TMP/ready"
tells "$TOP" 1
tells "$TOP/file" 1
touch "$BPIO_TMP/told"
wait $!
tells "$TOP" 0
