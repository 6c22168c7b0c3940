# SPDX-License-Identifier: GPL-2.0
# What fio has written at random it finds right at random, from many jobs, by each way to read, with
# its reads on the full bypass, but for one in a hundred that could not wait for something.
# fs: ext4 xfs
# lanes: distro
# timeout: 300
. "$BPIO_LIB/common.sh"
. "$BPIO_LIB/disk.sh"
. "$BPIO_LIB/tool.sh"

# reads PATH: of the mount
reads() { bpioctl info --volume --json "$TOP" | grep -o "\"$1\":[0-9]*" | head -n 1 | cut -d: -f2; }

# run OPTION...
run() {
	fio --filename="$TOP/file" --size=$SIZE --direct=1 --verify=crc32c --verify_fatal=1 \
		--group_reporting --minimal "$@" >/tmp/fio.log 2>&1
}

# verify OPTION...: with its files enabled; fails if there is nothing that is not as written
verify() { LD_PRELOAD=/bpio/bin/enable.so run --name=read --rw=randread "$@"; }

stack_on "$FS" nvme
SIZE=4m
ways="psync:1 libaio:32 io_uring:32:--hipri:--fixedbufs:--registerfiles"
fallocate -l $SIZE "$TOP/file"
for block in 4k 64k; do
	run --name=write --rw=randwrite --bs=$block --do_verify=0 --ioengine=libaio --iodepth=16 ||
		{ tail -n 20 /tmp/fio.log; fail "write"; }
	sync
	# The file stays armed, and where its blocks are is known: who may not wait, need not
	hold keeper bpioctl enable "$TOP/file"
	wait_until 20 told keeper 'enabled:'
	bpioctl cat "$TOP/file" >/dev/null
	for way in $ways; do
		IFS=: read -ra more <<<"${way#*:}"
		before=$(reads full)
		others=$(reads filters-skipped)
		verify --bs=$block --numjobs=4 --ioengine="${way%%:*}" --iodepth="${more[0]}" \
			"${more[@]:1}" || { tail -n 20 /tmp/fio.log; fail "$block $way"; }
		full=$(($(reads full) - before))
		want=$((4 * ${SIZE%m} * 1024 / ${block%k}))
		fell=$(($(reads filters-skipped) - others))
		[ $fell = 0 ] || note "$block $way: $fell fell back: $(bpioctl info --volume "$TOP")"
		[ $((100 * fell)) -le "$want" ] || fail "$block $way: $fell of $want reads fell back"
		[ $((full + fell)) -ge "$want" ] || fail "$block $way: $full of $want reads bypassed"
	done
	let_go keeper
	ways="psync:1 io_uring:32"
done

# It would have noticed
printf X | dd of="$TOP/file" bs=1 seek=$((1024 * 1024 + 99)) conv=notrunc,fsync status=none
! verify --bs=64k --ioengine=psync || fail "fio did not notice a wrong byte"
