# SPDX-License-Identifier: GPL-2.0
# Asynchronous and other ways to read and write, with what was written verified.
# fs: ext4 xfs
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"

stack_on "$FS" nvme
ways="libaio:1:32 libaio:0:8 io_uring:1:32 io_uring:0:8 psync:1:1 mmap:0:1 splice:0:1 pvsync2:1:1 posixaio:0:4"
[ "$BPIO_LANE" != debug ] || ways="libaio:1:32 io_uring:1:32 io_uring:0:8 mmap:0:1"
for way in $ways; do
	IFS=: read -r engine direct depth <<<"$way"
	size=8m
	[ "$BPIO_LANE" != debug ] || size=4m
	fio --name=t --filename="$TOP/file" --size=$size --bsrange=4k-64k --blockalign=4k \
		--rw=randrw --ioengine="$engine" --direct="$direct" --iodepth="$depth" \
		--verify=crc32c --verify_fatal=1 --randseed=7 --minimal >/tmp/fio.log 2>&1 ||
		{ tail -n 20 /tmp/fio.log; fail "$way"; }
	fio --name=t --filename="$TOP/file" --size=$size --bs=16k --rw=write --ioengine="$engine" \
		--direct="$direct" --iodepth="$depth" --verify=crc32c --verify_fatal=1 --do_verify=1 \
		--end_fsync=1 --minimal >/tmp/fio.log 2>&1 ||
		{ tail -n 20 /tmp/fio.log; fail "$way, in order"; }
	assert_same_file "$TOP/file" "$LOWER/file"
	rm "$TOP/file"
done
